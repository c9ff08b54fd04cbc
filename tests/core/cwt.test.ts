import { decode as fromCbor, encode as toCbor } from 'cborg';
import fc from 'fast-check';
import { encodeQR } from 'qr';
import { beforeAll, describe, expect, test } from 'vitest';
import { base45, fromBase45 } from '#core/base45.ts';
import { Claims, claims, decode, encode, qr, toSign, type Code } from '#core/cwt.ts';
import type { Award } from '#core/award.ts';
import { all, award, described, issuer, sha256 } from './awards.ts';

const certificate = sha256('certificate');
const edc = sha256('the sealed credential');
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const es256 = { name: 'ECDSA', hash: 'SHA-256' } as const;
let pair: CryptoKeyPair;
beforeAll(async () => void (pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])));

const sign = async (input: Uint8Array) => new Uint8Array(await crypto.subtle.sign(es256, pair.privateKey, Uint8Array.from(input)));
const genuine = ({ signature, signed }: Code) =>
	crypto.subtle.verify(es256, pair.publicKey, Uint8Array.from(signature), Uint8Array.from(signed));
const one = (part: Partial<Award> = {}) => claims({ ...award(3, part), awards: [award(3, part)] }, described, issuer, edc);
const passport = (part: Partial<Award> = {}) => claims({ ...award(1, part), awards: all(part) }, described, issuer, edc);
const text = (said: Claims) => qr(said, certificate, sign);
const read = (from: string): Code => {
	const code = decode(from);
	if (typeof code === 'string') throw new Error(code);
	return code;
};

/** The version of the code at error correction M: its side is 17 + 4 * version, and one white square on each side here. */
const version = (from: string) => (encodeQR(from, 'raw', { ecc: 'medium', border: 1 }).length - 2 - 17) / 4;

const uuid = fc.uuid().map((id) => `urn:uuid:${id}`);
const seconds = fc.integer({ min: 0, max: 2 ** 32 }).map((time) => time * 1000);
const entry = (place: number) =>
	fc.record({
		place: fc.constant(place),
		day: fc.integer({ min: 0, max: 65_535 }),
		eqf: fc.integer({ min: 1, max: 8 }),
		score: fc.integer({ min: 0, max: 100 }),
		status: fc.record({ list: fc.integer({ min: 0, max: 99_999 }).map(String), index: fc.integer({ min: 0, max: 131_071 }) })
	});
const anyClaims: fc.Arbitrary<Claims> = fc.record(
	{
		id: uuid,
		issuer: fc.string({ minLength: 1, maxLength: 40 }),
		issued: seconds,
		until: seconds,
		name: fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 40 }),
		born: fc.integer({ min: 1900, max: 2200 }),
		entries: fc
			.uniqueArray(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 })
			.chain((places) => fc.tuple(...places.map(entry))),
		digest: fc.uint8Array({ minLength: 16, maxLength: 16 }),
		status: fc.record({ list: fc.integer({ min: 0, max: 99_999 }).map(String), index: fc.integer({ min: 0, max: 131_071 }) })
	},
	{ requiredKeys: ['id', 'issuer', 'issued', 'name', 'born', 'entries', 'digest'] }
);

describe('base 45', () => {
	test.each([
		['AB', 'BB8'],
		['Hello!!', '%69 VD92EX0'],
		['base-45', 'UJCLQE7W581'],
		['', '']
	])('%s is written as RFC 9285 says', (plain, written) => {
		expect(base45(new TextEncoder().encode(plain))).toBe(written);
		expect(new TextDecoder().decode(fromBase45(written))).toBe(plain);
	});

	test('any bytes come back as they were', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (bytes) => {
				expect(fromBase45(base45(bytes))).toEqual(bytes);
			})
		);
	});

	test.each(['A', 'GGW', ':::', '::', 'ab8', 'BB8B', 'é00'])('%s is no base 45', (written) => {
		expect(fromBase45(written)).toBeUndefined();
	});
});

describe('a code', () => {
	test('says what was awarded, under the seal of the certificate that it names', async () => {
		const code = read(await text(one()));
		expect(code.claims).toEqual({
			id: award(3).id,
			issuer: 'VATEL-123456789',
			issued: award(3).issued,
			until: award(3).until,
			name: 'Maria Papadopoulou',
			born: 1990,
			entries: [{ place: 3, day: Math.floor(award(3).issued / 86_400_000), eqf: 4, score: 85, status: award(3).status }],
			digest: edc.slice(0, 16)
		});
		expect(code.kid).toEqual(certificate.slice(0, 8));
		expect(await genuine(code)).toBe(true);
	});

	test('of a Passport says each of the twenty, with its own status bit', async () => {
		const code = read(await text(passport()));
		expect(code.claims.entries.map(({ place, status }) => ({ place, status }))).toEqual(
			all().map(({ status }, at) => ({ place: at + 1, status }))
		);
		expect(await genuine(code)).toBe(true);
	});

	test('of any content reads back as it was written', () => {
		fc.assert(
			fc.property(
				anyClaims,
				fc.uint8Array({ minLength: 8, maxLength: 8 }),
				fc.uint8Array({ minLength: 64, maxLength: 64 }),
				(said, kid, signature) => {
					fc.pre(Claims.safeParse(said).success);
					const code = read(encode(said, kid, signature));
					expect(code.claims).toEqual(said);
					expect([...code.kid]).toEqual([...kid]);
					expect([...code.signature]).toEqual([...signature]);
					expect([...code.signed]).toEqual([...toSign(said, kid)]);
				}
			)
		);
	});

	test('is a COSE_Sign1 as RFC 9052 has it: tag 18, the signature over what the standard says', async () => {
		const bytes = fromBase45((await text(one())).slice(5))!;
		expect(bytes[0]).toBe(0xc0 + 18);
		const [head, open, payload, signature] = fromCbor(bytes.slice(1), { useMaps: true }) as [
			Uint8Array,
			Map<number, unknown>,
			Uint8Array,
			Uint8Array
		];
		expect(open.size).toBe(0);
		expect(new Map(fromCbor(head, { useMaps: true }) as Map<number, unknown>).get(1)).toBe(-7);
		const structure = toCbor(['Signature1', head, new Uint8Array(), payload]);
		expect(await crypto.subtle.verify(es256, pair.publicKey, Uint8Array.from(signature), Uint8Array.from(structure))).toBe(true);
	});

	test('cannot be made of what it cannot say', () => {
		expect(() => one({ status: { list: 'archive', index: 3 } })).toThrow();
		expect(() => one({ holder: { name: '', born: '1990-02-03' } })).toThrow();
		expect(() => claims({ ...award(3), awards: [award(3), award(3)] }, described, issuer, edc)).toThrow();
		expect(() => claims({ ...award(3), awards: [] }, described, issuer, edc)).toThrow();
	});
});

describe('a code fits', () => {
	test('one credential in 300 signs, and in a version that any phone reads', async () => {
		const code = await text(one());
		expect(code.length).toBeLessThanOrEqual(300);
		expect(version(code)).toBeLessThanOrEqual(13);
	});

	test('one credential with a long Greek name in version 13', async () => {
		expect(
			version(await text(one({ holder: { name: 'Παπαδοπούλου-Κωνσταντινίδη Μαρία-Ελένη του Αλεξάνδρου', born: '1990-02-03' } })))
		).toBeLessThanOrEqual(13);
	});

	test('a whole Passport in 800 signs and version 23, wherever its status bits stand', async () => {
		const apart = all().map((award, at) => ({ ...award, status: { list: at % 2 ? '9' : '1', index: at % 2 ? 131_071 : 0 } }));
		for (const said of [passport(), claims({ ...award(1), awards: apart }, described, issuer, edc)]) {
			const code = await text(said);
			expect(code.length).toBeLessThanOrEqual(800);
			expect(version(code)).toBeLessThanOrEqual(23);
		}
	});
});

describe('a code is refused', () => {
	/** A code made of parts that our own `encode` would not make. */
	const made = async ({
		alg = -7 as unknown,
		kid = certificate.slice(0, 8) as unknown,
		more = [] as [number, unknown][],
		open = [] as [number, unknown][],
		tag = 0xd2,
		cut = 64,
		tail = [] as number[],
		change = (_: Map<number, unknown>): unknown => undefined
	}) => {
		const said = one();
		const inner = fromCbor(fromBase45(encode(said, certificate.slice(0, 8), new Uint8Array(64)).slice(5))!.slice(1), {
			useMaps: true
		}) as Uint8Array[];
		const map = fromCbor(inner[2]!, { useMaps: true }) as Map<number, unknown>;
		change(map);
		const head = toCbor(new Map<number, unknown>([[1, alg], [4, kid], ...more]));
		const payload = toCbor(map);
		const signature = await sign(toCbor(['Signature1', head, new Uint8Array(), payload]));
		return `EDC1:${base45(Uint8Array.of(tag, ...toCbor([head, new Map(open), payload, signature.slice(0, cut)]), ...tail))}`;
	};
	const list = (map: Map<number, unknown>) => map.get(-65537) as unknown[];

	test.each([
		['a text that is none', async () => 'https://example.org', 'not-a-credential'],
		['one in small letters', async () => (await text(one())).toLowerCase(), 'not-a-credential'],
		['nothing after the beginning', async () => 'EDC1:', 'cut'],
		['one that is longer than any code', async () => `EDC1:${'0'.repeat(5000)}`, 'too-large'],
		['one with a sign that codes have not', async () => (await text(one())).replace('EDC1:R', 'EDC1:?'), 'format'],
		['another tag', () => made({ tag: 0xd1 }), 'format'],
		['more bytes behind the end', () => made({ tail: [0] }), 'format'],
		['alg ES384', () => made({ alg: -35 }), 'algorithm'],
		['alg HMAC, with the public key as its secret', () => made({ alg: 5 }), 'algorithm'],
		['no alg', () => made({ alg: null }), 'algorithm'],
		['alg as a word', () => made({ alg: 'none' }), 'algorithm'],
		['something critical that we do not know', () => made({ more: [[2, [99]]] }), 'critical'],
		['another header', () => made({ more: [[3, 0]] }), 'format'],
		['a header that nobody signed', () => made({ open: [[4, certificate.slice(0, 8)]] }), 'format'],
		['a kid that is too short', () => made({ kid: certificate.slice(0, 4) }), 'header'],
		['a kid that is a word', () => made({ kid: 'certificate' }), 'header'],
		['no signature', () => made({ cut: 0 }), 'no-signature'],
		['half a signature', () => made({ cut: 32 }), 'format'],
		['another claim', () => made({ change: (map) => map.set(2, 'someone') }), 'format'],
		['no number', () => made({ change: (map) => map.delete(7) }), 'format'],
		['no time', () => made({ change: (map) => map.delete(6) }), 'format'],
		['a time with a fraction', () => made({ change: (map) => map.set(6, 1_790_000_000.5) }), 'format'],
		['an end that is a word', () => made({ change: (map) => map.set(4, 'never') }), 'format'],
		['no name', () => made({ change: (map) => (list(map)[0] = '') }), 'format'],
		['a name of a thousand letters', () => made({ change: (map) => (list(map)[0] = 'a'.repeat(1000)) }), 'format'],
		['a course beyond the twenty', () => made({ change: (map) => (list(map)[2] = [21, 20_000, 4, 85]) }), 'format'],
		['half a course', () => made({ change: (map) => (list(map)[2] = [3, 20_000]) }), 'format'],
		['a course without its status', () => made({ change: (map) => (list(map)[2] = [3, 20_000, 4, 85, 4, 20_000, 4, 85]) }), 'format'],
		[
			'the same course twice',
			() => made({ change: (map) => void ((list(map)[2] = [3, 20_000, 4, 85, 3, 20_000, 4, 85]), (list(map)[4] = [1, 1])) }),
			'format'
		],
		['a status bit before the first', () => made({ change: (map) => (list(map)[4] = [-1]) }), 'format'],
		['half a digest', () => made({ change: (map) => (list(map)[3] = new Uint8Array(8)) }), 'format']
	])('%s', async (_, make, reason) => {
		expect(decode(await make())).toBe(reason);
	});

	test('wherever it was cut', async () => {
		for (const whole of [await text(one()), await text(passport())])
			for (let end = 5; end < whole.length; end++) expect([end, decode(whole.slice(0, end))]).toEqual([end, 'cut']);
	});

	test('with any letter changed: it cannot be read, or its seal is broken', async () => {
		const whole = await text(one());
		for (let at = 5; at < whole.length; at++) {
			const code = decode(`${whole.slice(0, at)}${whole[at] === '7' ? '8' : '7'}${whole.slice(at + 1)}`);
			if (typeof code === 'string') expect(['format', 'cut', 'header', 'algorithm', 'critical', 'no-signature']).toContain(code);
			else expect(await genuine(code)).toBe(false);
		}
	});

	test('with the kid of another certificate: its seal is broken, for the kid is under it', async () => {
		const code = read(await text(one()));
		const moved = read(encode(code.claims, sha256('another').slice(0, 8), code.signature));
		expect(moved.kid).toEqual(sha256('another').slice(0, 8));
		expect(await genuine(moved)).toBe(false);
	});

	test('with the name of another person', async () => {
		const code = read(await text(one()));
		expect(await genuine(read(encode({ ...code.claims, name: 'Someone Else' }, code.kid, code.signature)))).toBe(false);
	});

	test('whatever is in it, without throwing', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'0123456789ABCDEF $%*+-./:') }), (any) => {
				expect(typeof decode(`EDC1:${any}`)).toBe('string');
			})
		);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
				expect(typeof decode(`EDC1:${base45(Uint8Array.of(0xd2, ...any))}`)).toBe('string');
			})
		);
		expect(typeof decode(`EDC1:${base45(Uint8Array.of(0xd2, ...Array.from({ length: 2800 }, () => 0x81)))}`)).toBe('string');
	});
});
