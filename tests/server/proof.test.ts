import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { verifyCredential } from '@digitalcredentials/verifier-core';
import addFormats from 'ajv-formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { badge, passportBadge, type Badge } from '#core/badge.ts';
import { createProofs, type Proven } from '#server/certification/proof.ts';
import { all, award, described, issuer } from '../core/awards.ts';
import { folder } from './endpoint.ts';

const now = Date.UTC(2026, 10, 1);
const base = 'https://passport.example';

/** The schema of 1EdTech (draft 2019-09): it is not copied into the project; the setting BADGE_SCHEMA says where it lies. */
const schema = process.env['BADGE_SCHEMA'] ?? '../shared/edc/ob_v3p0_achievementcredential_schema.json';
const missing = !existsSync(schema);

const made = (did: string): [string, Badge][] => [
	...all().map((award): [string, Badge] => [award.course, badge(award, described[award.course]!, issuer, { did, base })]),
	['passport', passportBadge({ ...award(1), number: 'P-000001', awards: all() }, described, issuer, { did, base })],
	['without an end', badge(award(3, { until: undefined }), described['course-3']!, issuer, { did, base })]
];

type Verdict = { log?: { id: string; valid?: boolean; error?: { name: string } }[]; errors?: { name: string }[] };
/** What the verifier of the Digital Credentials Consortium says, an implementation that is none of ours. */
const verdict = async (credential: object) =>
	(await verifyCredential({ credential, knownDIDRegistries: [] } as never)) as unknown as Verdict;
const step = ({ log }: Verdict, id: string) => log?.find((entry) => entry.id === id);

beforeEach(() => {
	vi.stubGlobal('fetch', () => Promise.reject(new TypeError('There is no network')));
	vi.spyOn(console, 'error').mockImplementation(() => undefined); // the verifier tells of each address that it could not reach
	vi.spyOn(console, 'log').mockImplementation(() => undefined);
	return () => {
		vi.unstubAllGlobals();
		vi.restoreAllMocks();
	};
});

/** The same with another value at a path. */
function changed<T extends object>(whole: T, [member, ...rest]: (string | number)[], value: string): T {
	const copy = (Array.isArray(whole) ? [...(whole as unknown[])] : { ...whole }) as Record<string | number, unknown>;
	copy[member!] = rest.length ? changed(copy[member!] as object, rest, value) : value;
	return copy as T;
}

async function proven(): Promise<Proven> {
	const proofs = await createProofs(join(folder(), 'badge.json'));
	return proofs.prove(badge(award(3), described['course-3']!, issuer, { did: proofs.did, base }), now);
}

describe('a badge', () => {
	test('verifies with an independent verifier, without a network; its status is then not known, which is not "valid"', async () => {
		const found = await verdict(await proven());
		expect(found.errors).toBeUndefined();
		expect(step(found, 'valid_signature')?.valid).toBe(true);
		expect(step(found, 'expiration')?.valid).toBe(true);
		expect(step(found, 'revocation_status')).not.toHaveProperty('valid');
	});

	test('of a Passport verifies too', async () => {
		const proofs = await createProofs(join(folder(), 'badge.json'));
		const [, passport] = made(proofs.did).find(([name]) => name === 'passport')!;
		expect(step(await verdict(await proofs.prove(passport, now)), 'valid_signature')?.valid).toBe(true);
	});

	test.each([
		['the name', ['credentialSubject', 'identifier', 0, 'identityHash'], 'Someone Else'],
		['the number', ['credentialSubject', 'licenseNumber'], 'C-999999'],
		['the result', ['credentialSubject', 'result', 0, 'value'], '100'],
		['what it certifies', ['credentialSubject', 'achievement', 'name'], 'Medicine'],
		['the end', ['validUntil'], '2099-01-01T00:00:00Z'],
		['the place of its status', ['credentialStatus', 'statusListIndex'], '1'],
		['the time of its proof', ['proof', 0, 'created'], '2026-11-02T00:00:00Z'],
		['something that no context knows', ['honours'], 'with distinction']
	])('of which %s was changed is refused', async (_, path, value) => {
		const found = await verdict(changed(await proven(), path, value));
		expect(step(found, 'valid_signature')?.valid).not.toBe(true);
		expect(found.errors).toHaveLength(1);
	});

	test('with the name of another issuer, or proven by another key, is refused', async () => {
		const other = await createProofs(join(folder(), 'other.json'));
		const genuine = await proven();
		for (const forged of [
			{ ...genuine, issuer: { ...(genuine['issuer'] as object), id: other.did } },
			{ ...genuine, proof: genuine.proof.map((proof) => ({ ...proof, verificationMethod: `${other.did}#${other.did.slice(8)}` })) }
		])
			expect(step(await verdict(forged), 'valid_signature')?.valid).not.toBe(true);
	});

	test('that says what its contexts do not know is not proven: it would not be under the proof', async () => {
		const proofs = await createProofs(join(folder(), 'badge.json'));
		const plain = badge(award(3), described['course-3']!, issuer, { did: proofs.did, base });
		await expect(proofs.prove({ ...plain, honours: 'with distinction' }, now)).rejects.toThrow();
	});

	test.skipIf(missing)(`conforms to the JSON Schema of 1EdTech (skipped where ${schema} is not there)`, async () => {
		const ajv = addFormats.default(new Ajv2019({ allErrors: true, strict: false }));
		const conforms = ajv.compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
		const proofs = await createProofs(join(folder(), 'badge.json'));
		for (const [name, plain] of made(proofs.did)) {
			expect([name, conforms(await proofs.prove(plain, now)), conforms.errors]).toEqual([name, true, null]);
		}
		const [, plain] = made(proofs.did)[0]!;
		for (const member of ['issuer', 'validFrom', 'credentialSubject', 'id'])
			expect([member, conforms({ ...plain, [member]: undefined })]).toEqual([member, false]);
		expect(conforms({ ...plain, credentialSubject: { type: ['AchievementSubject'] } })).toBe(false);
	});
});

describe('the key of badges', () => {
	test('is made at the first start, for its owner alone to read, and is the same at the next', async () => {
		const path = join(folder(), 'keys', 'badge.json');
		const { did } = await createProofs(path);
		expect(did).toMatch(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/);
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect((await createProofs(path)).did).toBe(did);
	});

	test('that is there and cannot be read stops the start, and is not replaced', async () => {
		await expect(createProofs(folder())).rejects.toThrow(/badge key .* cannot be read/);
	});
});
