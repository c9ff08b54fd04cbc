import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Purpose } from '#core/status.ts';
import type { Verification } from '#core/verification.ts';
import { portraits } from '#compiler/portrait.ts';
import { pinned, sealFile } from '#compiler/seal.ts';
import { createVerifier } from '#device/certification/verifier.ts';
import { createDevice } from '#device/index.ts';
import { readDescribed } from '#server/certification/described.ts';
import { createIssue } from '#server/certification/issue.ts';
import { createProofs } from '#server/certification/proof.ts';
import { createSeal } from '#server/certification/seal.ts';
import { createStatusLists } from '#server/certification/status-list.ts';
import { award, base, packs, passportAward } from '../core/certified.ts';

globalThis.IDBKeyRange = IDBKeyRange; // Dexie looks for it there

const root = mkdtempSync(join(tmpdir(), 'issued-'));
afterAll(() => rmSync(root, { recursive: true }));
const { issuer } = await sealFile(root);
const seal = createSeal(join(root, '.keys/seal.json'));
const folder = await packs();
const described = readDescribed(folder);
const drawn = existsSync('build/portraits/passport.en.png') ? 'build/portraits' : join(root, 'portraits');
if (drawn !== 'build/portraits') await portraits(folder, drawn, issuer);
const proofs = await createProofs(join(root, '.keys/badge.json'));
const body = createIssue({ seal, proofs, described, base, portraits: drawn });

/** A phone whose app was built with the seal of this body, and the body's own lists. */
async function phone(set: Partial<Record<Purpose, number[]>> = {}) {
	const lists = createStatusLists({ seal, base, set: (_list, purpose) => set[purpose] ?? [] });
	const fetching = (async (path: string) => {
		const [, list, purpose] = /^\/v1\/status\/(\w+)-(\w+)$/.exec(path)!;
		return new Response(await lists.list(list!, purpose as Purpose, now));
	}) as typeof fetch;
	const device = createDevice({ packKey: {}, fetch: fetching, indexedDB: new IDBFactory() });
	return createVerifier({ ...device, packKey: {}, packs: '/packs', site: '', issuers: await pinned(root) });
}
const now = Date.now() + 3_600_000;
/** Awarded when the seal was there already: it is made for this test. */
const mine = () => award('communication', 1, { issued: now - 120_000 });
const states = ({ checks }: Verification) => checks.map(({ state, reason }) => (reason ? `${state} ${reason}` : state));
const sound = ['good', 'good', 'good issuer-development', 'good', 'good', 'good'];

test('what the certification body issues verifies on the phone, as file and as code, with the development seal said aloud', async () => {
	const own = mine();
	const { edc, qr } = await body.issue(own, now - 60_000);
	const { verify } = await phone();
	const [file, code] = [await verify(edc, now), await verify(qr, now)];
	expect(states(file)).toEqual(sound);
	expect(file.shown).toMatchObject({ holder: own.holder.name, achievements: [{ eqf: described['communication']!.eqf }] });
	expect(Object.keys(file.shown!.achievements[0]!.title)).toHaveLength(5);
	expect(file.shown!.achievements[0]).toMatchObject({ hours: described['communication']!.hours, score: Math.round(own.score) });
	expect(code.shown).toMatchObject({ holder: own.holder.name, achievements: [{ place: described['communication']!.place }] });
	expect(states(code)).toEqual(sound);
});

test('its Open Badge is read, and its seal is left to others', async () => {
	const { badge } = await body.issue(mine(), now - 60_000);
	const verification = await (await phone()).verify(badge, now);
	expect(states(verification).slice(0, 2)).toEqual(['good', 'unknown seal-elsewhere']);
	expect(verification.shown).toMatchObject({ holder: mine().holder.name });
});

test('a suspension and a revocation by the body are seen in file and code', async () => {
	const own = mine();
	const { edc, qr } = await body.issue(own, now - 60_000);
	for (const [purpose, reason] of [
		['revocation', 'revoked'],
		['suspension', 'suspended']
	] as const) {
		const { verify } = await phone({ [purpose]: [own.status.index] });
		for (const input of [edc, qr]) expect(states(await verify(input, now))[5]).toBe(`bad ${reason}`);
	}
});

test('a Passport that is withdrawn itself, or of which one part is, is seen in file and code', async () => {
	const awards = Object.keys(described).map((course, at) => award(course, 1 + at));
	const own = { ...passportAward(), issued: now - 120_000, status: { list: '1', index: 77_777 } };
	const { edc, qr } = await body.passport(own, awards, now - 60_000);
	const { verify } = await phone({ revocation: [own.status.index] });
	for (const input of [edc, qr]) expect(states(await verify(input, now))[5]).toBe('bad revoked');
	const { verify: other } = await phone({ revocation: [awards[6]!.status.index] });
	expect(states(await other(qr, now))[5]).toBe('bad revoked');
});

test('the Passport shows all its parts', async () => {
	const courses = Object.keys(described);
	const awards = courses.map((course, at) => award(course, 1 + at));
	const { edc, qr } = await body.passport(passportAward(), awards, now - 60_000);
	const { verify } = await phone();
	const file = await verify(edc, now);
	expect(states(file)).toEqual(sound);
	expect(file.shown!.achievements).toHaveLength(courses.length + 1);
	expect((await verify(qr, now)).shown!.achievements).toHaveLength(courses.length);
});
