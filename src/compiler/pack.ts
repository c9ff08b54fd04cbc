import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { items, pictures } from '#core/course.ts';
import { identity } from '#core/item.ts';
import { Pack, format, pictureName, type FileRef } from '#core/pack.ts';
import { locales, type Locale } from '#core/text.ts';
import type { Words, WrittenCourse } from './content.ts';
import { compose } from './picture.ts';
import { refuse, warn, type Problem } from './source.ts';

/** The bytes that the text file of a course should take and may take, compressed. */
export const budget = { goal: 120_000, limit: 200_000 } as const;

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** The words of every language by key. */
export const wordsOf = (words: Record<Locale, Words>): Record<Locale, Record<string, string>> =>
	Object.fromEntries(
		locales.map((locale) => [locale, Object.fromEntries([...words[locale].texts.values()].map(({ key, text }) => [key, text]))])
	) as Record<Locale, Record<string, string>>;

/** The pack of a course: its structure, words, pictures and the identity of each item. Nothing of its exam. */
export function pack({ course }: WrittenCourse): Pack {
	return Pack.parse({
		format,
		course: course.structure,
		words: wordsOf(course.words),
		pictures: Object.fromEntries(pictures(course.structure).map((icons) => [pictureName(icons), compose(icons)])),
		identities: Object.fromEntries(items(course.structure).map((item) => [item.id, sha256(identity(item)).slice(0, 16)]))
	});
}

/** The file of a pack: the same pack gives the same bytes on every machine. */
export function packFile(pack: Pack): { ref: FileRef; bytes: Uint8Array } {
	const bytes = gzip(stable(pack));
	return { ref: { sha256: sha256(bytes), bytes: bytes.length, type: 'pack' }, bytes };
}

/** A pack over its goal is a warning, over its limit an error. */
export function overweight({ course }: Pick<WrittenCourse, 'course'>, bytes: number): Problem[] {
	if (bytes <= budget.goal) return [];
	const words = gzip(stable(wordsOf(course.words))).length;
	const told = `the text file of this course takes ${bytes} bytes compressed, ${words} of them words: at most ${budget.goal} are the goal, ${budget.limit} the limit; shorten texts, or use fewer and simpler pictures`;
	return [(bytes > budget.limit ? refuse : warn)(course.place(), told)];
}

/** JSON whose keys stand in alphabetical order. */
export const stable = (value: unknown): string =>
	JSON.stringify(value, (_, inner: unknown) =>
		inner && typeof inner === 'object' && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner
	);

/** Compresses with a header that names neither time nor system. */
export function gzip(text: string): Uint8Array {
	const bytes = gzipSync(text, { level: 9, memLevel: 9 });
	bytes.set([0, 0, 0, 0], 4);
	bytes[9] = 255;
	return new Uint8Array(bytes);
}
