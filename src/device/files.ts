import { AppError } from '#core/errors.ts';
import type { FileRef } from '#core/pack.ts';
import type { Database } from './db.ts';
import { sha256 } from './keys.ts';
import type { Net } from './net.ts';

/** What is told while files arrive: bytes that are here and checked, of all. */
export type Progress = (progress: { done: number; of: number }) => void;

export type Files = ReturnType<typeof createFiles>;

const parallel = 4;
/** Files in one transaction: few enough for a cheap phone's memory, enough for speed. */
const batch = 8;

/** The files of packs, by their hash. A file that is here was checked and is never fetched again. */
export function createFiles({ database, net, base }: { database: Database; net: Net; base: string }) {
	/** Fetches one file and checks it. Throws `AppError('corrupt')` if it is not what its name says. */
	async function take(ref: FileRef, signal?: AbortSignal): Promise<ArrayBuffer> {
		const { bytes } = await net.bytes(`${base}/files/${ref.sha256}.${ref.type}`, { signal, timeout: 120_000, cache: 'no-store' });
		if (bytes.byteLength !== ref.bytes || (await sha256(bytes)) !== ref.sha256)
			throw new AppError('corrupt', { cause: new Error(`${ref.sha256}.${ref.type}`) });
		return bytes;
	}

	const unique = (refs: FileRef[]) => [...new Map(refs.map((ref) => [ref.sha256, ref])).values()];
	const here = async (refs: FileRef[]): Promise<Set<string>> =>
		new Set(
			await database.use((db) =>
				db.files
					.where('sha256')
					.anyOf(refs.map((ref) => ref.sha256))
					.primaryKeys()
			)
		);

	return {
		take,
		/** The bytes of a file that is here; undefined if it is not. Throws `AppError`. */
		read: async (sha: string): Promise<ArrayBuffer | undefined> => (await database.use((db) => db.files.get(sha)))?.bytes,
		put: (ref: FileRef, bytes: ArrayBuffer): Promise<unknown> =>
			database.use((db) => db.files.put({ sha256: ref.sha256, type: ref.type, bytes })),
		/** The files that are still to be fetched, each once. Throws `AppError`. */
		async missing(refs: FileRef[]): Promise<FileRef[]> {
			const kept = await here(refs);
			return unique(refs).filter((ref) => !kept.has(ref.sha256));
		},
		/** Fetches what is missing, four at once. What was checked is kept, also when it stops. False if the signal stopped it. Throws `AppError`. */
		async fetch(
			refs: FileRef[],
			{ signal, onprogress }: { signal?: AbortSignal | undefined; onprogress?: Progress | undefined } = {}
		): Promise<boolean> {
			const kept = await here(refs);
			const all = unique(refs);
			const todo = all.filter((ref) => !kept.has(ref.sha256));
			const of = all.reduce((sum, ref) => sum + ref.bytes, 0);
			let done = of - todo.reduce((sum, ref) => sum + ref.bytes, 0);
			const ready: { sha256: string; type: FileRef['type']; bytes: ArrayBuffer }[] = [];
			let writing: Promise<void> | undefined;
			let failed = false;
			onprogress?.({ done, of });

			/** Keeps what has arrived, a few files in one transaction, while more arrive: a kill costs what is on its way, not what was checked. */
			async function flush() {
				while (ready.length) {
					const some = ready.splice(0, batch);
					await database.use((db) => db.files.bulkPut(some));
				}
			}
			async function work() {
				for (let ref = todo.shift(); ref && !failed && !signal?.aborted; ref = todo.shift()) {
					const bytes = await take(ref, signal);
					ready.push({ sha256: ref.sha256, type: ref.type, bytes });
					await (writing ??= flush().finally(() => (writing = undefined)));
					onprogress?.({ done: (done += ref.bytes), of });
				}
			}
			const ends = await Promise.allSettled(
				Array.from({ length: parallel }, () => work().catch((cause: unknown) => ((failed = true), Promise.reject(cause))))
			);
			await flush();
			if (signal?.aborted) return false;
			const end = ends.find((each) => each.status === 'rejected');
			if (end) throw end.reason;
			return true;
		},
		/** Deletes files that no pack, voice or unfinished download names. Throws `AppError`. */
		async sweep(): Promise<void> {
			await database.use((db) =>
				db.transaction('rw', db.files, db.packs, db.voices, db.staging, async () => {
					const [packs, voices, staging, kept] = [
						await db.packs.toArray(),
						await db.voices.toArray(),
						await db.staging.toArray(),
						await db.files.toCollection().primaryKeys()
					];
					const named = new Set([
						...packs.flatMap(({ text, pictures }) => [text.sha256, pictures.sha256]),
						...voices.flatMap(({ voice, sound }) => voice.recordings.map((recording) => recording[sound].sha256)),
						...staging.flatMap(({ wants }) => wants.map((ref) => ref.sha256))
					]);
					await db.files.bulkDelete(kept.filter((sha) => !named.has(sha)));
				})
			);
		}
	};
}
