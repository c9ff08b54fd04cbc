import type { Parts } from './index.ts';

/** The public scheme. */
export function createSchemeShelf(_parts: Parts) {
	return {};
}
