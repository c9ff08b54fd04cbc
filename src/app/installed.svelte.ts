import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import { codeOf } from './failure.ts';

export type InstalledVoice = { locale: Locale; tier: 'cards' | 'everything'; bytes: number; synthetic: boolean; engine: string };

type Own = Awaited<ReturnType<Device['packs']['installed']>>[number];

export type Installed = ReturnType<typeof createInstalled>;

/** The courses and voices that are on the phone, as of the last look. */
export function createInstalled(device: Pick<Device, 'packs'>) {
	let all = $state.raw<Record<string, Own>>({});

	return {
		/** Looks again; a phone that cannot say what it has, has nothing. */
		async refresh(): Promise<void> {
			const found = await device.packs.installed().catch((cause: unknown) => (codeOf(cause), []));
			all = Object.fromEntries(found.map((own) => [own.course, own]));
		},
		of: (course: string): Own | undefined => all[course],
		/** The voices of a course that are here, by language. */
		voices(course: string): InstalledVoice[] {
			const own = all[course]?.voices ?? [];
			return [...new Set(own.map(({ locale }) => locale))].map((locale) => {
				const parts = own.filter((one) => one.locale === locale);
				const bytes = parts.reduce((sum, one) => sum + one.bytes, 0);
				return {
					locale,
					tier: parts.length > 1 ? 'everything' : 'cards',
					bytes,
					synthetic: parts.some((one) => one.synthetic),
					engine: parts[0]!.engine
				};
			});
		}
	};
}
