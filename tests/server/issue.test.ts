import { X509Certificate, createHash, verify } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generalVerify } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { decode, type Code } from '#core/cwt.ts';
import { locales } from '#core/text.ts';
import { portraits } from '#compiler/portrait.ts';
import { sealFile } from '#compiler/seal.ts';
import { readDescribed } from '#server/certification/described.ts';
import { createIssue } from '#server/certification/issue.ts';
import { createProofs } from '#server/certification/proof.ts';
import { createSeal } from '#server/certification/seal.ts';
import { award, base, issued, packs, passportAward } from '../core/certified.ts';
import { judged, missing } from '../core/conformity.ts';

const root = mkdtempSync(join(tmpdir(), 'issue-'));
afterAll(() => rmSync(root, { recursive: true }));
const { issuer } = await sealFile(root);
const seal = createSeal(join(root, '.keys/seal.json'));
const folder = await packs();
const described = readDescribed(folder);
const courses = Object.keys(described);
const drawn = existsSync('build/portraits/passport.en.png') ? 'build/portraits' : join(root, 'portraits');
if (drawn !== 'build/portraits') await portraits(folder, drawn, issuer);
const proofs = await createProofs(join(root, '.keys/badge.json'));
const { issue, passport } = createIssue({ seal, proofs, described, base, portraits: drawn });
const certificate = new X509Certificate(Buffer.from(seal.certificates[0]!, 'base64'));
const opened = async (edc: string) => {
	const { payload } = await generalVerify(JSON.parse(edc) as never, certificate.publicKey, { algorithms: ['ES256'] });
	return JSON.parse(Buffer.from(payload).toString()) as Record<string, unknown> & { id: string };
};
const all = () => courses.map((course, at) => award(course, 1 + at));

test('an award is issued in three formats that say the same and lead to one another', async () => {
	const own = award('communication');
	const { edc, badge, qr } = await issue(own, issued);
	const credential = await opened(edc);
	const open = JSON.parse(badge) as { id: string; credentialSubject: { licenseNumber: string }; issuer: { id: string }; proof: object[] };
	const code = decode(qr) as Code;
	expect([credential.id, open.id, code.claims.id]).toEqual([own.id, own.id, own.id]);
	expect(open.credentialSubject.licenseNumber).toBe(own.number);
	expect(open.issuer.id).toBe(proofs.did);
	expect(open.proof).toHaveLength(1);
	expect(code.claims).toMatchObject({ name: own.holder.name, born: 1990, issued: own.issued, issuer: issuer.identifier });
	expect(Buffer.from(code.claims.digest)).toEqual(createHash('sha256').update(edc).digest().subarray(0, 16));
	expect(verify('sha256', code.signed, { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' }, code.signature)).toBe(true);
	expect(Buffer.from(code.kid)).toEqual(createHash('sha256').update(certificate.raw).digest().subarray(0, 8));
});

test('the credential of each of the twenty, as it leaves, is sealed and conforms', { timeout: 120_000 }, async () => {
	for (const own of all()) {
		const { edc } = await issue(own, issued);
		const credential = await opened(edc);
		expect(edc.length).toBeLessThan(250_000);
		if (missing) continue;
		for (const judgement of await judged(credential)) expect(judgement).toEqual({ credentials: 1, conforms: true, violations: [] });
	}
});

test('the Passport of twenty, as it leaves, is sealed and conforms; its code has all twenty', { timeout: 60_000 }, async () => {
	const { edc, badge, qr } = await passport(passportAward(), all(), issued);
	const credential = await opened(edc);
	expect(credential.id).toBe(passportAward().id);
	expect((decode(qr) as Code).claims.entries).toHaveLength(20);
	expect(badge).toContain('20 micro-credentials');
	expect(edc.length).toBeLessThan(1_000_000);
	if (missing) return;
	for (const judgement of await judged(credential)) expect(judgement).toEqual({ credentials: 1, conforms: true, violations: [] });
});

test('each credential has a picture in each language, a PNG of at most 30 kB', async () => {
	const { edc } = await issue(award('planning'), issued);
	const { displayParameter } = (await opened(edc)) as unknown as {
		displayParameter: { individualDisplay: { displayDetail: { image: { content: string } }[] }[] };
	};
	const pictures = displayParameter.individualDisplay.map(({ displayDetail }) => Buffer.from(displayDetail[0]!.image.content, 'base64'));
	expect(new Set(pictures.map((picture) => picture.toString('base64'))).size).toBe(locales.length);
	for (const picture of pictures) {
		expect(picture.subarray(1, 4).toString()).toBe('PNG');
		expect(picture.length).toBeLessThanOrEqual(30 * 1024);
	}
});

test('a course that is not in the packs is refused by its name', async () => {
	await expect(issue(award('no-such-course'), issued)).rejects.toThrow('no-such-course');
});

test('packs that were not built are missed by their path', () => {
	expect(() => readDescribed(join(root, 'nowhere'))).toThrow('nowhere/catalogue.json');
});
