import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Bank } from '#core/bank.ts';
import { asked, explained } from '#core/item.ts';
import { Signed } from '#core/pack.ts';
import { Scheme, SchemePage, schemeParts } from '#core/scheme.ts';
import { locales } from '#core/text.ts';
import { compile } from '#compiler/compile.ts';
import { genuine, packKey, type PackKey } from '#compiler/key.ts';
import { readScheme } from '#compiler/scheme.ts';
import { exam, project, put, scheme, temporary } from './fixture.ts';
import { after, many, planted, replaced, told } from './planted.ts';

planted();

const file = 'content/scheme.yaml';
const words = (locale: string) => `content/scheme/${locale}.yaml`;

told('scheme', [
	['a value that is missing', file, replaced(/wait:\n.*\n.*\n/, ''), 'id: demo-scheme', /"wait" is missing: write it/],
	['a value that is unknown', file, replaced('version: 1', 'version: 1\npoints: 3'), 'points: 3', /"points" is not known here/],
	[
		'a value that does not say whether it is provisional',
		file,
		replaced(/(wait:\n {2}value: 7)\n {2}provisional: true/, '$1'),
		'wait:',
		/"wait provisional" is missing/
	],
	['more than all points', file, replaced('overall: 0.6', 'overall: 60'), 'overall: 60', /"pass value overall" must be at most 1/],
	['help that nobody knows', file, replaced('- reader', '- lawyer'), '- lawyer', /must be "extra-time" or .* not "lawyer"/],
	['help that is listed twice', file, replaced('- reader', '- spoken'), /- large-text\n\s+- spoken/, /"spoken" stands above/],
	['a part without text', words('pl'), replaced(/(\nappeal:\n[^\n]*)\n {2}text:[^\n]*/, '$1'), 'appeal:', /"appeal.text" is missing/],
	[
		'a part that the page does not have',
		words('it'),
		replaced('appeal:', 'prize:\n  title: Anna legge\nappeal:'),
		/prize:\n {2}title: Anna legge/,
		/"prize.title" is not asked for/
	],
	[
		'a straight quotation mark',
		words('en'),
		replaced(/(\npass:\n[^\n]*\n {2}text:)/, '$1 He says "Go".\n    And'),
		/pass:\n[^\n]*\n {2}text:/,
		/straight/
	],
	[
		'a sentence too long',
		words('es'),
		replaced(/(\npass:\n[^\n]*\n {2}text:) [^\n]*/, `$1 ${many(21)}.`),
		many(21),
		/21 words, at most 20/
	],
	[
		'a form that a bank has too few items for',
		file,
		replaced(/items:\n {2}value: 20/, 'items:\n  value: 31'),
		'items:',
		/the bank has 30 items, a form .* has 31/,
		'content/exams/demo/exam.yaml'
	],
	[
		'an outcome that a bank has too few items of',
		file,
		replaced(/items:\n {2}value: 20/, 'items:\n  value: 32'),
		'items:',
		/"tell" has 7 exam items, each form needs 8/,
		'content/exams/demo/exam.yaml'
	]
]);

test('words that are English still, or a language that is missing, are told', () => {
	const english = project()[words('en')]!;
	expect(after(words('el'), () => english).problems.some(({ message }) => message.includes('is the English text'))).toBe(true);
	const root = temporary(Object.fromEntries(Object.entries(project()).filter(([name]) => name !== words('el'))));
	expect(readScheme(root, []).problems).toMatchObject([{ file: words('el'), line: 1, message: 'this file is missing: write it' }]);
	rmSync(root, { recursive: true });
});

test('the scheme of the project has every value marked provisional, and its words have none of its figures', () => {
	const { scheme: real, problems } = readScheme(process.cwd(), []);
	expect(problems).toEqual([]);
	const { id, version, accommodations, ...stated } = real!.structure;
	expect({ id, version }).toEqual({ id: 'passport-to-employment', version: 1 });
	expect(accommodations).toHaveLength(4);
	expect(Object.values(stated).map(({ provisional }) => provisional)).toEqual(Object.values(stated).map(() => true));
	for (const locale of locales)
		expect([...real!.words[locale].texts.values()].filter(({ text }) => /\d/.test(text)).map(({ key }) => `${locale} ${key}`)).toEqual([]);
});

describe('compiled', () => {
	let root: string;
	let key: PackKey;
	beforeEach(async () => void (key = await packKey((root = temporary()))));
	afterEach(() => rmSync(root, { recursive: true }));
	const run = async (exams: string | undefined = path.join(root, 'exams')) =>
		compile({ content: path.join(root, 'content'), out: path.join(root, 'packs'), ...(exams ? { exams } : {}), key });
	const json = (name: string): unknown => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
	const bank = () => Bank.parse(json('exams/demo.json'));

	test('the public page is signed, and has every part in five languages', async () => {
		await run();
		const signed = Signed.parse(json('packs/scheme.json'));
		expect(await genuine(signed, key.publicJwk)).toBe(true);
		const page = SchemePage.parse(JSON.parse(signed.payload));
		expect(page.scheme).toEqual(scheme);
		for (const locale of locales)
			for (const part of schemeParts) expect(page.words[locale][`${part}.title`] && page.words[locale][`${part}.text`]).toBeTruthy();
	});

	test('the endpoint gets the scheme and the bank with its keys, and what stands before an answer alone', async () => {
		const { written } = await run();
		expect(written).toEqual(expect.arrayContaining(['scheme.json', 'demo.json']));
		expect(Scheme.parse(json('exams/scheme.json'))).toEqual(scheme);
		const { items, outcomes, words } = bank();
		expect(items.map(({ item }) => item)).toEqual(exam.items);
		expect(outcomes).toEqual(['see', 'ask', 'tell', 'mend']);
		for (const locale of locales) expect(Object.keys(words[locale]).sort()).toEqual(exam.items.flatMap(asked).sort());
		expect(Object.keys(words.en).filter((key) => exam.items.flatMap(explained).includes(key))).toEqual([]);
		expect(new Set(items.map(({ version }) => version)).size).toBe(items.length);
		expect((await run()).written).toEqual([]);
	});

	test('without a folder for it, no key is written anywhere', async () => {
		await compile({ content: path.join(root, 'content'), out: path.join(root, 'packs'), key });
		expect(existsSync(path.join(root, 'exams'))).toBe(false);
		expect(readdirSync(path.join(root, 'packs')).sort()).toEqual(['catalogue.json', 'demo', 'files', 'scheme.json']);
	});

	test('a changed word in one language, or a changed key, makes another version of that item alone', async () => {
		await run();
		const before = bank().items;
		const changed = () => bank().items.flatMap(({ item, version }, at) => (version === before[at]!.version ? [] : [item.id]));
		const file = 'content/exams/demo/words/pl/exam.yaml';
		const text = project()[file]!;
		const own = text.slice(0, text.indexOf('one-x4:'));
		const question = /\n {2}question: ([^\n]*)/.exec(own)![1]!;
		put(root, file, text.replace(question, question.replace('?', ' teraz?')));
		await run();
		expect(changed()).toEqual(['one-x0']);
		expect(bank().items[0]!.version.slice(0, 16)).toBe(before[0]!.version.slice(0, 16)); // its key is the same
		put(root, file, text);
		put(root, 'content/exams/demo/exam.yaml', project()['content/exams/demo/exam.yaml']!.replace('right: 10', 'right: 11'));
		await run();
		expect(changed()).toEqual([exam.items.find(({ kind }) => kind === 'number')!.id]);
	});

	test('a bank goes with its course', async () => {
		put(root, 'exams/gone.json', '{}');
		await run();
		expect(readdirSync(path.join(root, 'exams')).sort()).toEqual(['demo.json', 'scheme.json']);
	});
});
