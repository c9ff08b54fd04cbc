import { expect, test } from 'vitest';
import { blocks } from '#core/notes.ts';
import { sentences, type Locale } from '#core/text.ts';

test.each<[Locale, string, string[]]>([
	['en', 'Stop. Look! Why? Go', ['Stop.', 'Look!', 'Why?', 'Go']],
	['en', 'She says: “Is it 14:30?” Then she goes.', ['She says: “Is it 14:30?”', 'Then she goes.']],
	['en', 'It costs 12.50 euro; take it.', ['It costs 12.50 euro; take it.']],
	['el', 'Τι ώρα είναι; Πάμε.', ['Τι ώρα είναι;', 'Πάμε.']],
	['el', '«Μπορώ να ρωτήσω;» λέει. Ναι.', ['«Μπορώ να ρωτήσω;»', 'λέει.', 'Ναι.']],
	['pl', '„Dobrze?” pyta.', ['„Dobrze?”', 'pyta.']],
	['it', '', []]
])('in %s "%s" is cut into its sentences', (locale, text, parts) => {
	expect(sentences(text, locale).map(({ start, end }) => text.slice(start, end))).toEqual(parts);
});

test('the marks of bold words in study notes are neither shown nor said', () => {
	expect(blocks('## A **b**\n\nThe **main** thing.\n\n- **Who:** you\n\n1. **One**')).toEqual([
		{ kind: 'heading', text: 'A b' },
		{ kind: 'paragraph', text: 'The main thing.' },
		{ kind: 'list', entries: ['Who: you'] },
		{ kind: 'steps', entries: ['One'] }
	]);
});

test('study notes are headings, paragraphs and lists', () => {
	expect(blocks('## Why\n\nOne line.\nAnother.\n\n- a\n- b\n\n1. x\n2. y\n')).toEqual([
		{ kind: 'heading', text: 'Why' },
		{ kind: 'paragraph', text: 'One line.' },
		{ kind: 'paragraph', text: 'Another.' },
		{ kind: 'list', entries: ['a', 'b'] },
		{ kind: 'steps', entries: ['x', 'y'] }
	]);
});
