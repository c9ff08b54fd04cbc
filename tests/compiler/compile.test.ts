import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { items, pictures } from '#core/course.ts';
import { identity } from '#core/item.ts';
import { About, Catalogue, PicturesFile, Signed, TextFile, assembled, pictureName, type FileRef } from '#core/pack.ts';
import { locales } from '#core/text.ts';
import { compile } from '#compiler/compile.ts';
import { genuine, packKey, type PackKey } from '#compiler/key.ts';
import { listed } from '#compiler/laws.ts';
import { budget, overweight } from '#compiler/pack.ts';
import { readCourses } from '#compiler/content.ts';
import { course, exam, project, put, temporary } from './fixture.ts';

let root: string;
let key: PackKey;
beforeEach(async () => {
	root = temporary();
	key = await packKey(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const out = (name = 'packs') => path.join(root, name);
const run = (name?: string) => compile({ content: path.join(root, 'content'), out: out(name), key });
const held = (name: string) => readFileSync(path.join(out(), name));
const shelf = () => Signed.parse(JSON.parse(held('catalogue.json').toString()));
const packs = (name?: string) => readdirSync(path.join(out(name), 'files')).filter((file) => file.endsWith('.pack'));
/** What a file of a pack holds. */
const content = ({ sha256 }: FileRef): unknown => JSON.parse(gunzipSync(held(`files/${sha256}.pack`)).toString());
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

test('a course becomes a text with its structure, the words of all languages and the identity of every item, and a file of pictures', async () => {
	const { packs: made, problems } = await run();
	expect(listed(problems)).toBe('');
	const pack = assembled(TextFile.parse(content(made.demo!.text)), PicturesFile.parse(content(made.demo!.pictures)));
	expect(pack.course).toEqual(course);
	expect(Object.keys(pack.words).sort()).toEqual([...locales].sort());
	expect(pack.words.el['one.title']).toMatch(/\p{Script=Greek}/u);
	expect(Object.keys(pack.words.pl).sort()).toEqual(Object.keys(pack.words.en).sort());
	expect(pack.words.en['one.notes']).not.toMatch(/\n$/);
	for (const picture of pictures(course))
		expect(pack.pictures[pictureName(picture)]).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 160 90">/);
	expect(pack.identities).toEqual(Object.fromEntries(items(course).map((item) => [item.id, sha256(identity(item)).slice(0, 16)])));
});

test('the name of a file is the hash of its bytes, and the catalogue says its size', async () => {
	const { packs: made } = await run();
	for (const { sha256: name, bytes } of [made.demo!.text, made.demo!.pictures]) {
		expect(packs()).toContain(`${name}.pack`);
		expect(sha256(held(`files/${name}.pack`))).toBe(name);
		expect(statSync(path.join(out(), 'files', `${name}.pack`)).size).toBe(bytes);
	}
	expect(packs()).toHaveLength(2);
	expect(Catalogue.parse(JSON.parse(shelf().payload)).packs).toEqual(made);
});

test('what is to be read before the download is signed, and holds the descriptor and the outcomes in all languages', async () => {
	await run();
	const signed = Signed.parse(JSON.parse(held('demo/about.json').toString()));
	expect(await genuine(signed, key.publicJwk)).toBe(true);
	const about = About.parse(JSON.parse(signed.payload));
	expect(about.outcomes).toEqual(course.outcomes);
	for (const locale of locales) for (const { id } of course.outcomes) expect(about.words[locale][`${id}.text`]).toBeTruthy();
	expect(Object.keys(about.words.en).some((name) => name.startsWith('one'))).toBe(false);
});

test('the catalogue has the twenty with their words and pictures, and a signature that holds for these words alone', async () => {
	await run();
	const { payload, signature } = shelf();
	const catalogue = Catalogue.parse(JSON.parse(payload));
	expect(catalogue.credentials).toHaveLength(20);
	expect(catalogue.words.it['demo.promise']).toBeTruthy();
	for (const { picture } of catalogue.credentials) expect(catalogue.pictures?.[picture]).toMatch(/^<svg /);
	expect(await genuine({ payload, signature }, key.publicJwk)).toBe(true);
	expect(await genuine({ payload: payload.replace('demo', 'dema'), signature }, key.publicJwk)).toBe(false);
});

test('the same content gives the same bytes, in another folder and at another time', async () => {
	await run('first');
	await run('second');
	expect(packs('first')).toEqual(packs('second'));
	const [name] = packs('first');
	const bytes = (folder: string) => readFileSync(path.join(out(folder), 'files', name!));
	expect(bytes('first').equals(bytes('second'))).toBe(true);
});

test('a second compilation writes nothing, and keeps the signature', async () => {
	expect((await run()).written).toHaveLength(5);
	const before = held('catalogue.json').toString();
	expect((await run()).written).toEqual([]);
	expect(held('catalogue.json').toString()).toBe(before);
});

test('a catalogue that another key signed, or that is broken, is written anew', async () => {
	await run();
	rmSync(path.join(root, '.keys'), { recursive: true });
	key = await packKey(root);
	expect((await run()).written).toEqual(['demo/about.json', 'scheme.json', 'catalogue.json']);
	put(root, 'packs/catalogue.json', '{"half');
	expect((await run()).written).toEqual(['catalogue.json']);
	expect(await genuine(shelf(), key.publicJwk)).toBe(true);
});

test('changed words make a new file; the old one goes, recordings stay', async () => {
	await run();
	const old = packs();
	for (const name of ['packs/files/abc.mp3', 'packs/files/abc.ogg', 'packs/demo/en.cards.json']) put(root, name, 'sound');
	put(
		root,
		'content/courses/demo/words/en/one.yaml',
		project()['content/courses/demo/words/en/one.yaml']!.replace('Anna reads', 'Anna sees')
	);
	const { written, packs: made } = await run();
	expect(written).toEqual([`files/${made.demo!.text.sha256}.pack`, 'catalogue.json']);
	expect(old).not.toContain(`${made.demo!.text.sha256}.pack`);
	expect(old).toContain(`${made.demo!.pictures.sha256}.pack`); // unchanged: a phone that has it fetches it no second time
	expect(readdirSync(path.join(out(), 'files')).sort()).toEqual([...packs(), 'abc.mp3', 'abc.ogg'].sort());
	expect(packs()).toHaveLength(2);
	expect(held('demo/en.cards.json').toString()).toBe('sound');
});

test('content with an error is not compiled at all', async () => {
	await run();
	const before = packs();
	put(root, 'content/courses/demo/words/en/one.yaml', project()['content/courses/demo/words/en/one.yaml']!.replace('Anna', '"Anna"'));
	const { problems, written } = await run();
	expect(problems.length).toBeGreaterThan(0);
	expect(written).toEqual([]);
	expect(packs()).toEqual(before);
});

test('nothing of the exam is in anything that is served', async () => {
	await run();
	const served = [
		shelf().payload,
		held('demo/about.json').toString(),
		...packs().map((name) => gunzipSync(held(`files/${name}`)).toString())
	].join('\n');
	const found = project();
	const texts = locales.flatMap((locale) =>
		[...found[`content/exams/demo/words/${locale}/exam.yaml`]!.matchAll(/: (.*\d{5}.*)$/gm)].map((match) => match[1]!)
	);
	expect(texts.length).toBeGreaterThan(1000);
	expect(texts.filter((text) => served.includes(text))).toEqual([]);
	expect(exam.items.filter(({ id }) => served.includes(`"${id}`))).toEqual([]);
	expect(served).toContain('"one-e1.question"');
});

test('a course over its budget warns, over its limit it is refused, each with its figures', () => {
	const [written] = readCourses(root).courses;
	expect(overweight(written!, budget.goal)).toEqual([]);
	expect(overweight(written!, budget.goal + 1)).toMatchObject([{ severity: 'warning', file: 'content/courses/demo/course.yaml', line: 1 }]);
	expect(overweight(written!, budget.limit + 1)).toMatchObject([{ severity: 'error', message: expect.stringContaining('200001 bytes') }]);
});
