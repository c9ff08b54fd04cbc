import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { Signed } from '#core/pack.ts';
import { PublicKey } from '#core/wire.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const Private = z.object({ ...PublicKey.shape, d: z.string().check(z.regex(/^[\w-]{43}$/)) });

/** The key that signs packs: the private half to sign with, the public half (a JWK) to be compiled into the app. */
export type PackKey = { privateKey: CryptoKey; publicJwk: PublicKey };

/**
 * The signing key of a project: the JWK file that the setting `PACK_KEY` names, else `.keys/pack.json`, which is made on first use
 * (readable by its owner alone). Throws with the file's path if it is not a private P-256 JWK.
 */
export async function packKey(root: string): Promise<PackKey> {
	const named = process.env.PACK_KEY;
	const file = path.resolve(root, named || '.keys/pack.json');
	if (!named && !existsSync(file)) await make(file);
	let jwk: z.infer<typeof Private>;
	try {
		jwk = Private.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch (cause) {
		throw new Error(`${file} is not a private P-256 key as JWK: correct the setting PACK_KEY, or remove the file and a new key is made`, {
			cause
		});
	}
	const { kty, crv, x, y, d } = jwk;
	return {
		privateKey: await crypto.subtle.importKey('jwk', { kty, crv, x, y, d }, algorithm, false, ['sign']),
		publicJwk: { kty, crv, x, y }
	};
}

/** Makes a new key. The file appears whole or not at all; of two builds that start together, the first wins. */
async function make(file: string): Promise<void> {
	const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', pair.privateKey);
	const draft = `${file}.${process.pid}`;
	mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	writeFileSync(draft, JSON.stringify({ kty, crv, x, y, d }), { mode: 0o600 });
	try {
		linkSync(draft, file);
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
	} finally {
		rmSync(draft);
	}
}

/** A text with its signature: ECDSA P-256 with SHA-256 over its UTF-8 bytes, r and s as base64url. */
export async function signed(payload: string, key: PackKey): Promise<Signed> {
	const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, new TextEncoder().encode(payload));
	return { payload, signature: Buffer.from(signature).toString('base64url') };
}

/** Whether a text was signed by this key. */
export async function genuine({ payload, signature }: Signed, publicJwk: PublicKey): Promise<boolean> {
	const key = await crypto.subtle.importKey('jwk', publicJwk, algorithm, false, ['verify']);
	return crypto.subtle.verify(
		{ name: 'ECDSA', hash: 'SHA-256' },
		key,
		Buffer.from(signature, 'base64url'),
		new TextEncoder().encode(payload)
	);
}
