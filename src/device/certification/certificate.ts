import { Malformed, bits, inside, latin, must, nodes, oid, text, time, type Node } from './der.ts';

/**
 * X.509 certificates, as far as a seal needs them: read strictly from DER, checked by WebCrypto. A reader of our own, because the
 * libraries for it weigh more than the whole certification part of the app, and read a hundred things that no seal has.
 */
export type Certificate = {
	der: Uint8Array<ArrayBuffer>;
	/** Organisation (O) and organisation identifier (2.5.4.97) of the subject. */
	organisation?: string;
	identifier?: string;
	/** Names as they stand, to be compared byte by byte. */
	subject: string;
	issuer: string;
	/** Valid from and until, in milliseconds. */
	from: number;
	until: number;
	/** Whether it may sign certificates, and how many authorities may follow below it. */
	authority: boolean;
	below?: number;
	/** Whether it may seal. */
	seals: boolean;
	/** It has a critical extension that is not understood here. */
	strange: boolean;
	/** The public key, and of an elliptic one its curve. */
	key: Uint8Array<ArrayBuffer>;
	curve?: string;
	/** What the authority signed, by what, and the signature. */
	signed: Uint8Array<ArrayBuffer>;
	by: Scheme | undefined;
	signature: Uint8Array<ArrayBuffer>;
};

/** How a signature is made: the name of WebCrypto, the hash, and the salt of PSS. */
type Scheme = { name: 'ECDSA' | 'RSASSA-PKCS1-v1_5' | 'RSA-PSS'; hash: string; saltLength?: number };

const schemes: Record<string, Scheme> = {
	'1.2.840.10045.4.3.2': { name: 'ECDSA', hash: 'SHA-256' },
	'1.2.840.10045.4.3.3': { name: 'ECDSA', hash: 'SHA-384' },
	'1.2.840.10045.4.3.4': { name: 'ECDSA', hash: 'SHA-512' },
	'1.2.840.113549.1.1.11': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
	'1.2.840.113549.1.1.12': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-384' },
	'1.2.840.113549.1.1.13': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-512' }
};
const pss = '1.2.840.113549.1.1.10';
const hashes: Record<string, string> = {
	'2.16.840.1.101.3.4.2.1': 'SHA-256',
	'2.16.840.1.101.3.4.2.2': 'SHA-384',
	'2.16.840.1.101.3.4.2.3': 'SHA-512'
};
const curves: Record<string, string> = { '1.2.840.10045.3.1.7': 'P-256', '1.3.132.0.34': 'P-384', '1.3.132.0.35': 'P-521' };
/** Purposes of keys that stand where anybody may reach them, or that serve programs, clocks and authorities: with none of them a seal is made. */
const elsewhere = ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.3', '1.3.6.1.5.5.7.3.8', '1.3.6.1.5.5.7.3.9'];
/** Bytes of a number of a curve's signature. */
const widths: Record<string, number> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 };
/** Extensions that are understood, or say nothing that limits a seal. */
const harmless = ['2.5.29.14', '2.5.29.17', '2.5.29.31', '2.5.29.32', '2.5.29.35', '1.3.6.1.5.5.7.1.1', '1.3.6.1.5.5.7.1.3'];

/** The texts of an attribute in a name. */
const named = (name: Node, wanted: string): string | undefined =>
	inside(name)
		.flatMap((set) => inside(set, 0x31))
		.map((pair) => inside(pair))
		.flatMap(([type, value]) => (oid(type) === wanted && value ? [text(value)] : []))[0];

function scheme(node: Node | undefined): Scheme | undefined {
	const [type, parameters] = inside(node);
	if (oid(type) !== pss) return schemes[oid(type)];
	const parts = parameters ? inside(parameters) : [];
	const part = (tag: number) => parts.find((one) => one.tag === tag);
	const [hash, salt] = [part(0xa0), part(0xa2)];
	const name = hash && hashes[oid(inside(inside(hash, 0xa0)[0])[0])];
	const length = salt && inside(salt, 0xa2)[0];
	return name && length?.tag === 2 && length.body.length === 1 ? { name: 'RSA-PSS', hash: name, saltLength: length.body[0]! } : undefined;
}

/** Reads a certificate; undefined if these bytes are none. */
export function certificate(der: Uint8Array<ArrayBuffer>): Certificate | undefined {
	try {
		return read(der);
	} catch (cause) {
		if (cause instanceof Malformed) return undefined;
		throw cause;
	}
}

function read(der: Uint8Array<ArrayBuffer>): Certificate {
	const [outer, ...after] = nodes(der);
	must(!after.length);
	const [signed, algorithm, signature, ...more] = inside(outer);
	must(!more.length && signed && algorithm);
	const fields = inside(signed);
	must(fields[0]?.tag === 0xa0); // version 3: the others have no extensions
	const [, , inner, issuer, validity, subject, key, ...rest] = fields;
	must(inner && issuer && subject && key && same(inner.whole, algorithm.whole));
	const [from, until] = inside(validity);
	const [kind, curve] = inside(inside(key)[0]);
	const ec = oid(kind) === '1.2.840.10045.2.1' ? curves[oid(curve)] : undefined;
	const organisation = named(subject, '2.5.4.10');
	const identifier = named(subject, '2.5.4.97');
	return {
		der,
		...(organisation ? { organisation } : {}),
		...(identifier ? { identifier } : {}),
		subject: latin(subject.whole),
		issuer: latin(issuer.whole),
		from: time(from),
		until: time(until),
		...extensions(rest.find(({ tag }) => tag === 0xa3)),
		key: key.whole.slice(),
		...(ec ? { curve: ec } : {}),
		signed: signed.whole.slice(),
		by: scheme(algorithm),
		signature: bits(signature).slice()
	};
}

function extensions(node: Node | undefined): Pick<Certificate, 'authority' | 'below' | 'seals' | 'strange'> {
	const found = { authority: false, seals: true, strange: false } as Pick<Certificate, 'authority' | 'below' | 'seals' | 'strange'>;
	let [signs, purposed] = [true, true];
	const seen = new Set<string>();
	for (const extension of node ? inside(inside(node, 0xa3)[0]) : []) {
		const [type, ...values] = inside(extension);
		const [name, value] = [oid(type), values.at(-1)];
		must(value?.tag === 4 && values.length <= 2 && !seen.has(name));
		seen.add(name);
		const critical = values.length === 2 && values[0]!.tag === 1 && values[0]!.body[0] === 0xff;
		if (name === '2.5.29.19') {
			const [authority, length] = inside(nodes(value.body)[0]);
			found.authority = authority?.tag === 1 && authority.body[0] === 0xff;
			if (length) found.below = (must(length.tag === 2 && length.body.length === 1), length.body[0]!);
		} else if (name === '2.5.29.15') {
			const usage = nodes(value.body)[0];
			must(usage?.tag === 3 && usage.body.length >= 2);
			found.seals = (usage.body[1]! & 0b11000000) !== 0; // digitalSignature, nonRepudiation
			signs = (usage.body[1]! & 0b00000100) !== 0; // keyCertSign
		} else if (name === '2.5.29.37') {
			purposed = !inside(nodes(value.body)[0]).some((purpose) => elsewhere.includes(oid(purpose)));
		} else if (critical && !harmless.includes(name)) found.strange = true;
	}
	return { ...found, authority: found.authority && signs, seals: found.seals && purposed };
}

export const same = (one: Uint8Array, other: Uint8Array): boolean =>
	one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Whether `certificate` is signed by the key of `above`. */
export async function signedBy({ issuer, by, signed, signature }: Certificate, above: Certificate): Promise<boolean> {
	return issuer === above.subject && by !== undefined && holds(above, by, signature, signed);
}

/** Whether a signature is by the key of a certificate: of ECDSA as DER, as certificates have it. */
async function holds(
	above: Certificate,
	by: Scheme,
	signature: Uint8Array<ArrayBuffer>,
	signed: Uint8Array<ArrayBuffer>
): Promise<boolean> {
	const plain = by.name === 'ECDSA' ? joined(signature, widths[above.curve ?? ''] ?? 0) : signature;
	const key = await publicKey(above, by);
	return !!plain && !!key && crypto.subtle.verify(by, key, plain, signed);
}

/** Whether a signature of a seal (r and s side by side, or RSA) is by the key of a certificate. Undefined: the algorithm does not fit the key. */
export async function sealedBy(
	above: Certificate,
	algorithm: 'ES256' | 'ES384' | 'RS256' | 'PS256',
	signature: Uint8Array<ArrayBuffer>,
	signed: Uint8Array<ArrayBuffer>
): Promise<boolean | undefined> {
	const by: Scheme = {
		ES256: { name: 'ECDSA' as const, hash: 'SHA-256' },
		ES384: { name: 'ECDSA' as const, hash: 'SHA-384' },
		RS256: { name: 'RSASSA-PKCS1-v1_5' as const, hash: 'SHA-256' },
		PS256: { name: 'RSA-PSS' as const, hash: 'SHA-256', saltLength: 32 }
	}[algorithm];
	const curve = { ES256: 'P-256', ES384: 'P-384', RS256: undefined, PS256: undefined }[algorithm];
	const key = above.curve === curve ? await publicKey(above, by) : undefined;
	return key && crypto.subtle.verify(by, key, signature, signed);
}

/** The public key for WebCrypto; undefined if it is of another kind, or an RSA key below 2048 bits. */
async function publicKey({ key, curve }: Certificate, { name, hash }: Scheme): Promise<CryptoKey | undefined> {
	if ((name === 'ECDSA') !== (curve !== undefined)) return undefined;
	try {
		const found = await crypto.subtle.importKey('spki', key, curve ? { name, namedCurve: curve } : { name, hash }, false, ['verify']);
		const { modulusLength = 2048 } = found.algorithm as Partial<RsaHashedKeyAlgorithm>;
		return modulusLength >= 2048 ? found : undefined;
	} catch {
		return undefined; // no point of the curve, or no such key
	}
}

/** An ECDSA signature in DER as r and s side by side; undefined if it is none. */
function joined(der: Uint8Array<ArrayBuffer>, width: number): Uint8Array<ArrayBuffer> | undefined {
	try {
		const numbers = inside(nodes(der)[0]).map(({ tag, body }) => (must(tag === 2), body[0] === 0 ? body.subarray(1) : body));
		must(numbers.length === 2 && numbers.every(({ length }) => length <= width));
		const plain = new Uint8Array(2 * width);
		numbers.forEach((number, at) => plain.set(number, (at + 1) * width - number.length));
		return plain;
	} catch (cause) {
		if (cause instanceof Malformed) return undefined;
		throw cause;
	}
}
