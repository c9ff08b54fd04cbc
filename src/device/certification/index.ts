import type { Pinned } from '#core/verification.ts';
import type { Device } from '../index.ts';
import { createCandidate } from './candidate.ts';
import { createExams } from './exams.ts';
import { createOffice } from './office.ts';
import { createSchemeShelf } from './scheme.ts';
import { createVerifier } from './verifier.ts';
import { createWallet } from './wallet.ts';

/** What certification needs of the phone. `site` is the endpoint's address ('' for the app's own), `packs` where packs lie. */
export type Parts = Pick<Device, 'database' | 'net' | 'moments' | 'now' | 'random'> & {
	packKey: JsonWebKey;
	packs: string;
	site: string;
	issuers: Pinned[];
};

/** What the phone can do for certification; nothing of learning is in it. */
export type CertificationDevice = ReturnType<typeof createCertificationDevice>;

export function createCertificationDevice(
	{ database, net, moments, now, random }: Device,
	more: Pick<Parts, 'packKey' | 'packs' | 'site' | 'issuers'>
) {
	const parts: Parts = { database, net, moments, now, random, ...more };
	const candidate = createCandidate(parts);
	return {
		now,
		random,
		moments,
		candidate,
		exams: createExams(parts, candidate),
		office: createOffice(parts),
		scheme: createSchemeShelf(parts),
		verifier: createVerifier(parts),
		wallet: createWallet(parts, candidate)
	};
}
