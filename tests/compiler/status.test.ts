import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'vite';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { packs } from '#compiler/plugin.ts';
import { pinned as known, sealFile } from '#compiler/seal.ts';
import { statusLists } from '#compiler/status.ts';
import { createSeal } from '#server/certification/seal.ts';
import { createStatusLists } from '#server/certification/status-list.ts';
import { chain, day, pinned, statusJws, today, type Holder } from '../device/certificates.ts';
import { put, temporary } from './fixture.ts';

type Files = Record<string, string>;
let root: string;
let ours: Holder;
let ended: Holder;
let whole: Files;
const before = process.env.STATUS_LISTS;
beforeAll(async () => {
	ours = await chain();
	ended = await chain({ until: today - 2 * day });
	whole = { '1-revocation': await statusJws(ours, 'revocation', [194]), '1-suspension': await statusJws(ours, 'suspension') };
});
beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'status-'));
	process.env.STATUS_LISTS = 'lists';
});
afterEach(() => {
	rmSync(root, { recursive: true });
	if (before === undefined) delete process.env.STATUS_LISTS;
	else process.env.STATUS_LISTS = before;
});
/** What a build takes along of a folder with these files. */
function taken(files: Files, issuers = [pinned(ours)]): Files {
	mkdirSync(path.join(root, 'lists'));
	for (const [name, text] of Object.entries(files)) writeFileSync(path.join(root, 'lists', name), text);
	return statusLists(root, issuers, today);
}

test('without the setting nothing is taken along', () => {
	delete process.env.STATUS_LISTS;
	expect(statusLists(root, [pinned(ours)], today)).toEqual({});
});

test('both lists are taken by the names that stand in them, whatever their files are called', () => {
	const [revocation, suspension] = Object.values(whole);
	expect(taken({ 'a.jwt': `${revocation}\n`, b: suspension!, '.DS_Store': 'of a Mac' })).toEqual(whole);
});

test('a list of each algorithm that a phone reads is taken', async () => {
	for (const kind of ['ES384', 'RS256'] as const) {
		const other = await chain({ kind });
		const files = { a: await statusJws(other, 'revocation'), b: await statusJws(other, 'suspension') };
		expect(Object.keys(taken(files, [pinned(ours), pinned(other)]))).toHaveLength(2);
		rmSync(path.join(root, 'lists'), { recursive: true });
	}
});

const changed = (jwt: string, at: number) => `${jwt.slice(0, at)}${jwt[at] === 'A' ? 'B' : 'A'}${jwt.slice(at + 1)}`;
const listed = (change: (payload: Record<string, unknown>) => object) =>
	statusJws(ours, 'revocation', [], today - day, (payload) => ({ ...payload, ...change(payload) }));
const encoded = (text: string) =>
	listed(({ credentialSubject }) => ({ credentialSubject: { ...(credentialSubject as object), encodedList: text } }));
const refusals: [name: string, make: () => Promise<string> | string, why: RegExp][] = [
	['has no seal', () => whole['1-revocation']!.replace(/[^.]+$/, ''), /is not sealed, or was cut/],
	['is a page of a hotspot', () => '<!doctype html>', /is not sealed, or was cut/],
	['was cut in its list', () => whole['1-revocation']!.slice(0, whole['1-revocation']!.lastIndexOf('.') - 99), /is not sealed, or was cut/],
	['was cut in its seal', () => whole['1-revocation']!.slice(0, -9), /was cut, or changed after it was sealed/],
	['was changed', () => changed(whole['1-revocation']!, whole['1-revocation']!.lastIndexOf('.') - 40), /was cut, or changed/],
	['is sealed by another issuer', async () => statusJws(await chain(), 'revocation'), /by an issuer that the app does not know/],
	['says that no algorithm is needed', () => unsealed({ alg: 'none' }), /has a seal that does not count/],
	['was sealed with a certificate that had ended', () => statusJws(ended, 'revocation'), /when its certificate was not valid/],
	['is no status list', () => listed(() => ({ type: ['VerifiableCredential', 'OpenBadgeCredential'] })), /is no status list/],
	['has no date', () => listed(() => ({ validFrom: undefined })), /is no status list/],
	['is of a day that has not come', () => statusJws(ours, 'revocation', [], today + day), /of a day that has not come, 2026-11-27T/],
	['has another name than its purpose', () => listed(() => ({ id: 'https://passport.test/v1/status/1-suspension' })), /no status list/],
	['lies at another address', () => listed(() => ({ id: 'https://passport.test/1-revocation' })), /no status list/],
	['is too short', () => encoded('uH4sIAAAAAAAAA2NgAAAAAAD__wMAjBjPEwIAAAA'), /is no status list/],
	['is no gzip', () => encoded('uAAAA'), /is no status list/],
	['is too large', () => 'a'.repeat(200_001), /is too large/],
	['is there already', () => whole['1-suspension']!, /is the list 1-suspension once more/]
];
const unsealed = (header: object) => whole['1-revocation']!.replace(/^[^.]+/, Buffer.from(JSON.stringify(header)).toString('base64url'));

test.each(refusals)('a list that %s stops the build, with its path and what to do', async (_name, make, why) => {
	const files = { 'one.jwt': await make(), 'other.jwt': whole['1-suspension']! };
	let refused: unknown;
	try {
		taken(files, [pinned(ours), pinned(ended)]);
	} catch (cause) {
		refused = cause;
	}
	expect(String(refused)).toMatch(why);
	expect(String(refused)).toMatch(/lists[/\\](one|other)\.jwt .* STATUS_LISTS/);
});

test('a folder that is not there, is empty or has one of the two lists stops the build', () => {
	expect(() => statusLists(root, [pinned(ours)], today)).toThrow(/lists is not a folder of status lists/);
	expect(() => taken({})).toThrow(/lists has no status lists in it/);
	writeFileSync(path.join(root, 'lists/a'), whole['1-revocation']!);
	expect(() => statusLists(root, [pinned(ours)], today)).toThrow(/lists lacks the list 1-suspension/);
});

test('an app that is built has the lists that its endpoint sealed, as it serves them', async () => {
	const project = temporary();
	put(project, 'main.js', 'console.log(JSON.stringify(__STATUS_LISTS__))');
	put(project, 'index.html', '<script type="module" src="/main.js"></script>');
	await sealFile(project);
	const seal = createSeal(path.join(project, '.keys/seal.json'));
	const { list } = createStatusLists({ seal, base: 'https://passport.example', set: () => [7] });
	const served = { '1-revocation': await list('1', 'revocation', Date.now()), '1-suspension': await list('1', 'suspension', Date.now()) };
	for (const [name, jwt] of Object.entries(served)) put(project, `lists/${name}`, jwt);
	expect(statusLists(project, await known(project))).toEqual(served);
	const setting = process.env.VITEST;
	delete process.env.VITEST;
	try {
		await build({ root: project, configFile: false, logLevel: 'silent', publicDir: 'static', plugins: [packs()] });
	} finally {
		process.env.VITEST = setting;
	}
	const assets = path.join(project, 'dist/assets');
	const script = readdirSync(assets).map((file) => readFileSync(path.join(assets, file), 'utf8'));
	for (const jwt of Object.values(served)) expect(script.join('')).toContain(jwt);
	rmSync(project, { recursive: true });
});
