import type { Parts } from './index.ts';
import type { createCandidate } from './candidate.ts';

type Candidate = ReturnType<typeof createCandidate>;

/** Credentials on the phone. */
export function createWallet(_parts: Parts, _candidate: Candidate) {
	return {};
}
