import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shownWords } from '#compiler/cues.ts';
import { lexicon, speech } from '#compiler/speech.ts';
import { locales, type Locale } from '#core/text.ts';

const rules = Object.fromEntries(locales.map((locale) => [locale, lexicon('.', locale)])) as Record<Locale, ReturnType<typeof lexicon>>;

test.each<[Locale, string, string]>([
	['en', 'Guests come at 14:30.', 'Guests come at 14 30.'],
	['en', 'From 9:00–17:00', "From 9 o'clock to 17 hundred"],
	['en', 'It costs €1,250.', 'It costs 1,250 euros.'],
	['en', 'The ___ is **ready**.', 'The , blank, is ready.'],
	['en', 'Room 212 needs…', 'Room 212 needs…'],
	['en', 'Dr. A & an NGO', 'Doctor A and an N G O'],
	['el', 'Είναι στις 14:30;', 'Είναι στις δεκατέσσερις και 30?'],
	['el', '3 ώρες, 3 λεπτά, π.χ. εδώ', 'τρεις ώρες, 3 λεπτά, παραδείγματος χάρη εδώ'],
	['el', 'Ψωμί κ.λπ. Μετά ό,τι θέλετε.', 'Ψωμί και λοιπά. Μετά ότι θέλετε.'],
	['it', 'Alle 8:05, ad es. al 1º piano', 'Alle 8 e 5, ad esempio al primo piano'],
	['pl', 'Od 9:00 do 14:30, m.in. 22 zł i 12 zł', 'Od dziewiątej do czternastej 30, między innymi 22  złote i 12  złotych'],
	['es', 'A la 1:00, p. ej. en el 1.er piso, etc.', 'A la una, por ejemplo en el primer piso, etcétera.'],
	['es', 'Llame al 22446688.', 'Llame al 2 2 4 4 6 6 8 8.']
])('%s: “%s” is said as “%s”', (locale, text, said) => {
	expect(speech(text, rules[locale]).said).toBe(said);
});

test('a word that is said otherwise lights up where it is shown', () => {
	const text = 'Πάρτε, π.χ., 3 πετσέτες στις 14:00.';
	const heard = speech(text, rules.el);
	const at = (word: string, milliseconds: number): [number, number] => [heard.said.indexOf(word), milliseconds];
	const words = shownWords(text, heard, [
		at('Πάρτε', 0),
		at('παραδείγματος', 300),
		at('χάρη', 900),
		at('τρεις', 1200),
		at('πετσέτες', 1500),
		at('δεκατέσσερις', 2200)
	]);
	expect(words.map(([offset, milliseconds]) => [text.slice(offset).split(/[ ]/)[0], milliseconds])).toEqual([
		['Πάρτε,', 0],
		['π.χ.,', 300],
		['3', 1200],
		['πετσέτες', 1500],
		['14:00.', 2200]
	]);
});

test('whatever the text, each place of its speech belongs to a place of the text, in order', () => {
	const piece = fc.oneof(
		fc.string({ unit: 'grapheme' }),
		fc.constantFrom(' 14:00', ' ___ ', '€1,250', ' κ.λπ. ', '**', ' 😀 ', ' 12 zł', ' 1.º ', '22446688', '…', ' & ', '<b>')
	);
	fc.assert(
		fc.property(fc.array(piece), fc.constantFrom(...locales), (pieces, locale) => {
			const text = pieces.join('');
			const { said, shown } = speech(text, rules[locale]);
			expect(shown).toHaveLength(said.length + 1);
			expect(shown.at(-1)).toBe(text.length);
			shown.forEach((at, index) => expect(at).toBeGreaterThanOrEqual(shown[index - 1] ?? 0));
			const words = shownWords(
				text,
				{ said, shown },
				shown.map((_, at): [number, number] => [at, at])
			);
			words.forEach(([offset], index) => expect(offset).toBeGreaterThan(words[index - 1]?.[0] ?? -1));
		})
	);
});

test.each([
	['- { find: "(", say: a }', 'is no regular expression'],
	['- { find: a }', 'write a list of rules'],
	['- { find: [', 'pl.yaml']
])('a lexicon with a mistake (%s) is refused with its file', (text, message) => {
	const root = mkdtempSync(path.join(tmpdir(), 'lexicon-test-'));
	mkdirSync(path.join(root, 'content', 'lexicon'), { recursive: true });
	writeFileSync(path.join(root, 'content', 'lexicon', 'pl.yaml'), text);
	expect(() => lexicon(root, 'pl')).toThrow(message);
	expect(() => lexicon(root, 'pl')).toThrow('pl.yaml');
	rmSync(root, { recursive: true });
});
