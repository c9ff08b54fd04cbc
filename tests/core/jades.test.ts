import { describe, expect, test } from 'vitest';
import { bomb, compact, looksSealed, seals } from '#core/jades.ts';
import { european, kindOf, openBadge } from '#core/profile.ts';
import { credential } from '../device/certificates.ts';

const url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const read = (text: string): unknown => {
	try {
		return JSON.parse(Buffer.from(text, 'base64url').toString());
	} catch {
		return undefined;
	}
};
const print = 'A'.repeat(43);
const right = { alg: 'ES256', 'x5t#S256': print, x5c: ['AAAA'], b64: false, crit: ['b64'], iat: 1_790_000_000 };
const file = (header: unknown, more: object = {}) => ({
	payload: '{}',
	signatures: [{ protected: url(header), signature: 'AAAA' }],
	...more
});
const { b64: _b64, crit: _crit, iat: _iat, ...bare } = right;

test('what is signed is the header and the text as they stand', () => {
	const found = seals(file(right), read);
	expect(found).toEqual({
		payload: '{}',
		seals: [
			{
				algorithm: 'ES256',
				signed: `${url(right)}.{}`,
				signature: 'AAAA',
				raw: true,
				certificates: ['AAAA'],
				thumbprint: print,
				at: 1_790_000_000_000
			}
		]
	});
});

test.each([
	['iat alone', { ...bare, iat: 1 }, 1000],
	['sigT alone', { ...bare, sigT: '2026-11-25T12:00:00Z', crit: ['sigT'] }, Date.UTC(2026, 10, 25, 12)]
])('the time of sealing is read from %s', (_name, header, at) => {
	const found = seals(file(header), read);
	expect(typeof found === 'string' ? found : found.seals[0]!.at).toBe(at);
});

test.each([
	['no signature', { payload: '{}', signatures: [] }, 'no-signature'],
	['no payload', { signatures: [{ protected: url(right), signature: 'AAAA' }] }, 'no-signature'],
	['a payload that is no text', file(right, { payload: {} }), 'no-signature'],
	['five signatures', file(right, { signatures: Array(5).fill({ protected: url(right), signature: 'AAAA' }) }), 'header'],
	[
		'a signature over another kind of text',
		file(right, { signatures: [right, { ...bare, iat: 1 }].map((one) => ({ protected: url(one), signature: 'AAAA' })) }),
		'header'
	],
	[
		'a name both guarded and not',
		file({ ...right, kid: 'a' }, { signatures: [{ protected: url({ ...right, kid: 'a' }), header: { kid: 'b' }, signature: 'AAAA' }] }),
		'header'
	],
	['a header that is a list', file([]), 'header'],
	['a header of null', file(null), 'header'],
	['nine certificates', file({ ...right, x5c: Array(9).fill('AAAA') }), 'header'],
	['b64 that is no truth value', file({ ...right, b64: 'false' }), 'header'],
	['alg in small letters', file({ ...right, alg: 'es256' }), 'algorithm'],
	['a time of nought', file({ ...right, iat: 0 }), 'time'],
	['a time of half a second', file({ ...right, iat: 1.5 }), 'time'],
	['a sigT that is no day', file({ ...bare, sigT: '2026-13-45T12:00:00Z' }), 'time']
])('%s is refused', (_name, json, reason) => {
	expect(seals(json, read)).toBe(reason);
});

test.each([
	['three parts', `${url({ ...bare, iat: 1 })}.e30.AAAA`, true],
	['two parts', `${url({ ...bare, iat: 1 })}.e30`, 'no-signature'],
	['no signature', `${url({ ...bare, iat: 1 })}.e30.`, 'no-signature'],
	['a text that is not encoded', `${url(right)}.e30.AAAA`, 'header']
])('a compact seal of %s', (_name, text, outcome) => {
	const found = compact(text, read);
	expect(typeof found === 'string' ? found : true).toBe(outcome);
});

test('only what has a payload and a signature looks sealed', () => {
	expect([file(right), { payload: '', signature: '' }, { payload: '' }, {}, null, 'x', []].map(looksSealed)).toEqual([
		true,
		true,
		false,
		false,
		false,
		false,
		false
	]);
});

test.each([
	['64 lists', `${'['.repeat(64)}${']'.repeat(64)}`, false],
	['65 lists', `${'['.repeat(65)}${']'.repeat(65)}`, true],
	['brackets in a text', JSON.stringify({ a: '['.repeat(1000) }), false],
	['an escaped quote before brackets', `{"a":"\\"${'['.repeat(1000)}"}`, false],
	['brackets after an escaped backslash', `{"a":"\\\\",${'['.repeat(100)}`, true],
	['200,001 parts', `[${'1,'.repeat(200_001)}1]`, true]
])('%s: too much or not', (_name, text, outcome) => {
	expect(bomb(text)).toBe(outcome);
});

describe('a credential is read', () => {
	test('with references in the place of nodes that stand elsewhere', () => {
		const evidence = { id: 'urn:e', type: 'Evidence', by: { id: 'urn:epass:org:1' } };
		expect(european(credential({ evidence }))).toMatchObject({ shown: { holder: 'Maria Lopez' } });
	});
	test('with the parts of a Passport', () => {
		const { credentialSubject } = credential();
		const [claim] = credentialSubject.hasClaim;
		const part = (at: number) => ({ ...claim!, id: `urn:part:${at}`, title: { en: `Part ${at}` } });
		const whole = { ...claim!, id: 'urn:whole', title: { en: 'Passport' }, hasPart: [part(1), part(2)] };
		const found = european(credential({ credentialSubject: { ...credentialSubject, hasClaim: whole } }));
		expect(typeof found === 'string' ? found : found.shown.achievements.map(({ title }) => title['en'])).toEqual([
			'Passport',
			'Part 1',
			'Part 2'
		]);
	});
	test('with a name of two parts, and the earlier of two ends', () => {
		const { credentialSubject } = credential();
		const subject = { ...credentialSubject, fullName: undefined, givenName: { el: 'Άννα' }, familyName: { el: 'Δήμου' } };
		const found = european(credential({ credentialSubject: subject, expirationDate: '2027-01-01T00:00:00+02:00' }));
		expect(found).toMatchObject({ shown: { holder: 'Άννα Δήμου' }, ends: Date.UTC(2026, 11, 31, 22) });
	});
	test.each([
		['nothing', undefined],
		['a list', []],
		['an Open Badge of no kind', { type: 'VerifiableCredential' }]
	])('but %s is of no kind', (_name, json) => {
		expect(kindOf(json)).toBeUndefined();
	});
	test('an Open Badge without a date is refused', () => {
		expect(openBadge({ type: ['VerifiableCredential', 'OpenBadgeCredential'], '@context': ['https://www.w3.org/ns/credentials/v2'] })).toBe(
			'format'
		);
	});
});
