import type { Parts } from './index.ts';

/** The endpoint as the people of the certification body see it. */
export function createOffice(_parts: Parts) {
	return {};
}
