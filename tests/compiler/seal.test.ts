import { X509Certificate, createPrivateKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { locales } from '#core/text.ts';
import { compile } from '#compiler/compile.ts';
import { packKey } from '#compiler/key.ts';
import { portraits } from '#compiler/portrait.ts';
import { pinned, sealFile } from '#compiler/seal.ts';
import { temporary } from './fixture.ts';

let root: string;
const settings = ['SEAL_KEY', 'ISSUERS'] as const;
const before = settings.map((name) => process.env[name]);
beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'seal-'));
	for (const name of settings) delete process.env[name];
});
afterEach(() => {
	rmSync(root, { recursive: true });
	settings.forEach((name, at) => (before[at] === undefined ? delete process.env[name] : (process.env[name] = before[at])));
});

test('a development seal is made on first use, for its owner alone, and stays the same', async () => {
	const first = await sealFile(root);
	expect(statSync(path.join(root, '.keys/seal.json')).mode & 0o777).toBe(0o600);
	expect(await sealFile(root)).toEqual(first);
	expect(readdirSync(path.join(root, '.keys'))).toEqual(['seal.json']);
});

test('two builds that start together use one seal', async () => {
	const seals = await Promise.all(Array.from({ length: 5 }, () => sealFile(root)));
	expect(new Set(seals.map(({ key }) => key!.x)).size).toBe(1);
});

test('its certificate names the issuer, is for seals alone, and stands under one that may sign it', async () => {
	const { issuer, key, certificates } = await sealFile(root);
	const [leaf, above] = certificates.map((one) => new X509Certificate(Buffer.from(one, 'base64')));
	expect(leaf!.subject).toContain(`O=${issuer.name.en}`);
	expect(leaf!.subject).toMatch(new RegExp(`(organizationIdentifier|2\\.5\\.4\\.97)=${issuer.identifier}`));
	expect(leaf!.checkPrivateKey(createPrivateKey({ key: key!, format: 'jwk' }))).toBe(true);
	expect([leaf!.ca, above!.ca]).toEqual([false, true]);
	expect([leaf!.checkIssued(above!), leaf!.verify(above!.publicKey), above!.verify(above!.publicKey)]).toEqual([true, true, true]);
	expect(leaf!.verify(leaf!.publicKey)).toBe(false);
	const years = (Date.parse(leaf!.validTo) - Date.parse(leaf!.validFrom)) / (365 * 86_400_000);
	expect(years).toBe(5);
});

test('it says in every language that it is for development only', async () => {
	const { issuer, certificates } = await sealFile(root);
	expect(issuer.development).toBe(true);
	expect(new Set(locales.map((locale) => issuer.name[locale])).size).toBe(locales.length);
	expect(issuer.name.en).toMatch(/^Development only/);
	expect(new X509Certificate(Buffer.from(certificates[0]!, 'base64')).subject).toContain('not qualified');
});

test('the app knows the issuer of the seal and those of ISSUERS, and no private key', async () => {
	const other = mkdtempSync(path.join(tmpdir(), 'seal-'));
	const [theirs] = await pinned(other);
	process.env.ISSUERS = path.join(other, 'issuers.json');
	writeFileSync(process.env.ISSUERS, JSON.stringify([theirs]));
	const known = await pinned(root);
	expect(known).toHaveLength(2);
	expect(known[1]).toEqual(theirs);
	expect(JSON.stringify(known)).not.toContain('"d"');
	rmSync(other, { recursive: true });
});

test('the seal that SEAL_KEY names is used, and none is made', async () => {
	const other = mkdtempSync(path.join(tmpdir(), 'seal-'));
	const theirs = await sealFile(other);
	process.env.SEAL_KEY = path.join(other, '.keys/seal.json');
	expect(await sealFile(root)).toEqual(theirs);
	expect(existsSync(path.join(root, '.keys'))).toBe(false);
	rmSync(other, { recursive: true });
});

test.each([
	['is not there', undefined],
	['is no JSON', 'seal'],
	['has no certificates', '{"issuer":{},"certificates":[]}']
])('a seal that %s is refused with the path and what to do', async (_, content) => {
	process.env.SEAL_KEY = path.join(root, 'own.json');
	if (content !== undefined) writeFileSync(process.env.SEAL_KEY, content);
	await expect(sealFile(root)).rejects.toThrow(/own\.json is not .* SEAL_KEY/);
});

test('a list of issuers that cannot be read stops the build with its path', async () => {
	process.env.ISSUERS = path.join(root, 'issuers.json');
	writeFileSync(process.env.ISSUERS, '[{}]');
	await expect(pinned(root)).rejects.toThrow(/issuers\.json is not .* ISSUERS/);
});

test('portraits are drawn for each course that is written, in each language; again only where something changed', async () => {
	const project = temporary();
	const packs = path.join(project, 'build/packs');
	await compile({ content: path.join(project, 'content'), out: packs, key: await packKey(project) });
	const out = path.join(project, 'build/portraits');
	const { issuer } = await sealFile(project);
	const expected = ['demo', 'passport'].flatMap((name) => locales.map((locale) => `${name}.${locale}`)).sort();
	expect((await portraits(packs, out, issuer)).sort()).toEqual(expected);
	for (const name of expected) {
		const png = readFileSync(path.join(out, `${name}.png`));
		expect(png.subarray(1, 4).toString()).toBe('PNG');
		expect(png.length).toBeLessThan(30 * 1024);
	}
	expect(await portraits(packs, out, issuer)).toEqual([]);
	rmSync(path.join(out, 'demo.el.png'));
	expect(await portraits(packs, out, issuer)).toEqual(['demo.el']);
	const named = { ...issuer, name: { ...issuer.name, pl: 'Inna nazwa' } };
	expect((await portraits(packs, out, named)).sort()).toEqual(['demo.pl', 'passport.pl']);
	rmSync(project, { recursive: true });
});
