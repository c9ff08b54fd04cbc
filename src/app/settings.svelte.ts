import type { Device } from '#device/index.ts';
import { codeOf } from './failure.ts';

type Part = {
	theme?: 'auto' | 'light' | 'dark';
	size?: '1' | '2' | '3';
	space?: 'more' | undefined;
	voice?: boolean;
	rate?: 0.75 | 1 | 1.25;
	installHint?: boolean;
	started?: boolean;
};

export type Settings = ReturnType<typeof createSettings>;

/** What she chose of look and voice; kept at once, known before the first paint. */
export function createSettings({ preferences }: Pick<Device, 'preferences'>) {
	let chosen = $state.raw(preferences.read());

	/** The second copy is a help, not a duty: without it nothing fails. */
	async function second(work: () => Promise<unknown>): Promise<void> {
		try {
			await work();
		} catch (cause) {
			codeOf(cause);
		}
	}

	return {
		get theme() {
			return chosen.theme ?? 'auto';
		},
		get size() {
			return chosen.size ?? '1';
		},
		get space() {
			return chosen.space === 'more' ? ('more' as const) : undefined;
		},
		/** Whether the listen buttons are shown. */
		get voice() {
			return chosen.voice !== 'off';
		},
		get rate() {
			return chosen.rate ?? 1;
		},
		/** Whether the hint to install may still be shown. */
		get installHint() {
			return chosen.installHint !== 'closed';
		},
		/** Whether the first screen was passed. */
		get started() {
			return chosen.started === true;
		},
		/** What the page's root carries as `data-` attributes. */
		get attributes() {
			return { theme: this.theme === 'auto' ? undefined : this.theme, size: this.size === '1' ? undefined : this.size, space: this.space };
		},
		set(part: Part): void {
			const { space, voice, installHint, ...rest } = part;
			preferences.write({
				...rest,
				...('space' in part ? { space: space ?? 'usual' } : {}),
				...(voice === undefined ? {} : { voice: voice ? 'on' : 'off' }),
				...(installHint === undefined ? {} : { installHint: installHint ? 'open' : 'closed' })
			});
			chosen = preferences.read();
			void second(preferences.keep);
		},
		/** Reads them again, when a saved copy brought them. */
		refresh: (): void => void (chosen = preferences.read()),
		/** Brings them back from their second copy if localStorage was emptied. */
		async repair(): Promise<void> {
			await second(preferences.repair);
			chosen = preferences.read();
		}
	};
}
