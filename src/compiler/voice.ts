import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { Voice, clips, type Clip, type Part, type Recording } from '#core/narration.ts';
import { Signed, TextFile, assembled, type FileRef } from '#core/pack.ts';
import type { Locale } from '#core/text.ts';
import { kept } from './compile.ts';
import { createCache, readJson, sha256, write, type Recorded } from './cache.ts';
import { createCrew, type Crew } from './crew.ts';
import { engineOf } from './engine.ts';
import { genuine, packKey, signed } from './key.ts';
import type { Job } from './record.ts';
import { lexicon, speech } from './speech.ts';

/** Raised by hand with every change that makes other sounds or cues of the same texts. */
const pipeline = 4;

/** How far a voice is: clips that are ready, of all; and the characters that are still to be read, for an estimate of the time left. */
export type Progress = { done: number; of: number; unread: number };

/** The voice to make, in the project with this root, for the folder `packs`. */
export type Wanted = { root: string; packs: string; course: string; locale: Locale; part: Part };

/** What is to be done for a voice: its clips, each with its recording if that was made before. */
export type Plan = { wanted: Wanted; text: string; entries: { clip: Clip; job: Job; before?: Recorded }[]; unread: number };

/** The texts of the courses that were compiled into a folder. Throws if none was. */
export async function compiled(packs: string): Promise<Record<string, FileRef>> {
	const catalogue = await kept(packs);
	if (!catalogue)
		throw new Error(`the courses are not compiled yet, so there is nothing to read aloud in ${packs}: first run "npm run build:app"`);
	return Object.fromEntries(Object.entries(catalogue.packs).map(([course, { text }]) => [course, text]));
}

/** Looks at what a voice needs and what of it was made before. */
export async function plan(wanted: Wanted): Promise<Plan> {
	const { root, packs, course, locale, part } = wanted;
	const ref = (await compiled(packs))[course];
	if (!ref) throw new Error(`there is no compiled course "${course}"`);
	const text = TextFile.parse(JSON.parse(gunzipSync(readFileSync(path.join(packs, 'files', `${ref.sha256}.pack`))).toString('utf8')));
	const { course: structure, words } = assembled(text, { format: 1, pictures: {} });
	const rules = lexicon(root, locale);
	const cache = createCache(root);
	const { way } = engineOf(locale);
	const entries = [];
	for (const clip of clips(structure, words[locale])) {
		if (clip.part !== part) continue;
		const texts = clip.texts.map(({ text, speaker }) => ({ text, speaker, ...speech(text, rules) }));
		const file = path.join(root, 'content', 'courses', course, 'voice', locale, `${clip.id}.wav`);
		const human = existsSync(file) ? file : undefined;
		const read = human ? sha256(readFileSync(human)) : way;
		const key = sha256(
			JSON.stringify([pipeline, locale, read, texts.map(({ text, said, speaker }) => (human ? text : [text, said, speaker]))])
		);
		entries.push({ clip, job: { root, key, locale, texts, human }, before: await cache.find(key) });
	}
	return { wanted, text: ref.sha256, entries, unread: entries.reduce((sum, entry) => sum + (entry.before ? 0 : length(entry.clip)), 0) };
}

const length = (clip: Clip) => clip.texts.reduce((sum, { text }) => sum + text.length, 0);

/** Makes what a plan lacks, with two programs at once or those of a `crew`, and writes the signed voice last. `made` counts the clips that were recorded now. */
export async function make(
	{ wanted, text, entries, unread }: Plan,
	onProgress?: (progress: Progress) => void,
	crew?: Crew
): Promise<{ voice: Voice; made: number }> {
	const { root, packs, course, locale, part } = wanted;
	const cache = createCache(root);
	const own = crew ?? createCrew();
	const recordings: Recording[] = [];
	const progress: Progress = { done: 0, of: entries.length, unread };
	let made = 0;
	const one = async ({ clip, job, before }: Plan['entries'][number], at: number) => {
		const recorded =
			before ??
			(await own.record(job).catch((cause: Error) => {
				throw new Error(`${course}, ${locale}, clip ${clip.id}: ${cause.message}`, { cause });
			}));
		await cache.publish(recorded, packs);
		recordings[at] = { id: clip.id, ...recorded };
		if (!before) {
			made++;
			progress.unread -= length(clip);
		}
		progress.done++;
		onProgress?.({ ...progress });
	};
	const queue = [...entries.entries()];
	const work = async () => {
		for (let next = queue.shift(); next; next = queue.shift()) await one(next[1], next[0]);
	};
	try {
		await Promise.all(Array.from({ length: own.size + 1 }, work)); // one more is read meanwhile
	} finally {
		queue.length = 0;
		if (!crew) own.close();
	}
	const voice = Voice.parse({ format: 1, course, locale, part, text, engine: engineOf(locale).name, recordings });
	await publish(root, packs, voice);
	return { voice, made };
}

/** Writes a voice where learners get it from; one that says the same already, signed by our key, stays as it is. */
async function publish(root: string, packs: string, voice: Voice): Promise<void> {
	const file = path.join(packs, voice.course, `${voice.locale}.${voice.part}.json`);
	const payload = JSON.stringify(voice);
	const key = await packKey(root);
	const before = Signed.safeParse(await readJson(file)).data;
	if (before?.payload === payload && (await genuine(before, key.publicJwk))) return;
	await write(file, JSON.stringify(await signed(payload, key)));
}
