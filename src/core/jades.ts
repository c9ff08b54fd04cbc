import * as z from 'zod/mini';
import type { Reason } from './verification.ts';

/**
 * The seal of a European Digital Credential: a JWS (RFC 7515) by the rules of JAdES (ETSI TS 119 182-1), read strictly. Which bytes are
 * signed, by which algorithm and certificate, and when the signer says that it was: nothing here checks a signature.
 */
const algorithms = ['ES256', 'ES384', 'RS256', 'PS256'] as const;
type Algorithm = (typeof algorithms)[number];

/** One signature over a text. `payload` is as it stands in the file: the text itself if `raw` (RFC 7797), else base64url of it. */
export type Seal = {
	algorithm: Algorithm;
	/** What the signature is over, as text. */
	signed: string;
	/** Base64url. */
	signature: string;
	raw: boolean;
	/** Certificates as DER in base64, the sealing one first; and the base64url SHA-256 that the first must have. */
	certificates: string[];
	thumbprint: string;
	/** When it was sealed, as the signer says, in milliseconds. */
	at: number;
};

const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/), z.maxLength(100_000));
const Signature = z.object({ protected: base64url, signature: base64url, header: z.optional(z.record(z.string(), z.unknown())) });
const Sealed = z.object({ payload: z.string(), signatures: z.array(z.unknown()) });
const Flat = z.object({ payload: z.string(), ...Signature.shape });
/** Signatures of one file that are looked at. */
const most = 4;

const Header = z.looseObject({
	alg: z.string(),
	'x5t#S256': z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/)),
	x5c: z.array(z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/), z.maxLength(20_000))).check(z.minLength(1), z.maxLength(8)),
	b64: z.optional(z.boolean())
});
/** Header parameters that change what a signature means, and that are understood here. */
const understood = ['b64', 'sigT', 'adoTst'];
/** What must stand in the protected header if it stands anywhere. */
const guarded = ['alg', 'crit', 'b64', 'iat', 'sigT', 'x5c', 'x5t#S256', 'sigD', 'cty', 'typ'];

/** Whether a JSON value is sealed, or was meant to be: it has what only a JWS has. */
export const looksSealed = (json: unknown): boolean =>
	typeof json === 'object' && json !== null && 'payload' in json && ('signatures' in json || 'signature' in json || 'protected' in json);

/**
 * The signatures of a sealed file, in general or flattened serialisation; at least one, and all of them must hold. `decode` gives the
 * JSON value of base64url, or undefined.
 */
export function seals(json: unknown, decode: (base64url: string) => unknown): { payload: string; seals: Seal[] } | Reason {
	const general = Sealed.safeParse(json);
	const flat = Flat.safeParse(json);
	if (general.success && typeof json === 'object' && json && ('signature' in json || 'protected' in json)) return 'header'; // two serialisations in one
	if (!general.success && !flat.success) return 'no-signature';
	const { payload } = general.success ? general.data : flat.data!;
	const found = general.success ? general.data.signatures : [flat.data];
	if (!found.length) return 'no-signature';
	if (found.length > most) return 'header';
	const all: Seal[] = [];
	for (const one of found) {
		const read = Signature.safeParse(one);
		if (!read.success) return 'no-signature';
		const header = decode(read.data.protected);
		const unguarded = Object.keys(read.data.header ?? {});
		const names = typeof header === 'object' && header ? Object.keys(header) : [];
		if (unguarded.some((name) => names.includes(name) || guarded.includes(name))) return 'header';
		const seal = sealed(header, { ...read.data, payload });
		if (typeof seal === 'string') return seal;
		all.push(seal);
	}
	return all.every(({ raw }) => raw === all[0]!.raw) ? { payload, seals: all } : 'header';
}

/** The seal of a compact JWS, as `header.payload.signature`. */
export function compact(text: string, decode: (base64url: string) => unknown): { payload: string; seal: Seal } | Reason {
	const match = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/.exec(text);
	if (!match) return 'no-signature';
	const [, head, payload, signature] = match as unknown as [string, string, string, string];
	const seal = sealed(decode(head), { protected: head, payload, signature });
	if (typeof seal === 'string') return seal;
	return seal.raw ? 'header' : { payload, seal };
}

function sealed(header: unknown, at: { protected: string; payload: string; signature: string }): Seal | Reason {
	const alg = typeof header === 'object' && header !== null ? (header as { alg?: unknown }).alg : undefined;
	const algorithm = algorithms.find((one) => one === alg);
	if (!algorithm) return typeof alg === 'string' ? 'algorithm' : 'header';
	const read = Header.safeParse(header);
	if (!read.success || 'sigD' in read.data) return 'header'; // sigD: what is sealed lies elsewhere
	const fault = critical(read.data);
	if (fault) return fault;
	const sealedAt = time(read.data);
	if (sealedAt === undefined) return 'time';
	return {
		algorithm,
		signed: `${at.protected}.${at.payload}`,
		signature: at.signature,
		raw: read.data.b64 === false,
		certificates: read.data.x5c,
		thumbprint: read.data['x5t#S256'],
		at: sealedAt
	};
}

/** RFC 7515, 4.1.11: a list that is not empty, without a name twice, of names that are there and understood; `b64` only if it is in it. */
function critical(header: Record<string, unknown>): Reason | undefined {
	const { crit } = header;
	if (crit === undefined) return 'b64' in header ? 'critical' : undefined;
	if (!Array.isArray(crit) || !crit.length || new Set(crit).size !== crit.length) return 'critical';
	if (!crit.every((name) => typeof name === 'string' && understood.includes(name) && name in header)) return 'critical';
	return 'b64' in header && !crit.includes('b64') ? 'critical' : undefined;
}

/** Exactly one of `iat` (seconds) and `sigT` (RFC 3339, UTC, to the second), in milliseconds. */
function time(header: Record<string, unknown>): number | undefined {
	const { iat, sigT } = header;
	if ('iat' in header === 'sigT' in header) return undefined;
	if ('iat' in header) return typeof iat === 'number' && Number.isInteger(iat) && iat > 0 && iat < 1e11 ? iat * 1000 : undefined;
	if (typeof sigT !== 'string' || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/.test(sigT)) return undefined;
	const at = Date.parse(sigT);
	return Number.isNaN(at) ? undefined : at;
}

/** Whether JSON is too much to be read: deeper than 64, or of more than 200,000 parts. It is counted without reading it. */
export function bomb(text: string): boolean {
	let [depth, parts, inside] = [0, 0, false];
	for (let at = 0; at < text.length; at++) {
		const char = text.charCodeAt(at);
		if (inside) {
			if (char === 92) at++;
			else if (char === 34) inside = false;
		} else if (char === 34) inside = true;
		else if (char === 123 || char === 91) {
			parts++;
			if (++depth > 64) return true;
		} else if (char === 125 || char === 93) depth--;
		else if (char === 44) parts++;
		if (parts > 200_000) return true;
	}
	return false;
}
