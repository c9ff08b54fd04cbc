import { AppError } from '#core/errors.ts';
import type { Locale } from '#core/text.ts';
import type { Database } from './db.ts';

/** What one course takes, in bytes: its text with the pictures, and each voice. */
export type Used = { course: string; text: number; voices: { locale: Locale; bytes: number }[] };

/** The phone's room for this app. */
export function createDisk({ database }: { database: Database }) {
	const storage = typeof navigator === 'undefined' ? undefined : navigator.storage;

	return {
		/** Bytes in use by the app, as the browser says. What it says of free room is not to be relied on, so nobody asks. */
		async used(): Promise<number | undefined> {
			try {
				return (await storage?.estimate?.())?.usage;
			} catch {
				return undefined; // some browsers refuse to say
			}
		},
		/** Whether the browser promised not to clear it by itself. */
		async persisted(): Promise<boolean> {
			try {
				return (await storage?.persisted?.()) ?? false;
			} catch {
				return false; // no promise is no promise
			}
		},
		/** Asks for that promise. */
		async persist(): Promise<boolean> {
			try {
				return (await storage?.persist?.()) ?? false;
			} catch {
				return false;
			}
		},
		/** What each course takes. Throws `AppError`. */
		byCourse: (): Promise<Used[]> =>
			database.use(async (db) =>
				(await db.packs.toArray()).map(({ course, text, pictures, voices }) => ({
					course,
					text: text.bytes + pictures.bytes,
					voices: [...new Set(voices.map(({ locale }) => locale))].map((locale) => ({
						locale,
						bytes: voices.filter((voice) => voice.locale === locale).reduce((sum, voice) => sum + voice.bytes, 0)
					}))
				}))
			),
		/** Whether something can be written: `full` if there is no room, `broken` if the storage refuses. */
		async writable(): Promise<'yes' | 'full' | 'broken'> {
			try {
				await database.use((db) => db.settings.put({ name: 'probe', value: new Uint8Array(4096) }));
				await database.use((db) => db.settings.delete('probe'));
				return 'yes';
			} catch (cause) {
				if (!(cause instanceof AppError)) throw cause;
				return cause.code === 'storage-full' ? 'full' : 'broken';
			}
		}
	};
}
