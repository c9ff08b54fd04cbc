import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import type { Locale } from '#core/text.ts';

/** A rule of pronunciation: what is found is said otherwise; `say` may hold `$1`, or give a text for each value of the first group. */
export type Rule = { find: RegExp; say: string | Record<string, string> };

/** What is said of a text, and for each UTF-16 unit of it (and its end) the place in the text as it is shown. */
export type Speech = { said: string; shown: number[] };

const Lexicon = z.array(
	z.strictObject({ find: z.string().check(z.minLength(1)), say: z.union([z.string(), z.record(z.string(), z.string())]) })
);

/** `\b` of JavaScript knows Latin letters alone; this one knows all. */
const border = '(?:(?<![\\p{L}\\p{N}])(?=[\\p{L}\\p{N}])|(?<=[\\p{L}\\p{N}])(?![\\p{L}\\p{N}]))';

/** For all languages, before the lexicon: soft hyphens, marks of bold text and emoji are not said. */
const unsaid: Rule[] = [
	{ find: /[\u00ad\u200b\u2060]|\*+/gu, say: '' },
	{ find: /\p{Extended_Pictographic}[\ufe0f\u200d\p{Emoji_Modifier}]*/gu, say: ' ' }
];

/** For all languages, after the lexicon: a number of eight figures or more is read figure by figure, as that of a telephone. */
const figures: Rule[] = [{ find: /(\d)(?<=(?<!\d)(?=\d{8})\d+)(?=\d)/gu, say: '$1 ' }];

/** The lexicon of a language, `content/lexicon/<locale>.yaml` (its rules are applied in order, each to what the former left). Throws with file and rule. */
export function lexicon(root: string, locale: Locale): Rule[] {
	const file = path.join(root, 'content', 'lexicon', `${locale}.yaml`);
	if (!existsSync(file)) return [...unsaid, ...figures];
	const rules = Lexicon.safeParse(yaml(file));
	if (!rules.success) throw new Error(`${file}: ${z.prettifyError(rules.error)}; write a list of rules, each with "find" and "say"`);
	const compiled = rules.data.map(({ find, say }): Rule => {
		try {
			return { find: new RegExp(find.replaceAll('\\b', border), 'gu'), say };
		} catch (cause) {
			throw new Error(`${file}: "${find}" is no regular expression: ${(cause as Error).message}`, { cause });
		}
	});
	return [...unsaid, ...compiled, ...figures];
}

function yaml(file: string): unknown {
	try {
		return parse(readFileSync(file, 'utf8')) ?? [];
	} catch (cause) {
		throw new Error(`${file}: ${(cause as Error).message}`, { cause });
	}
}

const put = (match: RegExpMatchArray, say: Rule['say']): string | undefined =>
	typeof say === 'string' ? say.replace(/\$(\d)/g, (_, group: string) => match[Number(group)] ?? '') : say[match[1] ?? match[0]];

function applied({ said, shown }: Speech, { find, say }: Rule): Speech {
	const fresh: Speech = { said: '', shown: [] };
	let from = 0;
	const keep = (to: number) => {
		fresh.said += said.slice(from, to);
		for (; from < to; from++) fresh.shown.push(shown[from]!);
	};
	for (const match of said.matchAll(find)) {
		const text = put(match, say);
		if (text === undefined || !match[0]) continue;
		keep(match.index);
		fresh.said += text;
		for (let count = text.length; count > 0; count--) fresh.shown.push(shown[from]!);
		from += match[0].length;
	}
	keep(said.length);
	fresh.shown.push(shown[said.length]!);
	return fresh;
}

/** How a text is said, by the rules of a lexicon. */
export const speech = (text: string, rules: Rule[]): Speech =>
	rules.reduce(applied, { said: text, shown: Array.from({ length: text.length + 1 }, (_, at) => at) });
