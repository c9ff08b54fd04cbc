import type { Verification } from '#core/verification.ts';

/** How a credential stands, and the day that this is known of; `checking` until it was looked at, `unknown` if no list has said it. */
export type Validity = {
	state: 'checking' | 'valid' | 'suspended' | 'revoked' | 'expired' | 'not-yet' | 'altered' | 'unknown';
	at?: number;
	/** It was sealed with a development key: no qualified seal. */
	development: boolean;
};

/** Whether one check came out so. */
export const is = ({ checks }: Verification, name: string, state: string): boolean =>
	checks.some((check) => check.name === name && check.state === state);

/** Whether it was changed since it was sealed, or is no credential at all. */
export const altered = (found: Verification): boolean => is(found, 'form', 'bad') || is(found, 'seal', 'bad');

/** Whether it makes a stamp: nothing is known that speaks against it. */
export const counts = ({ state }: Validity): boolean => state === 'valid' || state === 'unknown' || state === 'checking';

/** How a credential stands, out of its checks. */
export function validity(found: Verification | undefined): Validity {
	if (!found) return { state: 'checking', development: false };
	const development = found.checks.some(({ reason }) => reason === 'issuer-development');
	const [status, dates] = [found.checks.find(({ name }) => name === 'status'), found.checks.find(({ name }) => name === 'dates')];
	const dated = status?.at === undefined ? {} : { at: status.at };
	if (altered(found)) return { state: 'altered', development };
	if (status?.state === 'bad') return { state: status.reason === 'suspended' ? 'suspended' : 'revoked', ...dated, development };
	if (dates?.state === 'bad') return { state: dates.reason === 'not-yet-valid' ? 'not-yet' : 'expired', development };
	return { state: status?.state === 'good' && is(found, 'seal', 'good') ? 'valid' : 'unknown', ...dated, development };
}
