import { sentences } from '#core/text.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { I18n } from '../../i18n.svelte.ts';

export type Aloud = ReturnType<typeof createAloud>;

/** Reads what stands on a screen aloud, sentence by sentence, with the phone's own voice. Never unasked, and one thing at a time. */
export function createAloud({ exams: { speech } }: Pick<CertificationDevice, 'exams'>, i18n: I18n) {
	let now = $state.raw<{ name: string; at: [text: number, sentence: number] }>();
	let known = $state(0);
	speech.onvoices(() => (known += 1));

	function stop(): void {
		if (now) speech.stop();
		now = undefined;
	}

	return {
		/** Whether the phone has a voice for the language of the moment. */
		get can(): boolean {
			return known >= 0 && speech.available(i18n.locale);
		},
		/** The [text, sentence] of what has this name that is being read; undefined if none is. */
		at: (name: string): [text: number, sentence: number] | undefined => (now?.name === name ? now.at : undefined),
		/** Reads the texts that have this name, from the first; if they are being read, ends it. */
		toggle(name: string, texts: string[]): void {
			const mine = now?.name === name;
			stop();
			const all = texts.flatMap((text, place) =>
				sentences(text, i18n.locale).map(({ start, end }, sentence) => ({
					text: text.slice(start, end),
					at: [place, sentence] as [number, number]
				}))
			);
			if (mine || !all[0]) return;
			now = { name, at: all[0].at };
			speech.say(
				all.map(({ text }) => text),
				i18n.locale,
				(part) => (now = part === undefined ? undefined : { name, at: all[part]!.at })
			);
		},
		/** Ends the reading of what has this name. */
		stop: (name: string): void => {
			if (now?.name === name) stop();
		}
	};
}
