import type { Issuer } from './award.ts';
import type { Locale } from './text.ts';

/**
 * What is checked of a credential, each by itself and in this order; there is no word for all of them together.
 * `form`: it is what it says it is; `seal`: not a letter was changed since it was sealed; `issuer`: who sealed it is one we know;
 * `holder`: the name on it; `dates`: in force on this day; `status`: not suspended or withdrawn, as of a date.
 */
export const checks = ['form', 'seal', 'issuer', 'holder', 'dates', 'status'] as const;
export type CheckName = (typeof checks)[number];

/** Why a check is not good: the key of its sentence, `verify.reason.<reason>`. */
export const reasons = [
	'not-a-credential',
	'too-large',
	'cut',
	'format',
	'no-signature',
	'algorithm',
	'header',
	'critical',
	'time',
	'altered',
	'certificate',
	'chain',
	'chain-expired',
	'issuer-unknown',
	'issuer-mismatch',
	'issuer-development',
	'no-holder',
	'same-id',
	'not-yet-valid',
	'expired',
	'suspended',
	'revoked',
	'no-status',
	'status-unknown',
	'status-old'
] as const;
export type Reason = (typeof reasons)[number];

/** `good`, `bad`, or `unknown`: it could not be checked here, which is not the same as bad. `at`: the date that it holds for, in milliseconds. */
export type Check = { name: CheckName; state: 'good' | 'bad' | 'unknown'; reason?: Reason; at?: number };

/** What a credential says, to be shown beside the checks; words in those languages that it has. */
export type Shown = {
	kind: 'edc' | 'badge' | 'qr';
	id?: string;
	holder?: string;
	/** Date or year of birth, as it is written. */
	born?: string;
	issuer?: string;
	issued?: number;
	until?: number;
	/** Micro-credentials in it: of ours by course, of others by their own title. */
	achievements: {
		course?: string;
		title: Partial<Record<Locale, string>>;
		eqf?: number;
		hours?: number;
		score?: number;
		outcomes: Partial<Record<Locale, string>>[];
	}[];
};

export type Verification = { checks: Check[]; shown?: Shown };

/** An issuer that the app knows from its build: who it is, and its certificates (DER as base64), the sealing one first, then those above it. */
export type Pinned = { issuer: Issuer; certificates: string[] };
