import { gunzipSync, gzipSync } from 'node:zlib';
import { envelopeData, link, sealedData, type Attempt, type Entry, type Envelope, type Sealed } from '#core/exam.ts';
import type { PublicKey } from '#core/wire.ts';

/** A candidate's phone as `core/exam` describes it: WebCrypto alone, nothing of the endpoint's code. */
const { subtle } = globalThis.crypto;
const utf8 = (text: string) => new TextEncoder().encode(text);
export const fromBase64url = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'));
const base64url = (bytes: ArrayBuffer | Uint8Array) => Buffer.from(bytes as Uint8Array).toString('base64url');
export const inflated = (bytes: Uint8Array): unknown => JSON.parse(gunzipSync(bytes).toString());
const curve = { name: 'ECDH', namedCurve: 'P-256' } as const;
const signing = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

export const envelopeKey = async (code: string, salt: Uint8Array<ArrayBuffer>, iterations: number): Promise<CryptoKey> =>
	subtle.deriveKey(
		{ name: 'PBKDF2', hash: 'SHA-256', salt, iterations },
		await subtle.importKey('raw', utf8(code), 'PBKDF2', false, ['deriveKey']),
		{ name: 'AES-GCM', length: 256 },
		false,
		['decrypt']
	);

/** What is in an envelope. */
export async function open(envelope: Envelope, code: string): Promise<unknown> {
	const key = await envelopeKey(code, fromBase64url(envelope.salt), envelope.rounds);
	const additionalData = utf8(envelopeData(envelope));
	const box = await subtle.decrypt({ name: 'AES-GCM', iv: fromBase64url(envelope.iv), additionalData }, key, fromBase64url(envelope.box));
	return inflated(new Uint8Array(box));
}

const jwk = async (key: CryptoKey): Promise<PublicKey> => {
	const { x, y } = await subtle.exportKey('jwk', key);
	return { kty: 'EC', crv: 'P-256', x: x!, y: y! };
};

/** A key pair of P-256 that signs. */
export async function createSigner() {
	const pair = await subtle.generateKey(signing, false, ['sign', 'verify']);
	return {
		key: await jwk(pair.publicKey),
		sign: async (text: string) => base64url(await subtle.sign(signing, pair.privateKey, utf8(text)))
	};
}
export type Signer = Awaited<ReturnType<typeof createSigner>>;

const hex = async (text: string) => Buffer.from(await subtle.digest('SHA-256', utf8(text))).toString('hex');

/** Chains entries to each other, the first to the form. */
export async function chained(form: string, entries: Omit<Entry, 'hash' | 'n'>[]): Promise<Entry[]> {
	const log: Entry[] = [];
	for (const entry of entries) {
		const numbered = { n: log.length + 1, ...entry };
		log.push({ ...numbered, hash: await hex(link(numbered, log.at(-1)?.hash ?? form)) });
	}
	return log;
}

/** Seals something as responses to the key of an endpoint. */
export async function box(content: unknown, head: Pick<Sealed, 'attempt' | 'form' | 'session'>, seal: PublicKey): Promise<Sealed> {
	const own = await subtle.generateKey(curve, true, ['deriveBits']);
	const theirs = await subtle.importKey('jwk', seal, curve, false, []);
	const secret = await subtle.importKey(
		'raw',
		await subtle.deriveBits({ name: 'ECDH', public: theirs }, own.privateKey, 256),
		'HKDF',
		false,
		['deriveKey']
	);
	const key = await subtle.deriveKey(
		{ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('responses') },
		secret,
		{ name: 'AES-GCM', length: 256 },
		false,
		['encrypt']
	);
	const iv = crypto.getRandomValues(new Uint8Array(12));
	const additionalData = utf8(sealedData(head));
	const bytes = typeof content === 'string' ? gzipSync(content) : gzipSync(JSON.stringify(content));
	const { attempt, form, session } = head;
	return {
		v: 1,
		attempt,
		form,
		session,
		key: await jwk(own.publicKey),
		iv: base64url(iv),
		box: base64url(await subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, key, bytes))
	};
}

/** Signs and seals an attempt, as the phone does at its end. */
export async function sealed(attempt: Attempt, by: Signer, seal: PublicKey): Promise<Sealed> {
	const payload = JSON.stringify(attempt);
	return box({ payload, signature: await by.sign(payload) }, { attempt: attempt.id, form: attempt.form, session: attempt.session }, seal);
}
