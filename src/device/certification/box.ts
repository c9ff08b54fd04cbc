import { AppError } from '#core/errors.ts';
import { envelopeData, sealedData, type Envelope, type Sealed } from '#core/exam.ts';
import type { PublicKey } from '#core/wire.ts';
import { base64 } from '../keys.ts';

/** Sealing and opening, with the parameters at the head of `core/exam`. */

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Base64 as URLs have it: other letters, no padding. */
export const base64url = (plain: string): string => plain.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));

const through = async (from: Uint8Array<ArrayBuffer>, stream: CompressionStream) =>
	new Uint8Array(await new Response(new Blob([from]).stream().pipeThrough(stream)).arrayBuffer());

/** Bytes of a form beyond which it is none: one of twenty questions in five languages is a hundredth of that. */
const most = 5_000_000;

/** Unfolds gzip. Throws if it is none, or a bomb. */
async function inflated(from: Uint8Array<ArrayBuffer>): Promise<string> {
	const chunks: Uint8Array<ArrayBuffer>[] = [];
	let size = 0;
	const reader = new Blob([from]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
	for (let part = await reader.read(); !part.done; part = await reader.read()) {
		size += part.value.length;
		if (size > most) {
			await reader.cancel();
			throw new Error('It unfolds to too much');
		}
		chunks.push(part.value.slice());
	}
	return new Blob(chunks).text();
}

/** A text, deflated and in letters that one QR code or line can carry. */
export const deflated = async (text: string): Promise<string> =>
	base64url(base64(await through(utf8(text), new CompressionStream('deflate-raw'))));

/** The key that a session code makes for an envelope: it can open it and cannot be read out. */
export async function envelopeKey({ salt, rounds }: Pick<Envelope, 'salt' | 'rounds'>, code: string): Promise<CryptoKey> {
	const secret = await crypto.subtle.importKey('raw', utf8(code), 'PBKDF2', false, ['deriveKey']);
	return crypto.subtle.deriveKey(
		{ name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: rounds },
		secret,
		{ name: 'AES-GCM', length: 256 },
		false,
		['decrypt']
	);
}

/** The JSON text in an envelope; undefined if the key is of another code, or a letter of the envelope was changed. */
export async function unsealed(envelope: Envelope, key: CryptoKey): Promise<string | undefined> {
	const sealed = { name: 'AES-GCM', iv: bytes(envelope.iv), additionalData: utf8(envelopeData(envelope)) };
	try {
		const zipped = await crypto.subtle.decrypt(sealed, key, bytes(envelope.box));
		return await inflated(new Uint8Array(zipped));
	} catch (cause) {
		if (cause instanceof Error && cause.name === 'OperationError') return undefined;
		throw new AppError('corrupt', { cause });
	}
}

/** Seals a text to the certification body: only its key opens it, not even this phone can. */
export async function sealedTo(
	to: PublicKey,
	text: string,
	of: Pick<Sealed, 'attempt' | 'form' | 'session'>,
	iv: Uint8Array
): Promise<Sealed> {
	const curve = { name: 'ECDH', namedCurve: 'P-256' };
	const theirs = await crypto.subtle.importKey('jwk', to, curve, false, []);
	const once = (await crypto.subtle.generateKey(curve, false, ['deriveBits'])) as CryptoKeyPair;
	const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, once.privateKey, 256);
	const key = await crypto.subtle.deriveKey(
		{ name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: utf8('responses') },
		await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']),
		{ name: 'AES-GCM', length: 256 },
		false,
		['encrypt']
	);
	const nonce = new Uint8Array(iv.slice(0, 12));
	const zipped = await through(utf8(text), new CompressionStream('gzip'));
	const box = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: utf8(sealedData(of)) }, key, zipped);
	const { x, y } = await crypto.subtle.exportKey('jwk', once.publicKey);
	return {
		v: 1,
		...of,
		key: { kty: 'EC', crv: 'P-256', x: x!, y: y! },
		iv: base64url(base64(nonce)),
		box: base64url(base64(new Uint8Array(box)))
	};
}
