import { AppError } from '#core/errors.ts';
import { Preparing, Voice, type Part } from '#core/narration.ts';
import { same, type FileRef, type Offered, type Pack } from '#core/pack.ts';
import { outline } from '#core/progress.ts';
import type { Locale } from '#core/text.ts';
import type { Database, Installed, KeptVoice, Staged } from './db.ts';
import type { Files } from './files.ts';
import { contents, createInstallation, type Options, type Wanted } from './installation.ts';
import type { Net } from './net.ts';
import { read, unsealed } from './sealed.ts';
import { unpacked } from './unpacked.ts';

/** How an installation ended; `memory`: there is no room, and the text is here until the tab is closed. */
export type Outcome = 'installed' | 'memory' | 'paused';

type Parts = {
	database: Database;
	files: Files;
	net: Net;
	base: string;
	packKey: JsonWebKey;
	sound: () => 'mp3' | 'ogg';
	now: () => number;
};

export type Packs = ReturnType<typeof createPacks>;

/** Courses and voices on the phone. A record says that a course is here; it is written last, when all that it names is. */
export function createPacks({ database, files, net, base, packKey, sound, now }: Parts) {
	const bring = createInstallation({ database, files, sound, now });
	/** Texts that are open or could not be stored. */
	const memory = new Map<string, { offered: Offered; pack: Pack; stored: boolean }>();

	const loan = ({ offered, pack }: { offered: Offered; pack: Pack }): Installed => ({
		course: pack.course.id,
		...offered,
		voices: [],
		outline: outline(pack),
		at: 0
	});

	async function record(course: string): Promise<Installed | undefined> {
		const lent = memory.get(course);
		if (lent && !lent.stored) return loan(lent);
		return database.use((db) => db.packs.get(course));
	}

	return {
		/** All courses that are here, also those that are only in memory. Throws `AppError`. */
		async installed(): Promise<(Installed & { memory: boolean })[]> {
			const inMemory = [...memory.values()].filter(({ stored }) => !stored).map(loan);
			const kept = await database.use((db) => db.packs.toArray()).catch((cause: unknown) => (inMemory.length ? [] : Promise.reject(cause)));
			const lent = inMemory.filter(({ course }) => !kept.some((each) => each.course === course)); // another tab had room
			return [...kept.map((each) => ({ ...each, memory: false })), ...lent.map((each) => ({ ...each, memory: true }))];
		},
		record,
		/** Downloads that were not finished, with the bytes that are here. Throws `AppError`. */
		async staged(): Promise<(Staged & { done: number; of: number })[]> {
			const all = await database.use((db) => db.staging.toArray());
			return Promise.all(
				all.map(async (each) => {
					const sum = (refs: FileRef[]) => refs.reduce((bytes, ref) => bytes + ref.bytes, 0);
					const of = sum(each.wants);
					return { ...each, of, done: of - sum(await files.missing(each.wants)) };
				})
			);
		},
		/** The voice of a course as it is offered: made, being made, or not to be had. Throws `AppError`. */
		async voice(course: string, locale: Locale, part: Part, signal?: AbortSignal): Promise<Voice | Preparing | 'absent'> {
			const reply = await net.json(`${base}/${course}/${locale}.${part}.json`, { signal, cache: 'no-cache' }).catch((cause: unknown) => {
				if (cause instanceof AppError && cause.code === 'not-found') return undefined;
				throw cause;
			});
			if (!reply) return 'absent';
			if (reply.status === 202) return read(JSON.stringify(reply.json), Preparing);
			const voice = await unsealed(reply.json, packKey, Voice);
			if (voice.course !== course || voice.locale !== locale || voice.part !== part)
				throw new AppError('corrupt', { cause: new Error(`${voice.course} ${voice.locale} ${voice.part}`) });
			return voice;
		},
		/** The bytes that are still to be fetched for these. Throws `AppError`. */
		missing: async (pack: Offered | undefined, voices: Voice[]): Promise<number> =>
			(await files.missing(contents(pack, voices, sound()))).reduce((sum, ref) => sum + ref.bytes, 0),
		/** All bytes of these. */
		bytes: (pack: Offered | undefined, voices: Voice[]): number => contents(pack, voices, sound()).reduce((sum, ref) => sum + ref.bytes, 0),
		/** Puts a pack and voices on the phone: fetches what is missing, checks it, then switches. Goes on where it stopped. One tab at a time. Throws `AppError`. */
		install: async (wanted: Wanted, options: Options = {}): Promise<Outcome> =>
			(await net.alone(`install.${wanted.course}`, 'wait', async (): Promise<Outcome> => {
				const brought = await bring(wanted, options);
				if (!brought) return 'paused';
				memory.set(wanted.course, { offered: wanted.pack, ...brought });
				if (!brought.stored) return 'memory';
				await files.sweep();
				return 'installed';
			}))!,
		/** The text of a course that is here. Throws `AppError`: `not-found`, `corrupt`, `newer`. */
		async text(course: string): Promise<{ pack: Pack; memory: boolean }> {
			const open = memory.get(course);
			const own = await record(course).catch((cause: unknown) => {
				if (open && cause instanceof AppError) return loan(open); // what is open stays open
				throw cause;
			});
			if (open && own && same(open.offered, own)) return { pack: open.pack, memory: !open.stored };
			if (!own) throw new AppError('not-found', { cause: new Error(course) });
			const [text, pictures] = [await files.read(own.text.sha256), await files.read(own.pictures.sha256)];
			if (!text || !pictures) throw new AppError('corrupt', { cause: new Error('a file is gone') });
			const pack = await unpacked(text, pictures, course, own.edition);
			for (const [other, { stored }] of memory) if (stored) memory.delete(other); // one open text is enough
			memory.set(course, { offered: { edition: own.edition, text: own.text, pictures: own.pictures }, pack, stored: true });
			return { pack, memory: false };
		},
		/** The voices of a course that are here, with their cues. Throws `AppError`. */
		voices: (course: string): Promise<KeptVoice[]> => database.use((db) => db.voices.where('course').equals(course).toArray()),
		/** Takes a course off the phone; answers stay. Throws `AppError`. */
		async remove(course: string): Promise<void> {
			memory.delete(course);
			await database.use((db) =>
				db.transaction('rw', db.packs, db.voices, db.staging, async () => {
					await db.packs.delete(course);
					await db.voices.where('course').equals(course).delete();
					await db.staging.delete(course);
				})
			);
			await files.sweep();
		},
		/** Takes the voice of one language off the phone. Throws `AppError`. */
		async removeVoice(course: string, locale: Locale): Promise<void> {
			await database.use((db) =>
				db.transaction('rw', db.packs, db.voices, async () => {
					await db.voices
						.where('course')
						.equals(course)
						.and((each) => each.locale === locale)
						.delete();
					await db.packs
						.where('course')
						.equals(course)
						.modify((each) => void (each.voices = each.voices.filter((voice) => voice.locale !== locale)));
				})
			);
			await files.sweep();
		},
		/** Gives up a download that is not finished. Throws `AppError`. */
		async cancel(course: string): Promise<void> {
			await database.use((db) => db.staging.delete(course));
			await files.sweep();
		},
		forget: (): void => memory.clear()
	};
}
