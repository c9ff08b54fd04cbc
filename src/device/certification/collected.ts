import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import { Carried, Sealed, frame } from '#core/exam.ts';
import type { Database } from '../db.ts';
import { sha256 } from '../keys.ts';

/** How far a row of codes is read: `got` of `of`. `sealed` once all are there. */
export type Scanned = { hash: string; got: number; of: number; sealed?: Sealed[] };

const Row = z.object({ of: z.number(), parts: z.record(z.string(), z.string()) });
/** Bytes of a file, and of what codes unfold to: a room of sixty is far below it. */
const most = 20_000_000;
const name = (hash: string) => `office-frames/${hash}`;

/** The responses in a file. Throws `AppError('copy')` if there are none or it is cut. */
export async function sealedIn(file: Blob): Promise<Sealed[]> {
	if (file.size > most) throw new AppError('copy', { cause: new Error(`${file.size} bytes`) });
	return read(await file.text());
}

/** Codes that were read one by one, kept until their row is whole: a device that goes out in between goes on where it was. */
export function createFrames(database: Database) {
	/** Forgets a row. */
	const done = (hash: string): Promise<void> => database.use((db) => db.settings.delete(name(hash)));

	return {
		done,
		/** Takes one code; `undefined` if it is none of ours. Throws `AppError('copy')` if the row is whole and is not what it should be; it is begun anew. */
		async take(scanned: string): Promise<Scanned | undefined> {
			const one = frame(scanned);
			if (!one) return undefined;
			const parts = await database.use((db) =>
				db.transaction('rw', db.settings, async () => {
					const row = Row.safeParse((await db.settings.get(name(one.hash)))?.value).data;
					const known: Record<string, string> = row?.of === one.of ? row.parts : {};
					const value = { of: one.of, parts: { ...known, [String(one.at)]: one.part } as Record<string, string> };
					await db.settings.put({ name: name(one.hash), value });
					return value.parts;
				})
			);
			const got = Object.keys(parts).length;
			const state = { hash: one.hash, got, of: one.of };
			if (got < one.of) return state;
			const text = Array.from({ length: one.of }, (_, at) => parts[at + 1]).join('');
			try {
				if ((await sha256(text)).slice(0, 8) !== one.hash) throw new AppError('copy', { cause: new Error('the sum does not match') });
				return { ...state, sealed: read(await unfolded(text)) };
			} catch (cause) {
				await done(one.hash);
				throw cause;
			}
		},
		clear: (): Promise<number> => database.use((db) => db.settings.where('name').startsWith(name('')).delete())
	};
}

/** The responses in a text: a file that is carried, or one box by itself. */
function read(text: string): Sealed[] {
	const json = parsed(text);
	const carried = Carried.safeParse(json);
	const one = carried.success ? undefined : Sealed.safeParse(json).data;
	const sealed = one ? [one] : (carried.data?.sealed ?? []);
	if (!sealed.length) throw new AppError('copy', carried.success ? {} : { cause: carried.error });
	return sealed;
}

/** What `deflated` of `box.ts` folded. */
async function unfolded(text: string): Promise<string> {
	try {
		const bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
		return new TextDecoder().decode(await bounded(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'))));
	} catch (cause) {
		throw new AppError('copy', { cause });
	}
}

async function bounded(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let size = 0;
	for (const reader = stream.getReader(); ;) {
		const { done, value } = await reader.read();
		if (done) return new Uint8Array(await new Blob(chunks).arrayBuffer());
		size += value.length;
		if (size > most) throw new AppError('copy', { cause: new Error('it unfolds to too much') });
		chunks.push(value.slice());
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AppError('copy', { cause });
	}
}
