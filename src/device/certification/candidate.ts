import type { Parts } from './index.ts';

/** Who she is to the certification body. */
export function createCandidate(_parts: Parts) {
	return {};
}
