import * as z from 'zod/mini';
import { Locale } from '#core/text.ts';
import type { Database } from './db.ts';
import type { Mirror } from './mirror.ts';

/** What she chose: known before the first paint, so it lives in localStorage as `passport.settings`. What is absent is as the app has it. */
export const Preferences = z.object({
	locale: z.optional(Locale),
	theme: z.optional(z.enum(['auto', 'light', 'dark'])),
	/** Text size: A, A+, A++. */
	size: z.optional(z.enum(['1', '2', '3'])),
	space: z.optional(z.enum(['more', 'usual'])),
	voice: z.optional(z.enum(['on', 'off'])),
	rate: z.optional(z.union([z.literal(0.75), z.literal(1), z.literal(1.25)])),
	sync: z.optional(z.enum(['on', 'off'])),
	installHint: z.optional(z.enum(['open', 'closed'])),
	started: z.optional(z.boolean())
});
export type Preferences = z.infer<typeof Preferences>;

export type PreferenceStore = ReturnType<typeof createPreferences>;

/** Her choices, readable at once; the database holds a second copy. */
export function createPreferences({ database, mirror }: { database: Database; mirror: Mirror }) {
	/** What localStorage did not take: it lives as long as the tab. */
	let unsaved: Preferences = {};
	const read = (): Preferences => ({ ...Preferences.safeParse(mirror.read('settings')).data, ...unsaved });

	function write(part: Preferences): void {
		const chosen = { ...read(), ...part };
		unsaved = mirror.write('settings', chosen) ? {} : chosen;
		if (unsaved === chosen) mirror.remove('settings'); // what is there no longer holds: above all not that she sends
	}

	const keep = (): Promise<unknown> => database.use((db) => db.settings.put({ name: 'preferences', value: read() }));

	return {
		read,
		/** Changes some of them, at once and for all tabs. */
		write,
		/** Keeps the second copy. Throws `AppError`. */
		keep,
		/** Brings them back from the database if localStorage was emptied; else keeps them there. Throws `AppError`. */
		async repair(): Promise<void> {
			if (mirror.read('settings') !== undefined) return void (await keep());
			const row = await database.use((db) => db.settings.get('preferences'));
			const kept = Preferences.safeParse(row?.value).data;
			if (kept) write({ ...kept, ...read() });
		},
		/** Forgets what is in memory, after everything was erased. */
		forget(): void {
			unsaved = {};
		}
	};
}
