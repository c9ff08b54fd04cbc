import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { locales, type Key, type Locale } from '#core/text.ts';
import { sorted } from './laws.ts';
import { read, refuse, type Problem } from './source.ts';
import { spelling } from './spelling.ts';
import { flatten, type Text, type WordsFile } from './words.ts';

const plural = /_(zero|one|two|few|many|other)$/;

/** The plural forms that a language needs, as Intl.PluralRules knows them. */
const forms = (locale: Locale): string[] => new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
const placeholders = (text: string): string[] =>
	[...new Set([...text.matchAll(/\{\{\s*-?\s*([\w.]+)[^}]*\}\}/g)].map((match) => match[1]!))].sort();

/**
 * Checks the words of the interface, the folder `locales` of a project: every language has the files and keys of English, every plural form
 * that it needs, the same {{placeholders}} (`count` may be left out of a form that stands for one number), and words of its own.
 */
export function checkLocales(folder: string): Problem[] {
	const root = path.dirname(path.resolve(folder));
	const name = path.basename(folder);
	const list = (locale: Locale) =>
		existsSync(path.join(folder, locale))
			? readdirSync(path.join(folder, locale))
					.filter((file) => file.endsWith('.json'))
					.sort()
			: [];
	const problems: Problem[] = [];
	const open = (locale: Locale, file: string): WordsFile | undefined => {
		const at = `${name}/${locale}/${file}`;
		const { source, problems: unread } = read(root, at);
		problems.push(...unread, ...(source ? strict(root, at) : []));
		if (!source) return undefined;
		const { words, problems: unfit } = flatten(source);
		problems.push(...unfit);
		return words;
	};
	const names = list('en');
	if (!names.length) return [refuse({ file: `${name}/en`, line: 1 }, 'there are no English words of the interface here: write them')];
	for (const locale of locales)
		for (const extra of list(locale).filter((file) => !names.includes(file)))
			problems.push(refuse({ file: `${name}/${locale}/${extra}`, line: 1 }, 'English has no such file: remove it, or add it to English'));
	for (const file of names) {
		const english = open('en', file);
		if (!english) continue;
		const families = pluralFamilies(english);
		for (const locale of locales) {
			const words = locale === 'en' ? english : open(locale, file);
			if (words) problems.push(...compared(words, english, families, locale));
		}
	}
	return sorted(problems);
}

/** The keys, without their ending, that have a plural: `other` and one more form stand in English. */
const pluralFamilies = (english: WordsFile): Set<Key> =>
	new Set(
		[...english.texts.keys()].flatMap((key) =>
			key.endsWith('_other') && english.texts.has(key.replace(plural, '_one')) ? [key.replace(plural, '')] : []
		)
	);

function compared(words: WordsFile, english: WordsFile, families: Set<Key>, locale: Locale): Problem[] {
	const { file, lines } = words;
	const family = (key: Key) => (plural.test(key) && families.has(key.replace(plural, '')) ? key.replace(plural, '') : undefined);
	const expected = new Set(
		[...english.texts.keys()].flatMap((key) => (family(key) ? forms(locale).map((form) => `${family(key)}_${form}`) : [key]))
	);
	const zero = [...english.texts.keys()].filter((key) => key.endsWith('_zero') && family(key));
	zero.forEach((key) => expected.add(key));
	const above = (key: Key): number => lines.get(key) ?? (key.includes('.') ? above(key.slice(0, key.lastIndexOf('.'))) : 1);
	const model = (key: Key): Text | undefined => english.texts.get(family(key) ? `${family(key)}_other` : key);
	return [
		...[...expected]
			.filter((key) => !lines.has(key))
			.map((key) =>
				refuse(
					{ file, line: above(key) },
					`"${key}" is missing: ${family(key) ? `${locale} needs this plural form, write it` : 'write this text'}`
				)
			),
		...[...words.texts.values()].flatMap((one) => {
			const { key, text } = one;
			if (!expected.has(key))
				return [
					refuse(
						one.at(),
						`"${key}" is not in English${family(key) ? `, or ${locale} has no such plural form` : ''}: remove it, or correct the spelling of its name`
					)
				];
			const wanted = placeholders(model(key)!.text);
			const given = placeholders(text);
			const free = (name: string) => name === 'count' && family(key) !== undefined && /_(zero|one|two)$/.test(key);
			const odd = [...wanted.filter((name) => !given.includes(name)), ...given.filter((name) => !wanted.includes(name))].filter(
				(name) => !free(name)
			);
			return [
				...(odd.length
					? [
							refuse(
								one.at(),
								`"${key}" must have the same {{placeholders}} as English: look at ${odd.map((name) => `{{${name}}}`).join(', ')}`
							)
						]
					: []),
				...(locale !== 'en' && text === model(key)!.text && letters(text) >= 4
					? [refuse(one.at(), `"${key}" is the English text: translate it`)]
					: []),
				...spelling(text.replace(/\{\{[^}]*\}\}/g, '5').replace(/<\/?\d+>/g, ''), locale, { voiced: false, notes: true }).map(
					({ message }) => refuse(one.at(), `"${key}": ${message}`)
				)
			];
		})
	];
}

const letters = (text: string): number =>
	text
		.replace(/\{\{[^}]*\}\}/g, ' ')
		.split(/\s+/)
		.filter((token) => /\p{L}{2}/u.test(token)).length;

/** YAML forgives what JSON does not, so the file is read as JSON too. */
function strict(root: string, file: string): Problem[] {
	const text = readFileSync(path.join(root, file), 'utf8');
	try {
		JSON.parse(text);
		return [];
	} catch (cause) {
		const at = Number((cause as Error).message.match(/position (\d+)/)?.[1] ?? text.length);
		return [
			refuse(
				{ file, line: text.slice(0, at).split('\n').length },
				'this is no JSON: look for a comma or a quote too many or too few near this line'
			)
		];
	}
}
