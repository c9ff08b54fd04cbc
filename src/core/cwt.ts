import { decode as fromCbor, encode as toCbor } from 'cborg';
import * as z from 'zod/mini';
import type { Award, Described, Issuer } from './award.ts';
import { base45, fromBase45 } from './base45.ts';
import { places } from './status.ts';
import type { Reason } from './verification.ts';

/**
 * A credential that fits a QR code and needs no network: `EDC1:` and, in base 45, a COSE_Sign1 (RFC 9052, tag 18, ES256) over the claims
 * of a CBOR Web Token (RFC 8392). Its protected header: 1 (alg) -7, 4 (kid) the first 8 bytes of the SHA-256 of the sealing certificate.
 * Its claims: 1 (iss) the issuer's legal number; 4 (exp) if there is an end; 6 (iat); 7 (cti) the 16 bytes of the uuid; and the private
 * claim -65537, a list: the holder's name; the year of birth; place, day, level and percent of each micro-credential, one after the other;
 * the first 16 bytes of the SHA-256 of the sealed European Digital Credential (the file's bytes); where the status bit of each
 * micro-credential stands (list * 131072 + index), as the difference to the one before; and in a Passport where its own bit stands. One
 * content has one text: no other spelling is read.
 */
const prefix = 'EDC1:';
const own = -65537;
const es256 = -7;
/** Signs of the longest text that is looked at: more do not fit a QR code. */
const longest = 4296;
const dayLength = 86_400_000;

const whole = (from: number, to: number) => z.number().check(z.int(), z.gte(from), z.lte(to));
const bytes = (length: number) => z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === length);
const time = whole(0, 2 ** 32 * 1000).check(z.multipleOf(1000));

const Status = z.strictObject({ list: z.string().check(z.regex(/^(0|[1-9]\d{0,4})$/)), index: whole(0, places - 1) });

/** One micro-credential in a code: its place among the twenty, the day of its issue (days since 1970), level, percent, and its status bit. */
const Entry = z.strictObject({
	place: whole(1, 20),
	day: whole(0, 65_535),
	eqf: whole(1, 8),
	score: whole(0, 100),
	status: Status
});
type Entry = z.infer<typeof Entry>;

/** What a code says. Times in milliseconds, of whole seconds. */
export const Claims = z.strictObject({
	id: z.string().check(z.regex(/^urn:uuid:[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)),
	/** The legal number of who sealed it, as `Issuer.identifier`. */
	issuer: z.string().check(z.minLength(1), z.maxLength(40)),
	issued: time,
	until: z.optional(time),
	name: z.string().check(z.minLength(1), z.maxLength(120)),
	/** Year of birth. */
	born: whole(1900, 2200),
	/** One, or those of a Passport; each place once. */
	entries: z.array(Entry).check(
		z.minLength(1),
		z.maxLength(20),
		z.refine((entries) => new Set(entries.map(({ place }) => place)).size === entries.length)
	),
	/** The first 16 bytes of the SHA-256 of the sealed European Digital Credential that says the same at length. */
	digest: bytes(16),
	/** The status bit of a Passport itself, beside those of its parts. */
	status: z.optional(Status)
});
export type Claims = z.infer<typeof Claims>;

/** A code as it was read. Nothing is checked yet: `signature` (r and s, 64 bytes) must be over `signed`, by the certificate that `kid` begins the SHA-256 of. */
export type Code = { claims: Claims; kid: Uint8Array; signed: Uint8Array; signature: Uint8Array };

/**
 * What the code of a credential says: of an award (`{ ...award, awards: [award] }`) or of a Passport. `described` by course;
 * `sha256` of the sealed European Digital Credential. Throws if an award says what a code cannot.
 */
export function claims(
	{ id, issued, until, status, awards }: Pick<Award, 'id' | 'issued' | 'until' | 'status'> & { awards: Award[] },
	described: Record<string, Pick<Described, 'place' | 'eqf'>>,
	issuer: Pick<Issuer, 'identifier'>,
	sha256: Uint8Array
): Claims {
	const { name, born } = awards[0]!.holder;
	return Claims.parse({
		id,
		issuer: issuer.identifier,
		issued: seconds(issued) * 1000,
		...(until === undefined ? {} : { until: seconds(until) * 1000 }),
		name,
		born: Number(born.slice(0, 4)),
		entries: awards.map(({ course, issued, score, status }) => ({
			place: described[course]!.place,
			day: Math.floor(issued / dayLength),
			eqf: described[course]!.eqf,
			score: Math.round(score),
			status
		})),
		digest: sha256.slice(0, 16),
		...(awards.length === 1 && place(awards[0]!.status) === place(status) ? {} : { status })
	});
}

/** What must be signed (ECDSA P-256 with SHA-256, r and s) so that `encode` makes a code of it. `kid`: 8 bytes. */
export const toSign = (said: Claims, kid: Uint8Array): Uint8Array => toCbor(['Signature1', header(kid), new Uint8Array(), payload(said)]);

/** The text of a code. */
export const encode = (said: Claims, kid: Uint8Array, signature: Uint8Array): string =>
	prefix + base45(Uint8Array.of(0xd2, ...toCbor([header(kid), new Map(), payload(said), signature])));

/** The text of a code, signed by `sign` (ECDSA P-256 with SHA-256, r and s). `certificate`: the SHA-256 of the sealing certificate (DER). */
export async function qr(said: Claims, certificate: Uint8Array, sign: (input: Uint8Array) => Promise<Uint8Array>): Promise<string> {
	const kid = certificate.slice(0, 8);
	return encode(said, kid, await sign(toSign(said, kid)));
}

/** Reads a code, strictly, or says why it is none. It never throws. */
export function decode(text: string): Code | Reason {
	if (!text.startsWith(prefix)) return 'not-a-credential';
	if (text.length > longest) return 'too-large';
	const signs = text.slice(prefix.length);
	const cose = fromBase45(signs);
	if (!cose) return fromBase45(signs.slice(0, signs.length - (signs.length % 3))) ? 'cut' : 'format';
	if (cose.length && cose[0] !== 0xd2) return 'format';
	const outer = read(cose.subarray(1));
	if (outer === 'cut') return 'cut';
	const parts = Parts.safeParse(outer).data;
	if (!parts) return 'format';
	const [protectedBytes, , payloadBytes, signature] = parts;
	const head = read(protectedBytes);
	if (!(head instanceof Map)) return 'header';
	if (head.has(2)) return 'critical';
	if (head.get(1) !== es256) return 'algorithm';
	const kid = bytes(8).safeParse(head.get(4)).data;
	if (!kid) return 'header';
	if (signature.length !== 64) return signature.length === 0 ? 'no-signature' : 'format';
	const said = Claims.safeParse(claimed(read(payloadBytes))).data;
	if (!said || encode(said, kid, signature) !== text) return 'format';
	return { claims: said, kid, signed: toSign(said, kid), signature };
}

const Parts = z.tuple([
	z.instanceof(Uint8Array),
	z.custom<Map<unknown, unknown>>((value) => value instanceof Map && value.size === 0),
	z.instanceof(Uint8Array),
	z.instanceof(Uint8Array)
]);

const header = (kid: Uint8Array) =>
	toCbor(
		new Map<number, unknown>([
			[1, es256],
			[4, kid]
		])
	);

const place = ({ list, index }: Award['status']): number => Number(list) * places + index;

function payload({ id, issuer, issued, until, name, born, entries, digest, status }: Claims): Uint8Array {
	const bits = entries.map((entry) => place(entry.status));
	const more = status ? [place(status)] : [];
	const flat = entries.flatMap(({ place, day, eqf, score }) => [place, day, eqf, score]);
	return toCbor(
		new Map<number, unknown>([
			[1, issuer],
			...(until === undefined ? [] : [[4, seconds(until)] as const]),
			[6, seconds(issued)],
			[7, fromUuid(id)],
			[own, [name, born, flat, digest, bits.map((bit, at) => bit - (bits[at - 1] ?? 0)), ...more]]
		])
	);
}

const Payload = z.tuple([z.string(), z.number(), z.array(z.number()), z.unknown(), z.array(z.number())], z.number());

/** The claims of a payload, by their names; what they are worth is seen after. */
function claimed(map: unknown): unknown {
	if (!(map instanceof Map)) return undefined;
	const list = Payload.safeParse(map.get(own)).data;
	const [until, issued] = [z.number().safeParse(map.get(4)).data, z.number().safeParse(map.get(6)).data];
	const id = bytes(16).safeParse(map.get(7)).data;
	if (!list || issued === undefined || !id) return undefined;
	const [name, born, flat, digest, steps, status] = list;
	let bit = 0;
	return {
		id: toUuid(id),
		issuer: map.get(1),
		issued: issued * 1000,
		...(until === undefined ? {} : { until: until * 1000 }),
		name,
		born,
		digest,
		entries: steps.map((step, at) => {
			const [place, day, eqf, score] = flat.slice(at * 4, at * 4 + 4);
			bit += step;
			return { place, day, eqf, score, status: placed(bit) };
		}),
		...(status === undefined ? {} : { status: placed(status) })
	};
}

const placed = (bit: number): Award['status'] => ({ list: String(Math.floor(bit / places)), index: bit % places });

/** The value of CBOR bytes; `cut` if they end early. */
function read(from: Uint8Array): unknown {
	try {
		return fromCbor(from, { strict: true, useMaps: true, rejectDuplicateMapKeys: true, allowIndefinite: false, allowBigInt: false });
	} catch (cause) {
		return /not enough|did not find/.test(String(cause)) ? 'cut' : undefined;
	}
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000);
const fromUuid = (id: string) => Uint8Array.from(id.slice(9).replaceAll('-', '').match(/../g)!, (pair) => parseInt(pair, 16));
const toUuid = (from: Uint8Array) =>
	`urn:uuid:${Array.from(from, (byte) => byte.toString(16).padStart(2, '0'))
		.join('')
		.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
