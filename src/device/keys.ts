import { AppError } from '#core/errors.ts';
import type { PublicKey } from '#core/wire.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** WebCrypto; browsers have it only where the page came over https or from this machine. */
function subtle(): SubtleCrypto {
	if (!globalThis.crypto?.subtle) throw new AppError('unknown', { cause: new Error('WebCrypto needs https') });
	return crypto.subtle;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
export const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
const fromBase64url = (text: string) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));

/** The SHA-256 of some bytes. */
export const digest = async (bytes: BufferSource): Promise<Uint8Array> => new Uint8Array(await subtle().digest('SHA-256', bytes));

/** The SHA-256 of bytes or of a text as UTF-8, in hex. */
export const sha256 = async (from: BufferSource | string): Promise<string> =>
	hex(await digest(typeof from === 'string' ? utf8(from) : from));

/** Whether a signed text (base64url ECDSA P-256 over its UTF-8 bytes) is by this key: true of packs and of receipts. */
export async function verify(signed: { payload: string; signature: string }, key: JsonWebKey): Promise<boolean> {
	try {
		const { kty, crv, x, y } = key;
		const imported = await subtle().importKey('jwk', { kty, crv, x, y }, algorithm, false, ['verify']);
		return await subtle().verify(algorithm, imported, fromBase64url(signed.signature), utf8(signed.payload));
	} catch (cause) {
		if (cause instanceof AppError) throw cause;
		return false; // no key, or no signature: it verifies nothing
	}
}

/** A key pair of P-256 whose private half cannot be read out, only used. */
export const createPair = async (): Promise<CryptoKeyPair> =>
	(await subtle().generateKey(algorithm, false, ['sign', 'verify'])) as CryptoKeyPair;

/** The public half as the wire has it. */
export async function publicKey(pair: CryptoKeyPair): Promise<PublicKey> {
	const { x, y } = await subtle().exportKey('jwk', pair.publicKey);
	return { kty: 'EC', crv: 'P-256', x: x!, y: y! };
}

/** The signature of a text, base64. */
export const signText = async (pair: CryptoKeyPair, text: string): Promise<string> =>
	base64(new Uint8Array(await subtle().sign(algorithm, pair.privateKey, utf8(text))));
