import type { Key, Locale } from '#core/text.ts';
import type { Words, WrittenCourse } from './content.ts';
import { prose, spoken } from './figures.ts';
import { refuse, type Problem } from './source.ts';

/** What a text is made of. `long`: words of four syllables or more. */
type Measures = { sentences: number; words: number; letters: number; syllables: number; long: number };

/** Groups of vowels: what a syllable has at its heart. */
const hearts: Record<Locale, RegExp> = {
	en: /[aeiouy]+/gi,
	el: /(?:αι|ει|οι|υι|ου|αυ|ευ|ηυ|αί|εί|οί|ού|αύ|εύ|[αεηιουωάέήίόύώϊϋΐΰ])/gi,
	it: /[aeiouàèéìòù]+/gi,
	pl: /(?:i(?=[aeouóąę])[aeouóąę]|[aeiouyóąę])/gi,
	es: /(?:[aeoáéó]?[iuü]?[aeoáéó][iuy]?|[iuíúüy])/gi
};

function syllables(word: string, locale: Locale): number {
	const hearted = word.match(hearts[locale])?.length ?? 0;
	return Math.max(1, locale === 'en' && /[^aeiouyl]e$/i.test(word) ? hearted - 1 : hearted); // a silent e
}

function measures(texts: string[], locale: Locale): Measures {
	const found: Measures = { sentences: 0, words: 0, letters: 0, syllables: 0, long: 0 };
	for (const text of texts) {
		found.sentences += 1;
		for (const [word] of text.matchAll(/[\p{L}\p{M}’'-]+/gu)) {
			const count = syllables(word, locale);
			found.words += 1;
			found.letters += word.replace(/[’'-]/g, '').length;
			found.syllables += count;
			if (count >= 4) found.long += 1;
		}
	}
	return found;
}

/** An index that was made for a language: how it counts, what it is called, and the hardest that a course may be. */
type Index = { name: string; of: (measures: Measures) => number; bound: number; easier: 'up' | 'down' };

/**
 * en: Flesch reading ease (1948), 70 is "fairly easy". it: Gulpease (Lucisano and Piemontese 1988), from 60 on for who has a middle school
 * diploma. es: Fernández Huerta (1959), from 70 on "fairly easy". pl: FOG as Jasnopis counts it (words of four syllables and more), years
 * of school. el: no index was made for it; long words and sentences as FOG counts them, with a bound for Greek, whose words are longer.
 */
const indexes: Record<Locale, Index> = {
	en: { name: 'Flesch', of: (m) => 206.835 - (1.015 * m.words) / m.sentences - (84.6 * m.syllables) / m.words, bound: 70, easier: 'up' },
	el: { name: 'FOG', of: fog, bound: 13, easier: 'down' },
	it: { name: 'Gulpease', of: (m) => 89 + (300 * m.sentences - 10 * m.letters) / m.words, bound: 60, easier: 'up' },
	pl: { name: 'FOG', of: fog, bound: 9, easier: 'down' },
	es: {
		name: 'Fernández Huerta',
		of: (m) => 206.84 - (60 * m.syllables) / m.words - (1.02 * m.words) / m.sentences,
		bound: 70,
		easier: 'up'
	}
};

function fog({ words, sentences, long }: Measures): number {
	return 0.4 * (words / sentences + (100 * long) / words);
}

/** How easy a course reads in a language, by the index of that language. */
export const readability = ({ course: { structure, words } }: Pick<WrittenCourse, 'course'>, locale: Locale): number =>
	ease(prose(structure), words[locale], locale);

/** How easy the texts of some keys read, by the index of their language. */
function ease(keys: Key[], words: Words, locale: Locale): number {
	const texts = keys.flatMap((key) => {
		const found = words.texts.get(key);
		return found ? spoken(found.text, locale, key.endsWith('.notes')).filter(({ heading }) => !heading) : [];
	});
	return indexes[locale].of(
		measures(
			texts.map(({ text }) => text),
			locale
		)
	);
}

/** A course that is harder to read than the bound of its language. */
export const hard = (written: WrittenCourse, locale: Locale): Problem[] =>
	tooHard(prose(written.course.structure), written.course.words[locale], locale);

/** Texts that are harder to read than the bound of their language. */
export function tooHard(keys: Key[], words: Words, locale: Locale): Problem[] {
	const { name, bound, easier } = indexes[locale];
	const value = ease(keys, words, locale);
	return Number.isNaN(value) || (easier === 'up' ? value >= bound : value <= bound)
		? []
		: [
				refuse(
					{ file: words.files[0]!.file, line: 1 },
					`${locale} reads at ${value.toFixed(1)} (${name}), ${easier === 'up' ? 'at least' : 'at most'} ${bound}: shorter words and sentences`
				)
			];
}
