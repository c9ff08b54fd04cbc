import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { IDBFactory, IDBKeyRange, IDBObjectStore } from 'fake-indexeddb';
import { onTestFinished } from 'vitest';
import { clips, voiceBytes, type Part, type Recording, type Voice } from '#core/narration.ts';
import { assembled, type Catalogue, type FileRef, type Offered, type Pack, type PicturesFile, type TextFile } from '#core/pack.ts';
import { sentences, type Locale } from '#core/text.ts';
import { compile } from '#compiler/compile.ts';
import { packKey, signed } from '#compiler/key.ts';
import { sha256 } from '#compiler/pack.ts';
import { createDevice } from '#device/index.ts';
import { temporary } from '../compiler/fixture.ts';

Object.assign(globalThis, { IDBKeyRange }); // Dexie asks for it by this name

/** Compiled into one folder for all tests of this checkout: the compiler writes only what changed. */
const compiled = path.join(tmpdir(), `shelf-${sha256(process.cwd()).slice(0, 12)}`);
const key = await packKey(compiled);
const content = temporary();
await compile({ content: path.join(content, 'content'), out: compiled, key });
rmSync(content, { recursive: true });
const catalogue = JSON.parse(JSON.parse(readFileSync(path.join(compiled, 'catalogue.json'), 'utf8')).payload) as Catalogue;
const demo = catalogue.packs['demo']!;
const bytesOf = (ref: FileRef) => new Uint8Array(readFileSync(path.join(compiled, 'files', `${ref.sha256}.pack`)));
const [text, pictures] = [bytesOf(demo.text), bytesOf(demo.pictures)];
const about = readFileSync(path.join(compiled, 'demo/about.json'), 'utf8');

const json = (bytes: Uint8Array): unknown => JSON.parse(gunzipSync(bytes).toString());
/** The text and the pictures of `demo` as they lie in its files: each time a copy of its own. */
export const demoText = () => json(text) as TextFile;
const demoPack: Pack = assembled(demoText(), json(pictures) as PicturesFile);

/** A source of random bytes that gives the same ones each time. */
function seeded(seed: number): (length: number) => Uint8Array {
	let state = seed;
	return (length) => Uint8Array.from({ length }, () => (state = (state * 48271) % 2147483647) & 255);
}

const ref = (bytes: Uint8Array, type: FileRef['type']): FileRef => ({ sha256: sha256(bytes), bytes: bytes.length, type });

export type Served = { body: string | Uint8Array; status?: number; type?: string };
/** What the line does to a request: it is cut, gives another reply, or (undefined) leaves it alone. */
export type Fault = 'cut' | Served | undefined;

/** The site that packs lie on, and the line to it. */
export type Shelf = Awaited<ReturnType<typeof createShelf>>;

/** A shelf with the course `demo`, as the compiler makes it, and no voices. */
export async function createShelf() {
	const served = new Map<string, Served>();
	const offer = structuredClone(catalogue);
	const noise = seeded(7);
	const line = {
		/** Everything that was asked for, in order, and what of it arrived whole. */
		asked: [] as string[],
		arrived: [] as string[],
		cut: false,
		fault: (_: string): Fault | Promise<Fault> => undefined
	};
	const put = (bytes: Uint8Array, type: FileRef['type']): FileRef => {
		const made = ref(bytes, type);
		served.set(`files/${made.sha256}.${type}`, { body: bytes });
		return made;
	};
	const seal = async (payload: unknown, by = key) => JSON.stringify(await signed(JSON.stringify(payload), by));
	const list = async (name = 'catalogue.json') => void served.set(name, { body: await seal(offer), type: 'application/json' });

	/** Answers a request as the site does, over this line. */
	const fetching = (async (asked: string, { signal }: RequestInit = {}) => {
		const name = asked.replace('/packs/', '');
		line.asked.push(name);
		const stopped = new Promise<'cut'>((resolve) => signal?.addEventListener('abort', () => resolve('cut')));
		const fault = line.cut ? 'cut' : await Promise.race([line.fault(name), stopped]);
		if (fault === 'cut' || signal?.aborted) throw new TypeError('Failed to fetch');
		if (!fault) line.arrived.push(name);
		const { body, status = 200, type = 'application/octet-stream' } = fault ?? served.get(name) ?? { body: 'nothing here', status: 404 };
		return new Response(typeof body === 'string' ? body : body.slice(), { status, headers: { 'content-type': type } });
	}) as typeof fetch;

	const shelf = {
		key,
		served,
		offer,
		line,
		fetching,
		seal,
		/** Signs the list anew and puts it out. */
		list,
		/** What arrived of one kind of file since the last time this was asked. */
		took: (pattern: RegExp) => line.arrived.splice(0).filter((name) => pattern.test(name)),
		/** Puts out an edition of a course: `demo` with changes. */
		async publish(course: string, edition: number, change: (text: TextFile) => void = () => undefined): Promise<Offered> {
			const changed = demoText();
			changed.course.id = course;
			changed.course.edition = edition;
			change(changed);
			offer.packs[course] = { edition, text: put(gzipSync(JSON.stringify(changed)), 'pack'), pictures: put(pictures, 'pack') };
			await list();
			return offer.packs[course];
		},
		/** Makes the voice of a course for the text that is offered: the first clips of a part, noise with true cues. */
		async speak(course: string, locale: Locale, part: Part, change: Partial<Voice> = {}, size = 4): Promise<Voice> {
			const recordings = clips(demoPack.course, demoPack.words[locale])
				.filter((clip) => clip.part === part)
				.slice(0, size)
				.map(({ id, texts }): Recording => {
					const cues = texts.flatMap(({ text }, at) => sentences(text, locale).map((_, sentence): [number, number] => [at, sentence]));
					return {
						id,
						kind: 'synthetic',
						milliseconds: cues.length * 1000,
						mp3: put(noise(900), 'mp3'),
						ogg: put(noise(400), 'ogg'),
						sentences: cues.map(([at, sentence], n) => [at, sentence, n * 1000]),
						words: []
					};
				});
			const voice: Voice = {
				format: 1,
				course,
				locale,
				part,
				text: offer.packs[course]!.text.sha256,
				engine: `noise ${locale}`,
				recordings,
				...change
			};
			served.set(`${course}/${locale}.${part}.json`, { body: await seal(voice), type: 'application/json' });
			return voice;
		}
	};
	put(text, 'pack');
	put(pictures, 'pack');
	served.set('demo/about.json', { body: about, type: 'application/json' });
	await list();
	disk.heal();
	onTestFinished(disk.heal);
	return shelf;
}

/** All bytes of an offered pack and some voices. */
export const weight = (pack: Offered, ...voices: Voice[]): number =>
	voices.reduce((sum, voice) => sum + voiceBytes(voice, 'mp3'), pack.text.bytes + pack.pictures.bytes);

/** The disk below the database. `refuse` is asked before each write: `full` refuses this one, `dead` this one and all that comes. */
export const disk = {
	writes: 0,
	dead: false,
	refuse: (_: { table: string; writes: number; value: unknown }): 'full' | 'dead' | undefined => undefined,
	heal(): void {
		Object.assign(disk, { writes: 0, dead: false, refuse: () => undefined });
	}
};

for (const name of ['put', 'add', 'delete'] as const) {
	const write = IDBObjectStore.prototype[name] as (...given: unknown[]) => IDBRequest;
	Object.assign(IDBObjectStore.prototype, {
		[name](this: IDBObjectStore, ...given: unknown[]) {
			disk.writes += 1;
			const refused = disk.refuse({ table: this.name, writes: disk.writes, value: name === 'delete' ? undefined : given[0] });
			if (refused === 'dead') disk.dead = true;
			const end = refused === 'full' && name !== 'delete' ? 'QuotaExceededError' : disk.dead ? 'UnknownError' : undefined;
			if (!end) return write.apply(this, given);
			(this.transaction as unknown as { _abort(name: string): void })._abort(end);
			throw new DOMException('', end);
		}
	});
}
for (const name of ['get', 'getAll', 'getAllKeys', 'openCursor', 'openKeyCursor', 'count'] as const) {
	const read = IDBObjectStore.prototype[name] as (...given: unknown[]) => IDBRequest;
	Object.assign(IDBObjectStore.prototype, {
		[name](this: IDBObjectStore, ...given: unknown[]) {
			if (disk.dead) throw new DOMException('', 'UnknownError');
			return read.apply(this, given);
		}
	});
}
/** A `Storage` that is a map. */
function createStorage(): Storage {
	const kept = new Map<string, string>();
	return {
		get length() {
			return kept.size;
		},
		key: (at) => [...kept.keys()][at] ?? null,
		getItem: (name) => kept.get(name) ?? null,
		setItem: (name, value) => void kept.set(name, value),
		removeItem: (name) => void kept.delete(name),
		clear: () => kept.clear()
	};
}

/** Locks that all tabs of one phone share. */
function createLocks(): LockManager {
	const held = new Map<string, Promise<unknown>>();
	const request = async (name: string, { ifAvailable }: LockOptions, work: (lock: object | null) => unknown) => {
		if (ifAvailable && held.has(name)) return work(null);
		const turn = (held.get(name) ?? Promise.resolve()).then(() => work({ name }));
		const end = turn.then(
			() => undefined,
			() => undefined
		);
		held.set(name, end);
		void end.then(() => held.get(name) === end && held.delete(name));
		return turn;
	};
	return { request } as unknown as LockManager;
}

export type Phone = ReturnType<typeof createPhone>;
export type Tab = ReturnType<Phone['tab']>;

/** A phone: its stores and its clock outlive every tab. */
export function createPhone(shelf: Shelf, seed = 1) {
	const [indexedDB, localStorage, locks, random] = [new IDBFactory(), createStorage(), createLocks(), seeded(seed)];
	const phone = {
		/** The phone's clock. */
		now: Date.UTC(2026, 10, 2, 9),
		localStorage,
		/** Opens a tab: a device on the stores of this phone. */
		tab() {
			const events = new EventTarget();
			const waits: { milliseconds: number; end: () => void }[] = [];
			const wait = (milliseconds: number, signal?: AbortSignal) =>
				new Promise<void>((end) => {
					if (signal?.aborted) return end();
					signal?.addEventListener('abort', () => end());
					waits.push({ milliseconds, end });
				});
			const device = createDevice({
				packKey: shelf.key.publicJwk,
				fetch: shelf.fetching,
				now: () => phone.now,
				random,
				indexedDB,
				localStorage,
				locks,
				events,
				wait
			});
			return {
				device,
				/** The network comes back. */
				online: () => events.dispatchEvent(new Event('online')),
				/** She comes back to the app. */
				focus: () => events.dispatchEvent(new Event('visibilitychange')),
				/** Ends all waits of up to so many milliseconds. */
				pass: (milliseconds: number) =>
					waits.splice(0).forEach((one) => (one.milliseconds <= milliseconds ? one.end() : void waits.push(one)))
			};
		}
	};
	return phone;
}

/** Lets the phone work until something is so. */
export async function until(so: () => unknown): Promise<void> {
	for (const from = performance.now(); performance.now() - from < 10_000; await new Promise((resolve) => setImmediate(resolve)))
		if (so()) return;
	throw new Error(`it never came to be: ${so}`);
}

/** What a promise was refused with: the code of an `AppError`, or nothing. */
export const refusal = (work: Promise<unknown>): Promise<unknown> =>
	work.then(
		() => undefined,
		(cause: { code?: string }) => cause.code ?? cause
	);
