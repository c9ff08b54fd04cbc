import type { Parts } from './index.ts';
import type { createCandidate } from './candidate.ts';

type Candidate = ReturnType<typeof createCandidate>;

/** Exams on the phone. */
export function createExams(_parts: Parts, _candidate: Candidate) {
	return {};
}
