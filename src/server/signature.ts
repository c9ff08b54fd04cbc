import { createPublicKey, hash, verify } from 'node:crypto';
import { limits, signatureBase, signatureInput, type PublicKey } from '#core/wire.ts';

const form = /^sig=:([A-Za-z0-9+/]{86}==):$/;

/** The number of the device that a request says it comes from, before anything is verified. */
export function claimed(request: Request): string | undefined {
	return signatureInput(request.headers.get('signature-input') ?? '')?.device;
}

/**
 * What is wrong with a request's signature (RFC 9421, over method, path without query, and the RFC 9530 digest of the
 * bytes as sent); undefined if it is right and was made within `limits.fresh` seconds of `now` (milliseconds).
 */
export function wrong(request: Request, bytes: Uint8Array, key: PublicKey, now: number): 'signature' | 'clock' | undefined {
	const input = signatureInput(request.headers.get('signature-input') ?? '');
	const signature = form.exec(request.headers.get('signature') ?? '')?.[1];
	const digest = hash('sha256', bytes, 'base64');
	if (!input || !signature || request.headers.get('content-digest') !== `sha-256=:${digest}:`) return 'signature';
	const { text } = signatureBase(request.method, new URL(request.url).pathname, digest, input.created, input.device);
	if (!verified(text, signature, key)) return 'signature';
	return Math.abs(now / 1000 - input.created) > limits.fresh ? 'clock' : undefined;
}

function verified(text: string, signature: string, key: PublicKey): boolean {
	try {
		const point = createPublicKey({ key, format: 'jwk' });
		return verify('sha256', Buffer.from(text), { key: point, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64'));
	} catch {
		return false; // the coordinates are no point of the curve
	}
}
