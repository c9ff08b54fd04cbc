import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locales } from '#core/text.ts';
import { listed } from '#compiler/laws.ts';
import { checkLocales } from '#compiler/locales.ts';
import { lineOf, put } from './fixture.ts';

const en = {
	start: 'Start',
	lesson: {
		next: 'Go to the next lesson now',
		cards_one: '{{count}} card',
		cards_other: '{{count}} cards by {{name}}',
		many_things: 'Many'
	}
};
const words: Record<string, unknown> = {
	en: { ...en, lesson: { ...en.lesson, cards_one: 'One card by {{name}}' } },
	el: {
		start: 'Έναρξη',
		lesson: {
			next: 'Πηγαίνετε στο επόμενο μάθημα',
			cards_one: 'Μία κάρτα από {{name}}',
			cards_other: '{{count}} κάρτες από {{name}}',
			many_things: 'Πολλά'
		}
	},
	it: {
		start: 'Inizia',
		lesson: {
			next: 'Vai alla prossima lezione',
			cards_one: 'Una scheda di {{name}}',
			cards_many: '{{count}} di schede di {{name}}',
			cards_other: '{{count}} schede di {{name}}',
			many_things: 'Tante'
		}
	},
	pl: {
		start: 'Start',
		lesson: {
			next: 'Przejdź do następnej lekcji',
			cards_one: 'Jedna karta {{name}}',
			cards_few: '{{count}} karty {{name}}',
			cards_many: '{{count}} kart {{name}}',
			cards_other: '{{count}} karty {{name}}',
			many_things: 'Wiele'
		}
	},
	es: {
		start: 'Empezar',
		lesson: {
			next: 'Ir a la próxima lección',
			cards_one: 'Una tarjeta de {{name}}',
			cards_many: '{{count}} de tarjetas de {{name}}',
			cards_other: '{{count}} tarjetas de {{name}}',
			many_things: 'Muchas'
		}
	}
};

let root: string;
const text = (locale: string) => JSON.stringify(words[locale], null, '\t');
beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'locales-'));
	for (const locale of locales) put(root, `locales/${locale}/app.json`, text(locale));
});
afterEach(() => rmSync(root, { recursive: true }));
const problems = () => listed(checkLocales(path.join(root, 'locales')));

test('words of the interface that agree have no problem; short words may be the English ones', () => expect(problems()).toBe(''));

test.each([
	['a missing key', 'it', /\n\t"start": "Inizia",/, '', /^\{/, '"start" is missing: write this text'],
	['a key that English does not have', 'es', '"start"', '"stop": "Parar",\n\t"start"', '"stop"', '"stop" is not in English: remove it'],
	[
		'a plural form that Polish needs',
		'pl',
		/\n\t\t"cards_few"[^\n]*/,
		'',
		'"lesson"',
		'"lesson.cards_few" is missing: pl needs this plural form'
	],
	[
		'a plural form that Spanish needs',
		'es',
		/\n\t\t"cards_many"[^\n]*/,
		'',
		'"lesson"',
		'"lesson.cards_many" is missing: es needs this plural form'
	],
	[
		'a plural form that Greek has not',
		'el',
		'"cards_one"',
		'"cards_few": "{{count}} κάρτες από {{name}}",\n\t\t"cards_one"',
		'"cards_few"',
		'el has no such plural form'
	],
	[
		'a lost placeholder',
		'it',
		'schede di {{name}}",\n\t\t"many',
		'schede",\n\t\t"many',
		'"cards_other"',
		'same {{placeholders}} as English: look at {{name}}'
	],
	['a lost count', 'pl', '{{count}} kart {{', 'Wiele kart {{', '"cards_many"', 'look at {{count}}'],
	['a translated placeholder', 'pl', 'Jedna karta {{name}}', 'Jedna karta {{nazwa}}', '"cards_one"', '{{name}}, {{nazwa}}'],
	['an empty text', 'el', 'Έναρξη', '', '"start"', 'there are no words here'],
	['a number', 'el', '"Έναρξη"', '5', '"start"', 'put it in quotes'],
	['an English text', 'pl', 'Przejdź do następnej lekcji', 'Go to the next lesson now', '"next"', 'is the English text: translate it'],
	['a Latin letter in a Greek word', 'el', 'Έναρξη', 'Ένaρξη', '"start"', 'Latin letter "a"'],
	['a key twice', 'es', '"start"', '"start": "Ya",\n\t"start"', /"start": "Ya",\n\t"start"/, 'second time'],
	['a comma too many', 'es', '"Muchas"', '"Muchas",', /"Muchas",\n\t\}/, 'no JSON']
])('%s is told with its file and line', (_, locale, from, to, part, message) => {
	const edited = text(locale).replace(from, to);
	expect(edited).not.toBe(text(locale));
	put(root, `locales/${locale}/app.json`, edited);
	const line = typeof part === 'string' || part.source !== '^\\{' ? lineOf(edited, part) : 1;
	expect(problems()).toContain(`locales/${locale}/app.json:${line}  `);
	expect(problems()).toContain(message);
});

test('a language without a file that English has is told, and a file that English has not', () => {
	rmSync(path.join(root, 'locales/pl/app.json'));
	put(root, 'locales/it/more.json', '{}');
	expect(problems()).toBe(
		'locales/it/more.json:1  English has no such file: remove it, or add it to English\nlocales/pl/app.json:1  this file is missing: write it'
	);
});
