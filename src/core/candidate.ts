import * as z from 'zod/mini';
import { Uuid } from './answer.ts';
import { Envelope, Granted, SessionCode } from './exam.ts';
import { Accommodation, Result, accommodations } from './scheme.ts';
import { Id, Locale } from './text.ts';
import { PublicKey } from './wire.ts';

/**
 * What a candidate and the certification body say to each other, under `/v1/exam`. A candidate is another number and another key than the
 * learner: the two are never linked. Requests are signed as `core/wire` says, with the candidate as `keyid`.
 */
const day = z.string().check(z.regex(/^\d{4}-\d{2}-\d{2}$/));

/** Who wants to be certified: the name as on the document, and the date of birth as the least that tells two apart. */
export const Person = z.strictObject({ name: z.string().check(z.minLength(2), z.maxLength(120)), born: day });
export type Person = z.infer<typeof Person>;

/** The body of `POST /v1/exam/apply`. Again with the same `id` is harmless. `coach`: codes of the people who taught her, so that none of them examines her. */
export const Application = z.strictObject({
	id: Uuid,
	candidate: Uuid,
	key: PublicKey,
	person: Person,
	course: Id,
	locale: Locale,
	accommodations: z.array(Accommodation).check(z.maxLength(accommodations.length)),
	coaches: z.array(z.string().check(z.regex(/^[0-9A-Z]{6}$/))).check(z.maxLength(5)),
	/** The version of the scheme whose rules she agreed to, and when. */
	agreed: z.strictObject({ scheme: Id, version: z.number(), at: z.number() })
});
export type Application = z.infer<typeof Application>;

/**
 * The body of `POST /v1/exam/collect`: a code of the certification body, typed on a new phone, with the phone's number and key. What is hers
 * answers to this key from then on. Again is harmless.
 */
export const Collection = z.strictObject({ candidate: Uuid, key: PublicKey, code: SessionCode });
export type Collection = z.infer<typeof Collection>;
/** The reply to it: the number under which she is known, which is the phone's from now on. */
export const Collected = z.object({ v: z.literal(1), now: z.number(), candidate: Uuid });
export type Collected = z.infer<typeof Collected>;

/** Where an application stands. `invited`: a session is fixed and the form is there; `sat`: an attempt came in. */
export const applicationStates = ['received', 'accepted', 'refused', 'invited', 'sat', 'withdrawn'] as const;

/** The body of `POST /v1/exam/withdraw`: she takes an application back, as long as nothing was sat under it. Again is harmless. */
export const Withdrawal = z.strictObject({ application: Uuid });
export type Withdrawal = z.infer<typeof Withdrawal>;
/** The reply to it. */
export const Withdrawn = z.object({ v: z.literal(1), now: z.number() });
export type Withdrawn = z.infer<typeof Withdrawn>;

/** Where an attempt stands: `checking` until a person decided; `review`: something must be looked at first, still checking for the candidate. */
export const attemptStates = ['checking', 'review', 'passed', 'not-yet', 'void'] as const;
export const AttemptState = z.enum(attemptStates);
export type AttemptState = z.infer<typeof AttemptState>;

/** The body of `POST /v1/exam/appeal`; about an attempt, or a complaint about anything. Again with the same `id` is harmless. */
export const Appeal = z.strictObject({
	id: Uuid,
	kind: z.enum(['appeal', 'complaint']),
	attempt: z.optional(Uuid),
	text: z.string().check(z.minLength(3), z.maxLength(2000)),
	locale: Locale,
	at: z.number()
});
export type Appeal = z.infer<typeof Appeal>;

const appealStates = ['received', 'upheld', 'not-upheld'] as const;

/** The state of a credential: in force, for a time not, or never again. */
export const Standing = z.enum(['valid', 'suspended', 'revoked']);
export type Standing = z.infer<typeof Standing>;

/** The reply to `GET /v1/exam/mine`: everything that is hers. */
export const Mine = z.object({
	v: z.literal(1),
	now: z.number(),
	applications: z.array(
		z.object({
			id: Uuid,
			number: z.string(),
			course: Id,
			state: z.enum(applicationStates),
			granted: Granted,
			reason: z.optional(z.string()),
			session: z.optional(z.object({ id: Uuid, place: z.string(), starts: z.number() })),
			form: z.optional(Uuid),
			/** From when another attempt is possible, after one that was not passed. */
			again: z.optional(z.number())
		})
	),
	attempts: z.array(
		z.object({
			id: Uuid,
			application: Uuid,
			course: Id,
			state: AttemptState,
			received: z.number(),
			decided: z.optional(z.number()),
			/** Only when decided. */
			result: z.optional(Result),
			/** Until when she may appeal. */
			appealable: z.optional(z.number())
		})
	),
	appeals: z.array(
		z.object({
			id: Uuid,
			number: z.string(),
			kind: Appeal.shape.kind,
			state: z.enum(appealStates),
			answer: z.optional(z.string()),
			attempt: z.optional(Uuid)
		})
	),
	credentials: z.array(
		z.object({ id: z.string(), course: z.nullable(Id), standing: Standing, issued: z.number(), until: z.optional(z.number()) })
	)
});
export type Mine = z.infer<typeof Mine>;

/** The reply to `POST /v1/exam/apply` and `POST /v1/exam/appeal`: its number, as `A-000123` or `R-000004`. */
export const Numbered = z.object({ v: z.literal(1), now: z.number(), number: z.string() });
export type Numbered = z.infer<typeof Numbered>;

/** The reply to `GET /v1/exam/envelope/<form>`. */
export const Delivered = z.object({ v: z.literal(1), now: z.number(), envelope: Envelope });

/**
 * Why responses cannot be taken: they do not open, are by somebody else, of another session or form, their log does not hold, they are something
 * else, or there are very many of this form already.
 */
export const refusals = ['box', 'signature', 'session', 'form', 'log', 'shape', 'many'] as const;

/**
 * The reply to `POST /v1/exam/responses`, which anyone may send: `received` the first time, `again` if it is held already, `review` if
 * another attempt at this form is held. All three mean that it is safe. `refused`: it cannot be opened or is not by this candidate; the
 * reason is a code.
 */
export const Accepted = z.object({
	v: z.literal(1),
	now: z.number(),
	attempt: Uuid,
	verdict: z.enum(['received', 'again', 'review', 'refused']),
	reason: z.optional(z.enum(refusals))
});
export type Accepted = z.infer<typeof Accepted>;

/** The reply to `GET /v1/exam/credential/<id>`: the sealed European Digital Credential (a file's text), the Open Badge (JSON), and the text of the QR code. */
export const Issued = z.object({
	v: z.literal(1),
	now: z.number(),
	id: z.string(),
	course: z.nullable(Id),
	edc: z.string(),
	badge: z.string(),
	qr: z.string()
});
export type Issued = z.infer<typeof Issued>;

/** Why a request of a candidate is refused, beyond what `core/wire` refuses: the reply has `error: 'rule'` (409) and this as `rule`. */
export const rules = [
	'wait',
	'open-application',
	'scheme',
	'course',
	'appeal-late',
	'undecided',
	'not-yours',
	'person',
	'sat',
	'code',
	'exam-open'
] as const;
export type CandidateRule = (typeof rules)[number];

/** The reply to a request that a rule stands against: one of `rules`, or of `officeRules` in `core/office`. */
export const RefusedByRule = z.object({ error: z.literal('rule'), rule: z.string(), now: z.number() });
export type RefusedByRule = z.infer<typeof RefusedByRule>;
