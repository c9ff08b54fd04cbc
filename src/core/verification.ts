import type { Issuer } from './award.ts';

/**
 * What is checked of a credential, each by itself and in this order; there is no word for all of them together.
 * `form`: it is what it says it is; `seal`: not a letter was changed since it was sealed; `issuer`: who sealed it is one we know;
 * `holder`: the name on it; `dates`: in force on this day; `status`: not suspended or withdrawn, as of a date.
 */
export type CheckName = 'form' | 'seal' | 'issuer' | 'holder' | 'dates' | 'status';

/**
 * Why a check is not good: the key of its sentence, `verify.reason.<reason>`. `unsealed`: it stands in a text whose seal is not intact or
 * could not be checked; `seal-elsewhere`: it has a seal of a kind that cannot be checked here; `no-key`: the key that would check it is not
 * here; `no-code`: a picture without a code.
 */
export type Reason =
	| 'not-a-credential'
	| 'no-code'
	| 'too-large'
	| 'cut'
	| 'format'
	| 'no-signature'
	| 'algorithm'
	| 'header'
	| 'critical'
	| 'time'
	| 'altered'
	| 'certificate'
	| 'chain'
	| 'chain-expired'
	| 'issuer-unknown'
	| 'issuer-mismatch'
	| 'unsealed'
	| 'no-key'
	| 'seal-elsewhere'
	| 'issuer-development'
	| 'no-holder'
	| 'same-id'
	| 'not-yet-valid'
	| 'expired'
	| 'suspended'
	| 'revoked'
	| 'no-status'
	| 'status-unknown'
	| 'status-old';

/**
 * `good`, `bad`, or `unknown`: it could not be checked here, which is not the same as bad; a reason beside `good` is a warning. `at`: the
 * date that it holds for, in milliseconds.
 */
export type Check = { name: CheckName; state: 'good' | 'bad' | 'unknown'; reason?: Reason; at?: number };

/** A text in those languages that a credential has it in, by their tags. */
export type Said = Partial<Record<string, string>>;

/** What a credential says, to be shown beside the checks. */
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
		/** Its place among the twenty, from 1, where only that is said. */
		place?: number;
		title: Said;
		eqf?: number;
		hours?: number;
		score?: number;
		outcomes: Said[];
	}[];
};

export type Verification = { checks: Check[]; shown?: Shown };

/** An issuer that the app knows from its build: who it is, and its certificates (DER as base64), the sealing one first, then those above it. */
export type Pinned = { issuer: Issuer; certificates: string[] };
