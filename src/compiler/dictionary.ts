import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { decodeTrie } from 'cspell-trie-lib';
import type { Locale } from '#core/text.ts';
import type { Words, WrittenCourse } from './content.ts';
import { refuse, type Problem } from './source.ts';

const files: Record<Locale, string> = {
	en: '@cspell/dict-en-gb/en_GB.trie.gz',
	el: '@cspell/dict-el/el_GR.trie.gz',
	it: '@cspell/dict-it-it/dict/it-it.trie',
	pl: '@cspell/dict-pl_pl/pl_pl.trie.gz',
	es: '@cspell/dict-es-es/Spanish.trie.gz'
};

/** Says of a word whether a dictionary of its language has it. */
export type Dictionary = (word: string) => boolean;

const dictionaries = new Map<Locale, Dictionary>();

/** The dictionary of a language; it is read once. A word in capitals, or with a small ending behind an apostrophe, counts as its plain form. */
export function dictionary(locale: Locale): Dictionary {
	const found = dictionaries.get(locale) ?? load(locale);
	dictionaries.set(locale, found);
	return found;
}

function load(locale: Locale): Dictionary {
	const require = createRequire(import.meta.url);
	const [scope, name, ...rest] = files[locale].split('/');
	const bytes = readFileSync(path.join(path.dirname(require.resolve(`${scope}/${name}/cspell-ext.json`)), ...rest));
	const trie = decodeTrie(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
	const has = (word: string) =>
		[word, word.toLocaleLowerCase(locale)].some(
			(form) =>
				trie.has(form) || (locale === 'el' && trie.has(unbound(form))) || (locale === 'es' && bases(form).some((base) => trie.has(base)))
		);
	return (word) => {
		const plain = word.replaceAll('’', "'");
		return has(plain) || plain.split(/['-]/).every((part) => part === '' || has(part) || (locale === 'en' && part === 's'));
	};
}

/** A Greek word without the accent that the next word gives it (`πλυντήριό μας`), or that a question gives a short one (`ό,τι`). */
function unbound(word: string): string {
	const accents = [...word.normalize('NFD').matchAll(/\u0301/g)];
	const short = word.length === 1;
	if (accents.length < (short ? 1 : 2)) return word;
	const decomposed = word.normalize('NFD');
	const last = accents.at(-1)!.index;
	return (decomposed.slice(0, last) + decomposed.slice(last + 1)).normalize('NFC');
}

/** A Spanish verb without the pronouns at its end: `escríbelo` is `escribe`. */
function bases(word: string): string[] {
	const once = word.replace(/(?:lo|la|los|las|le|les|me|te|se|nos)$/, '');
	return [once, once.replace(/(?:me|te|se|nos)$/, '')]
		.filter((base) => base !== word && base.length > 1)
		.flatMap((base) => [base, base.normalize('NFD').replaceAll('\u0301', '').normalize('NFC')]);
}

/** The words that are right although no dictionary has them: names, terms, young words. One a line; `#` begins a remark. */
export function exceptions(root: string, locale: Locale): Set<string> {
	const file = path.join(root, 'content/dictionary', `${locale}.txt`);
	const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
	return new Set(lines.map((line) => line.replace(/#.*/, '').trim()).filter(Boolean));
}

/** A word; what touches a figure or a sign, as in a password or an address, is none. */
const word = /(?<![\p{L}\p{N}@._/])\p{L}[\p{L}\p{M}’'-]+(?![\p{L}\p{M}\p{N}’'@_-]|\.\p{L})/gu;

const capital = /(?<![\p{L}\p{N}’'-])\p{Lu}[\p{L}\p{M}]+/gu;

/** What is read for its spelling: a course and its exam, or anything else that has words. */
export type Spelt = { course: { words: Record<Locale, Words> }; exam?: WrittenCourse['exam'] };

const capitalsFound = new WeakMap<Spelt, Map<Locale, Set<string>>>();

/** All words with a capital letter in one language of a course and its exam; each language asks for those of all others. */
function capitals(written: Spelt, locale: Locale): Set<string> {
	const found = capitalsFound.get(written) ?? new Map<Locale, Set<string>>();
	capitalsFound.set(written, found);
	const own = found.get(locale) ?? new Set(texts(written, locale).flatMap(({ text }) => [...text.matchAll(capital)].map(([name]) => name)));
	found.set(locale, own);
	return own;
}

const texts = ({ course, exam }: Spelt, locale: Locale) =>
	[course, exam].flatMap((written) => [...(written?.words[locale].texts.values() ?? [])]);

/** The names of a course: words with a capital letter inside a sentence, in all their forms, or in another language too. */
function names(written: Spelt, locale: Locale): Set<string> {
	const own = texts(written, locale);
	const inside = own.flatMap(({ text }) => [...text.matchAll(/(?<=[\p{L}\p{N},] )\p{Lu}[\p{L}\p{M}’'-]*/gu)].map(([name]) => bare(name)));
	const abroad = (['en', 'it', 'pl', 'es'] as const).filter((other) => other !== locale).map((other) => capitals(written, other));
	return new Set([...inside, ...[...capitals(written, locale)].filter((name) => abroad.some((all) => all.has(name)))]);
}

/** A word without what ends it in English: `Marta’s` is Marta. */
const bare = (found: string): string => found.replace(/[’'-]+$/, '').replace(/[’']s$/, '');

/** Every word of a course and its exam that is no name and that neither a dictionary nor the list of exceptions has, at the first place where it stands. */
export function misspelt(written: Spelt, locale: Locale, known: Set<string>): Problem[] {
	const has = dictionary(locale);
	const named = names(written, locale);
	const seen = new Set<string>();
	const right = (part: string) => named.has(bare(part)) || known.has(part) || known.has(part.toLocaleLowerCase(locale)) || has(part);
	return texts(written, locale).flatMap(({ key, text, at }) =>
		[...text.matchAll(word)].flatMap((match) => {
			const found = match[0].replace(/-+$/, '');
			if (seen.has(found)) return [];
			seen.add(found);
			const parts = found.split('-').flatMap((part) => (locale === 'it' ? part.split('’').slice(-1) : [part.replace(/’$/, '')])); // an Italian word may be cut short before another
			return right(found) || parts.every((part) => part === '' || right(part))
				? []
				: [
						refuse(
							at(match.index),
							`"${key}": no dictionary has "${found}": correct it, or add it to content/dictionary/${locale}.txt if it is right`
						)
					];
		})
	);
}
