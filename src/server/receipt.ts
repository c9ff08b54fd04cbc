import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { PublicKey, type Receipt } from '#core/wire.ts';

/** Signs receipts (ECDSA P-256 with SHA-256, r and s); `key` is the public key that phones keep. */
export type Receipts = { key: PublicKey; sign(receipt: Receipt): { payload: string; signature: string } };

/** The key of a file (private JWK, P-256); it is made at the first start, for its owner alone to read. */
export function createReceipts(path: string): Receipts {
	const key = createPrivateKey({ key: JSON.parse(read(path) ?? make(path)), format: 'jwk' });
	const { kty, crv, x, y } = key.export({ format: 'jwk' });
	return {
		key: PublicKey.parse({ kty, crv, x, y }),
		sign(receipt) {
			const payload = JSON.stringify(receipt);
			return { payload, signature: sign('sha256', Buffer.from(payload), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url') };
		}
	};
}

function read(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw new Error(`The receipt key ${path} cannot be read`, { cause });
	}
}

function make(path: string): string {
	const jwk = JSON.stringify(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }));
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	writeFileSync(path, jwk, { mode: 0o600, flag: 'wx', flush: true });
	return jwk;
}
