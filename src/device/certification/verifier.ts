import type { Parts } from './index.ts';

/** Checks credentials. */
export function createVerifier(_parts: Parts) {
	return {};
}
