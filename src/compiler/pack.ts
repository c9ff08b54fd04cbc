import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { gzipAsync } from '@gfx/zopfli';
import { aboutKeys, items, pictures } from '#core/course.ts';
import { identity } from '#core/item.ts';
import { About, PackedCourse, PicturesFile, TextFile, format, pictureName, type FileRef, type Pack } from '#core/pack.ts';
import { locales, type Locale } from '#core/text.ts';
import type { Words, WrittenCourse } from './content.ts';
import { compose } from './picture.ts';
import { refuse, warn, type Problem } from './source.ts';

/** The bytes that the text file of a course, all languages together, should take and may take, compressed. */
export const budget = { goal: 120_000, limit: 200_000 } as const;

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The words of every language by key. */
export const wordsOf = (words: Record<Locale, Words>): Record<Locale, Record<string, string>> =>
	Object.fromEntries(
		locales.map((locale) => [locale, Object.fromEntries([...words[locale].texts.values()].map(({ key, text }) => [key, text]))])
	) as Record<Locale, Record<string, string>>;

/** The pack of a course: its structure, words, pictures and the identity of each item. Nothing of its exam. */
export function pack({ course }: WrittenCourse): Pack {
	return {
		course: PackedCourse.parse(course.structure),
		words: wordsOf(course.words),
		pictures: Object.fromEntries(pictures(course.structure).map((icons) => [pictureName(icons), compose(icons)])),
		identities: Object.fromEntries(items(course.structure).map((item) => [item.id, sha256(identity(item)).slice(0, 16)]))
	};
}

/** What a learner reads of a course before she downloads it. */
export function about({ course: { structure, words } }: WrittenCourse): About {
	const { id, descriptor, origin, outcomes } = structure;
	const keys = aboutKeys(structure);
	const chosen = Object.fromEntries(
		locales.map((locale) => [locale, Object.fromEntries(keys.map((key) => [key, words[locale].texts.get(key)!.text]))])
	);
	return About.parse({ format, course: id, descriptor, origin, outcomes, words: chosen });
}

/** The contents of the two files of a pack, as text. */
export function contents({ course, words, pictures, identities }: Pack): { text: string; pictures: string } {
	const keys = Object.keys(words.en).sort();
	const lists = Object.fromEntries(locales.map((locale) => [locale, keys.map((key) => words[locale][key]!)]));
	return {
		text: stable(TextFile.parse({ format, course, keys, words: lists, identities })),
		pictures: stable(PicturesFile.parse({ format, pictures }))
	};
}

/** A file and what is said of it. */
export type Made = { ref: FileRef; bytes: Uint8Array };

/** The file of some content: the same content gives the same bytes on every machine. */
async function file(content: string): Promise<Made> {
	return made(await compressed(content));
}

const made = (bytes: Uint8Array): Made => ({ ref: { sha256: sha256(bytes), bytes: bytes.length, type: 'pack' }, bytes });

/** How many bytes the file of some content takes: those of the one that stands in `folder`, if it holds just this; else, while usual gzip is small enough, its bytes, which are a few more (`most`). */
export async function sizeAfter(
	content: string,
	folder: string,
	before: FileRef | undefined,
	enough: number
): Promise<{ bytes: number; most: boolean }> {
	const kept = held(content, folder, before);
	const most = weight(content);
	return kept || most > enough ? { bytes: (kept ?? (await file(content))).ref.bytes, most: false } : { bytes: most, most: true };
}

/** The file of some content; the one that stands in `folder` under `before`, if it holds just this: compressing takes seconds. */
export async function fileAfter(content: string, folder: string, before: FileRef | undefined): Promise<Made> {
	return held(content, folder, before) ?? file(content);
}

function held(content: string, folder: string, before: FileRef | undefined): Made | undefined {
	const path = before && join(folder, `${before.sha256}.${before.type}`);
	const kept = path && existsSync(path) ? readFileSync(path) : undefined;
	return kept && sha256(kept) === before?.sha256 && gunzipSync(kept).toString() === content ? made(kept) : undefined;
}

/** The bytes of a text under usual gzip, to compare parts with each other. */
export const weight = (text: string): number => gzipSync(text, { level: 9 }).length;

/** A text file over its goal is a warning, over its limit an error. */
export function overweight({ course }: Pick<WrittenCourse, 'course'>, bytes: number): Problem[] {
	if (bytes <= budget.goal) return [];
	const told = `the text file of this course takes ${bytes} bytes compressed: at most ${budget.goal} are the goal, ${budget.limit} the limit; shorten texts`;
	return [(bytes > budget.limit ? refuse : warn)(course.place(), told)];
}

/** JSON whose keys stand in alphabetical order. */
export const stable = (value: unknown): string =>
	JSON.stringify(value, (_, inner: unknown) =>
		inner && typeof inner === 'object' && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner
	);

const compressions = new Map<string, Promise<Uint8Array>>();

/** As small as gzip can be made (Zopfli), by the same bytes on every machine; it takes seconds, so the same text is compressed once. */
function compressed(text: string): Promise<Uint8Array> {
	const found = compressions.get(text) ?? gzipAsync(new TextEncoder().encode(text), { numiterations: 1 });
	compressions.set(text, found);
	return found;
}
