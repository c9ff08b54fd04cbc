import { expect, test } from 'vitest';
import { blocks, spokenNotes } from '#core/notes.ts';
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

test('bold words in study notes are known by their places; their marks are neither shown nor said', () => {
	const notes = '## A **b**\n\nThe **main** thing, **twice**.\n\n- **Who:** you\n\n1. **One**';
	expect(blocks(notes)).toEqual([
		{ kind: 'heading', lines: [{ text: 'A b', bold: [[2, 3]] }] },
		{
			kind: 'paragraph',
			lines: [
				{
					text: 'The main thing, twice.',
					bold: [
						[4, 8],
						[16, 21]
					]
				}
			]
		},
		{ kind: 'list', lines: [{ text: 'Who: you', bold: [[0, 4]] }] },
		{ kind: 'steps', lines: [{ text: 'One', bold: [[0, 3]] }] }
	]);
	expect(spokenNotes(notes)).toEqual(['A b', 'The main thing, twice.', 'Who: you', 'One']);
});

test('study notes are headings, paragraphs and lists', () => {
	const shape = blocks('## Why\n\nOne line.\nAnother.\n\n- a\n- b\n\n1. x\n2. y\n').map(({ kind, lines }) => [
		kind,
		lines.map(({ text }) => text)
	]);
	expect(shape).toEqual([
		['heading', ['Why']],
		['paragraph', ['One line.']],
		['paragraph', ['Another.']],
		['list', ['a', 'b']],
		['steps', ['x', 'y']]
	]);
});
