import { createPrivateKey, sign } from 'node:crypto';
import { PublicKey, type Receipt } from '#core/wire.ts';
import { ownKey } from './own-key.ts';

/** Signs receipts (ECDSA P-256 with SHA-256, r and s); `key` is the public key that phones keep. */
export type Receipts = { key: PublicKey; sign(receipt: Receipt): { payload: string; signature: string } };

/** The key of a file (private JWK, P-256); it is made at the first start, for its owner alone to read. */
export function createReceipts(path: string): Receipts {
	const key = createPrivateKey({ key: ownKey(path, 'receipt key'), format: 'jwk' });
	const { kty, crv, x, y } = key.export({ format: 'jwk' });
	return {
		key: PublicKey.parse({ kty, crv, x, y }),
		sign(receipt) {
			const payload = JSON.stringify(receipt);
			return { payload, signature: sign('sha256', Buffer.from(payload), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url') };
		}
	};
}
