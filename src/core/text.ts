import * as z from 'zod/mini';

/** The five languages, as BCP 47 tags, in the order the app lists them. */
export const locales = ['en', 'el', 'it', 'pl', 'es'] as const;

/** One of the five languages. */
export const Locale = z.enum(locales);
export type Locale = z.infer<typeof Locale>;

/** Each language by its own name. */
export const localeNames: Record<Locale, string> = { en: 'English', el: 'Ελληνικά', it: 'Italiano', pl: 'Polski', es: 'Español' };

/** A name of a thing in content (course, lesson, card, item, option): kebab-case, starts with a letter. */
export const Id = z.string().check(z.regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/), z.maxLength(60));
export type Id = z.infer<typeof Id>;

/** The name of one text: the id of its owner and a path, joined by dots, as `listen-e1.a.feedback`. The same in all languages. */
export type Key = string;

/** The words of one language: text by key. */
export const Words = z.record(z.string(), z.string());
export type Words = z.infer<typeof Words>;

/** A text that is shown and spoken: its key and, in a dialogue, who says it (0 is the narrator, 1 and 2 the speakers). */
export type Spoken = { key: Key; speaker: 0 | 1 | 2 };

/** Where one sentence stands in its text: offsets in UTF-16 units, `end` exclusive, outer spaces left out. */
export type Sentence = { start: number; end: number };

/** What ends a sentence: `;` does so in Greek alone, where it is the question mark. */
const ending = { latin: /[.!?…]+[»”"’)\]]*(?=\s|$)|\n+/g, greek: /[.!?…;\u037e]+[»”"’)\]]*(?=\s|$)|\n+/g };

/** The sentences of a text, in order; the whole text once if nothing ends one. The phone and the compiler cut alike. */
export function sentences(text: string, locale: Locale): Sentence[] {
	const cuts = [...text.matchAll(locale === 'el' ? ending.greek : ending.latin)].map((match) => match.index + match[0].length);
	const found: Sentence[] = [];
	let from = 0;
	for (const to of [...cuts, text.length]) {
		const part = text.slice(from, to);
		const body = part.trim();
		if (body) {
			const start = from + part.indexOf(body);
			found.push({ start, end: start + body.length });
		}
		from = to;
	}
	return found;
}
