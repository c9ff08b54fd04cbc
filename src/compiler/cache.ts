import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Recording } from '#core/narration.ts';
import type { FileRef } from '#core/pack.ts';

/** A recording without the clip that it is for. */
export type Recorded = Omit<Recording, 'id'>;

/** The SHA-256 of a text or of bytes, in hex. */
export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Writes a file whole or not at all, whatever happens meanwhile. */
export async function write(file: string, content: string | Uint8Array): Promise<void> {
	const draft = `${file}.${process.pid}`;
	await mkdir(path.dirname(file), { recursive: true });
	await writeFile(draft, content);
	await rename(draft, file);
}

/** The value of a JSON file; undefined if there is none that can be read. */
export async function readJson(file: string): Promise<unknown> {
	try {
		return JSON.parse(await readFile(file, 'utf8'));
	} catch {
		return undefined;
	}
}

const fileName = ({ sha256, type }: FileRef) => `${sha256}.${type}`;

/** Recordings that were made before, in `.cache/narration`: a JSON file by key, and sounds by their SHA-256. */
export function createCache(root: string) {
	const folder = path.join(root, '.cache', 'narration');
	const size = async (file: string) => (await stat(file).catch(() => undefined))?.size;
	return {
		/** Keeps a recording with its sounds. */
		async keep(key: string, recorded: Recorded, sounds: { mp3: Uint8Array; ogg: Uint8Array }): Promise<void> {
			await write(path.join(folder, fileName(recorded.mp3)), sounds.mp3);
			await write(path.join(folder, fileName(recorded.ogg)), sounds.ogg);
			await write(path.join(folder, `${key}.json`), JSON.stringify(recorded));
		},

		/** The recording of a key, if it was made before and its sounds are whole. */
		async find(key: string): Promise<Recorded | undefined> {
			const recorded = (await readJson(path.join(folder, `${key}.json`))) as Recorded | undefined;
			if (!recorded) return undefined;
			for (const ref of [recorded.mp3, recorded.ogg]) {
				const bytes = await readFile(path.join(folder, fileName(ref))).catch(() => undefined);
				if (!bytes || sha256(bytes) !== ref.sha256) return undefined;
			}
			return recorded;
		},

		/** Puts the sounds of a recording where learners get them from, the folder `files` of `packs`, unless they are there. */
		async publish({ mp3, ogg }: Recorded, packs: string): Promise<void> {
			const files = path.join(packs, 'files');
			await mkdir(files, { recursive: true });
			for (const ref of [mp3, ogg]) {
				const [from, to] = [path.join(folder, fileName(ref)), path.join(files, fileName(ref))];
				if ((await size(to)) === ref.bytes) continue;
				await rm(to, { force: true });
				await link(from, to).catch(async () => {
					await copyFile(from, `${to}.${process.pid}`);
					await rename(`${to}.${process.pid}`, to);
				});
			}
		}
	};
}
export type Cache = ReturnType<typeof createCache>;
