import { AppError } from '#core/errors.ts';
import { Preparing, Voice, parts, voiceBytes, type Part, type Tier } from '#core/narration.ts';
import { PicturesFile, TextFile, assembled, same, type FileRef, type Offered, type Pack } from '#core/pack.ts';
import { outline } from '#core/progress.ts';
import type { Locale } from '#core/text.ts';
import type { Database, Installed, KeptVoice, Staged } from './db.ts';
import type { Files, Progress } from './files.ts';
import type { Net } from './net.ts';
import { read, unsealed } from './sealed.ts';

/** What is to be on the phone when an installation ends: this pack, and these voices of it besides those that are there. */
export type Wanted = { course: string; pack: Offered; voices: Voice[]; locale: Locale; tier: Tier };

/** How an installation ended; `memory`: there is no room, and the text is here until the tab is closed. */
export type Outcome = 'installed' | 'memory' | 'paused';

type Options = { signal?: AbortSignal | undefined; onprogress?: Progress | undefined };
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
	/** Texts that are open or could not be stored. */
	const memory = new Map<string, { offered: Offered; pack: Pack; stored: boolean }>();

	/** Reads a course out of its two files. Throws `AppError('corrupt' | 'newer')`. */
	async function unpacked(text: ArrayBuffer, pictures: ArrayBuffer, course: string, edition: number): Promise<Pack> {
		const pack = assembled(read(await inflated(text), TextFile), read(await inflated(pictures), PicturesFile));
		if (pack.course.id !== course || pack.course.edition !== edition)
			throw new AppError('corrupt', { cause: new Error(`${pack.course.id} ${pack.course.edition}`) });
		return pack;
	}

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

	/** All files of a pack and of voices. */
	const contents = (pack: Offered | undefined, voices: Voice[]): FileRef[] => [
		...(pack ? [pack.text, pack.pictures] : []),
		...spoken(voices)
	];
	const spoken = (voices: Voice[]): FileRef[] => voices.flatMap((voice) => voice.recordings.map((recording) => recording[sound()]));
	const held = ({ locale, part, sound, voice }: KeptVoice) => ({
		locale,
		part,
		sound,
		bytes: voiceBytes(voice, sound),
		engine: voice.engine,
		synthetic: voice.recordings.some(({ kind }) => kind === 'synthetic')
	});

	/** The switch: all files are here, and the records say so; or nothing changes. */
	async function place({ course, pack: offered, voices, locale, tier }: Wanted, pack: Pack): Promise<void> {
		const { text } = offered;
		const wants = [...new Set(contents(offered, voices).map((ref) => ref.sha256))];
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

	async function bring(wanted: Wanted, { signal, onprogress }: Options): Promise<Outcome> {
		const { course, pack: offered, voices } = wanted;
		const { edition, text, pictures } = offered;
		if (voices.some((voice) => voice.course !== course || voice.text !== text.sha256))
			throw new AppError('older', { cause: new Error('a voice for another text') });
		const own = await known(course);
		if (own && own.edition > edition) throw new AppError('older', { cause: new Error(`${edition} after ${own.edition}`) });
		const wants = contents(offered, voices);
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
		if (signal?.aborted) return 'paused';
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
			if (signal?.aborted) return 'paused';
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
		if (!whole) return 'paused';
		if (full) {
			memory.set(course, { offered, pack, stored: false });
			return 'memory';
		}
		memory.set(course, { offered, pack, stored: true });
		await files.sweep();
		return 'installed';
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
			(await files.missing(contents(pack, voices))).reduce((sum, ref) => sum + ref.bytes, 0),
		/** All bytes of these. */
		bytes: (pack: Offered | undefined, voices: Voice[]): number => contents(pack, voices).reduce((sum, ref) => sum + ref.bytes, 0),
		/** Puts a pack and voices on the phone: fetches what is missing, checks it, then switches. Goes on where it stopped. One tab at a time. Throws `AppError`. */
		install: async (wanted: Wanted, options: Options = {}): Promise<Outcome> =>
			(await net.alone(`install.${wanted.course}`, 'wait', () => bring(wanted, options)))!,
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

/** The text of gzip bytes. Throws `AppError('corrupt')`. */
async function inflated(bytes: ArrayBuffer): Promise<string> {
	try {
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
		return await new Response(stream).text();
	} catch (cause) {
		throw new AppError('corrupt', { cause });
	}
}
