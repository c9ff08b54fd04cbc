import { AppError } from '#core/errors.ts';
import { parts, voiceBytes, type Tier, type Voice } from '#core/narration.ts';
import type { FileRef, Offered, Pack } from '#core/pack.ts';
import { outline } from '#core/progress.ts';
import type { Locale } from '#core/text.ts';
import type { Database, Installed, KeptVoice } from './db.ts';
import type { Files, Progress } from './files.ts';
import { unpacked } from './unpacked.ts';

/** What is to be on the phone when an installation ends: this pack, and these voices of it besides those that are there. */
export type Wanted = { course: string; pack: Offered; voices: Voice[]; locale: Locale; tier: Tier };

/** `signal`: the installation pauses. `onprogress` hears how many of its bytes are here. */
export type Options = { signal?: AbortSignal | undefined; onprogress?: Progress | undefined };

/** The text of the course; not `stored`: there was no room for it. */
type Brought = { pack: Pack; stored: boolean };
type Parts = { database: Database; files: Files; sound: () => 'mp3' | 'ogg'; now: () => number };

/** All files of a pack and of voices, in the sound that this phone plays. */
export const contents = (pack: Offered | undefined, voices: Voice[], sound: 'mp3' | 'ogg'): FileRef[] => [
	...(pack ? [pack.text, pack.pictures] : []),
	...voices.flatMap((voice) => voice.recordings.map((recording) => recording[sound]))
];

const held = ({ locale, part, sound, voice }: KeptVoice) => ({
	locale,
	part,
	sound,
	bytes: voiceBytes(voice, sound),
	engine: voice.engine,
	synthetic: voice.recordings.some(({ kind }) => kind === 'synthetic')
});

/**
 * Puts a pack and voices on the phone: fetches what is missing, checks it, then switches. Goes on where it stopped; undefined if it was paused.
 * Files that nothing names any more stay until the next sweep. Throws `AppError`.
 */
export function createInstallation({ database, files, sound, now }: Parts) {
	/** The switch: all files are here, and the records say so; or nothing changes. */
	async function place({ course, pack: offered, voices, locale, tier }: Wanted, pack: Pack): Promise<void> {
		const { text } = offered;
		const wants = [...new Set(contents(offered, voices, sound()).map((ref) => ref.sha256))];
		await database.use((db) =>
			db.transaction('rw', db.files, db.packs, db.voices, db.staging, async () => {
				if ((await db.files.where('sha256').anyOf(wants).count()) !== wants.length)
					throw new AppError('corrupt', { cause: new Error('a file is missing') });
				const before = await db.voices.where('course').equals(course).toArray();
				await db.voices.bulkDelete(
					before.filter(({ voice }) => voice.text !== text.sha256).map(({ locale, part }) => [course, locale, part])
				);
				await db.voices.bulkPut(voices.map((voice) => ({ course, locale: voice.locale, part: voice.part, sound: sound(), voice })));
				const after = await db.voices.where('course').equals(course).toArray();
				await db.packs.put({ course, ...offered, voices: after.map(held), outline: outline(pack), at: now() });
				const complete = parts[tier].every((part) => after.some((one) => one.locale === locale && one.part === part));
				if (complete) await db.staging.delete(course); // else the voice that she asked for is still to come
			})
		);
	}

	async function bring(wanted: Wanted, { signal, onprogress }: Options): Promise<Brought | undefined> {
		const { course, pack: offered, voices } = wanted;
		const { edition, text, pictures } = offered;
		if (voices.some((voice) => voice.course !== course || voice.text !== text.sha256))
			throw new AppError('older', { cause: new Error('a voice for another text') });
		const own = await known(course);
		if (own && own.edition > edition) throw new AppError('older', { cause: new Error(`${edition} after ${own.edition}`) });
		const wants = contents(offered, voices, sound());
		let full = false;
		/** A first text that the phone cannot keep lives in memory; all else that it cannot keep is refused, and takes no room. */
		async function keep(work: () => Promise<unknown>): Promise<void> {
			try {
				if (!full) await work();
			} catch (cause) {
				if (!(cause instanceof AppError) || !cause.code.startsWith('storage')) throw cause;
				await relieve(course);
				if (own || voices.length) throw cause;
				full = true;
			}
		}
		if (signal?.aborted) return undefined;
		await keep(() => database.use((db) => db.staging.put({ course, locale: wanted.locale, tier: wanted.tier, wants })));
		const bytes: ArrayBuffer[] = [];
		try {
			for (const ref of [text, pictures]) {
				const here = await stored(ref.sha256);
				const file = here ?? (await files.take(ref, signal));
				if (!here) await keep(() => files.put(ref, file));
				bytes.push(file);
			}
		} catch (cause) {
			if (signal?.aborted) return undefined;
			throw cause;
		}
		const pack = await unpacked(bytes[0]!, bytes[1]!, course, edition).catch(async (cause: unknown) => {
			await relieve(course); // these files will never be a course
			throw cause;
		});
		let whole = true;
		await keep(async () => {
			whole = await files.fetch(wants, { signal, onprogress });
			if (whole) await place(wanted, pack);
		});
		if (!whole) return undefined;
		return { pack, stored: !full };
	}

	/** Gives back what a download took that cannot be finished. */
	async function relieve(course: string): Promise<void> {
		try {
			await database.use((db) => db.staging.delete(course));
			await files.sweep();
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause; // the reason to be here is told already
		}
	}

	async function known(course: string): Promise<Installed | undefined> {
		try {
			return await database.use((db) => db.packs.get(course));
		} catch (cause) {
			if (cause instanceof AppError) return undefined; // a phone that cannot say what it has, has nothing
			throw cause;
		}
	}

	async function stored(sha: string): Promise<ArrayBuffer | undefined> {
		try {
			return await files.read(sha);
		} catch (cause) {
			if (cause instanceof AppError) return undefined;
			throw cause;
		}
	}

	return bring;
}
