import type { Item } from '#core/item.ts';
import type { Key, Locale } from '#core/text.ts';
import type { Words } from './content.ts';
import { spoken } from './figures.ts';
import { markdown } from './markdown.ts';
import { refuse, type Problem } from './source.ts';
import { spelling } from './spelling.ts';
import type { Text } from './words.ts';

const questionMarks: Record<Locale, string> = { en: '?', el: ';', it: '?', pl: '?', es: '?' };

/** What every text of a language keeps, whatever it is for: spelling, marks, sentences of at most 20 words, words of its own language. */
export function wording(words: Words, english: Words, locale: Locale, gaps: ReadonlySet<Key> = new Set()): Problem[] {
	return [...words.texts.values()].flatMap((one) => {
		const notes = one.key.endsWith('.notes');
		const slips = [
			...spelling(one.text, locale, {
				voiced: !one.key.startsWith('descriptor.'),
				notes,
				gap: gaps.has(one.key),
				dialogue: /\.line-\d$/.test(one.key)
			}),
			...(notes ? markdown(one.text) : [])
		];
		return [
			...slips.map(({ offset, message }) => refuse(one.at(offset), `"${one.key}": ${message}`)),
			...spoken(one.text, locale, notes).flatMap((sentence) =>
				sentence.words > 20
					? [
							refuse(
								one.at(sentence.offset),
								`"${one.key}": a sentence has ${sentence.words} words, at most 20: split it ("${start(sentence.text)}")`
							)
						]
					: []
			),
			...(/\.s\d+\.question$/.test(one.key) && !one.text.includes(questionMarks[locale])
				? [refuse(one.at(), `"${one.key}" asks nothing: a step of a scenario ends with its question`)]
				: []),
			...(locale !== 'en' && same(one, english.texts.get(one.key))
				? [refuse(one.at(), `"${one.key}" is the English text: translate it`)]
				: [])
		];
	});
}

const start = (text: string): string => `${text.split(' ').slice(0, 6).join(' ')} …`;

/** A text of four words or more that is not translated; names and units may be the same. */
const same = ({ key, text }: Text, english: Text | undefined): boolean =>
	text === english?.text && !/\.(speaker-\d|unit)$/.test(key) && text.split(/\s+/).filter((token) => /\p{L}{2}/u.test(token)).length >= 4;

/** The keys of sentences with a gap. */
export const gapKeys = (items: Item[]): Set<Key> => new Set(items.flatMap((item) => (item.kind === 'gap' ? [`${item.id}.sentence`] : [])));
