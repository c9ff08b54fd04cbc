import * as z from 'zod/mini';
import { Uuid } from './answer.ts';
import { Appeal, AttemptState, Person, Standing, applicationStates, refusals } from './candidate.ts';
import { Entry, Envelope, Granted } from './exam.ts';
import { Response } from './item.ts';
import { Accommodation, Result } from './scheme.ts';
import { Id, Locale } from './text.ts';

/**
 * What the people of the certification body and their endpoint say to each other, under `/v1/office`. Each has a key of her own
 * (`authorization: Bearer <key>`), roles, and an end; an action that her roles or the rules of impartiality forbid is refused by the store.
 */
export const roles = ['registrar', 'invigilator', 'decider', 'reviewer', 'coach'] as const;
export const Role = z.enum(roles);
export type Role = z.infer<typeof Role>;

const ok = { v: z.literal(1), now: z.number() };
const note = z.string().check(z.trim(), z.maxLength(1000));
/** A time that a calendar has, in whole milliseconds. */
const time = z.number().check(z.int(), z.gte(0), z.lte(8_640_000_000_000_000));

/** `GET /v1/office/me`. `code`: what a coach gives to her learners, so that they can name her. */
export const Me = z.object({
	...ok,
	staff: Uuid,
	name: z.string(),
	roles: z.array(Role),
	until: z.number(),
	code: z.string(),
	/** Whether she has signed the statement on confidentiality and conflicts of interest (`POST /v1/office/statement`). */
	stated: z.boolean()
});
export type Me = z.infer<typeof Me>;

/** `POST /v1/office/statement`: signed before anything else is allowed. */
export const Statement = z.strictObject({ confidential: z.literal(true), conflicts: z.literal(true) });

/** `GET /v1/office/applications?state=received` (newest last, at most 200). */
export const Applications = z.object({
	...ok,
	applications: z.array(
		z.object({
			id: Uuid,
			number: z.string(),
			candidate: Uuid,
			person: Person,
			course: Id,
			locale: Locale,
			state: z.enum(applicationStates),
			asked: z.array(Accommodation),
			granted: Granted,
			/** Whether the one who asks coached this candidate: then she may not invigilate or decide. */
			coached: z.boolean(),
			at: z.number()
		})
	)
});
export type Applications = z.infer<typeof Applications>;

/** `POST /v1/office/applications/<id>`, by a registrar. */
export const Answer = z.discriminatedUnion('accept', [
	z.strictObject({ accept: z.literal(true), granted: Granted }),
	z.strictObject({ accept: z.literal(false), reason: note.check(z.minLength(3)) })
]);

/** `POST /v1/office/coached`: "I taught this candidate", by the coach herself or by a registrar. */
export const Coached = z.strictObject({ candidate: Uuid, code: z.string() });

/** `POST /v1/office/sessions`, by an invigilator: draws a form for each accepted application. Again with the same `id` is harmless. */
export const NewSession = z.strictObject({
	id: Uuid,
	place: z.string().check(z.minLength(2), z.maxLength(120)),
	starts: time,
	applications: z.array(Uuid).check(z.minLength(1), z.maxLength(60))
});
export type NewSession = z.infer<typeof NewSession>;

/** `GET /v1/office/sessions`: hers. */
export const Sessions = z.object({
	...ok,
	sessions: z.array(z.object({ id: Uuid, place: z.string(), starts: z.number(), candidates: z.number(), received: z.number() }))
});
export type Sessions = z.infer<typeof Sessions>;

/** `GET /v1/office/sessions/<id>`: everything that the invigilator needs in a room without a network. */
export const Room = z.object({
	...ok,
	id: Uuid,
	place: z.string(),
	starts: z.number(),
	seats: z.array(
		z.object({
			form: Uuid,
			application: Uuid,
			number: z.string(),
			person: Person,
			course: Id,
			granted: Granted,
			/** One-time: it opens the envelope of this seat alone. */
			code: z.string(),
			envelope: Envelope,
			/** Whether the identity document was reported as seen, and whether responses are in. */
			seen: z.optional(z.number()),
			received: z.boolean()
		})
	)
});
export type Room = z.infer<typeof Room>;

/** `POST /v1/office/sessions/<id>/report`: what the invigilator saw; may come days later, and again. `seen`: the document was seen at that time, no copy. */
export const Report = z.strictObject({
	seats: z
		.array(z.strictObject({ form: Uuid, seen: z.optional(time), absent: z.optional(z.boolean()), note: z.optional(note) }))
		.check(z.maxLength(200))
});
export type Report = z.infer<typeof Report>;
/** The reply: the forms of candidates whom she taught, of which nothing was taken; all others are written down. */
export const Reported = z.object({ ...ok, left: z.array(Uuid) });
export type Reported = z.infer<typeof Reported>;

/** What looks odd in an attempt. It decides nothing. */
const flags = ['fast', 'slow', 'left', 'clock', 'resumed', 'copied', 'unseen', 'second', 'two-phones'] as const;
export const Flag = z.object({ flag: z.enum(flags), detail: z.optional(z.string()) });
export type Flag = z.infer<typeof Flag>;

const listed = {
	id: Uuid,
	number: z.string(),
	course: Id,
	state: AttemptState,
	received: z.number(),
	result: Result,
	flags: z.array(Flag)
};

/** `GET /v1/office/attempts?state=checking&after=<n>`: at most 100 a page, oldest first. The one who decides sees no name here. */
export const Attempts = z.object({ ...ok, attempts: z.array(z.object(listed)), next: z.optional(z.number()), all: z.number() });
export type Attempts = z.infer<typeof Attempts>;

/** `GET /v1/office/attempts/<id>`: the evidence. Nothing of the candidate's learning is in it, for it is in another house. */
export const Evidence = z.object({
	...ok,
	...listed,
	person: Person,
	scheme: z.object({ id: Id, version: z.number() }),
	granted: Granted,
	session: z.object({
		place: z.string(),
		starts: z.number(),
		invigilator: z.string(),
		seen: z.optional(z.number()),
		note: z.optional(z.string())
	}),
	items: z.array(
		z.object({ id: Id, outcome: Id, kind: z.string(), version: z.string(), response: z.optional(Response), score: z.number() })
	),
	log: z.array(Entry),
	/** Why the one who asks may not decide, if so. */
	barred: z.optional(z.enum(['coach', 'invigilator', 'decider', 'role', 'registrar'])),
	/** Whether an appeal against an earlier decision on it was upheld: only then can it be passed below the pass rule. */
	upheld: z.boolean(),
	decision: z.optional(z.object({ passed: z.boolean(), by: z.string(), at: z.number(), note: z.string() }))
});
export type Evidence = z.infer<typeof Evidence>;

/** `POST /v1/office/attempts/<id>`: the decision, by a named person who neither coached nor invigilated. `void`: the attempt does not count. */
export const Decision = z.strictObject({ decision: z.enum(['passed', 'not-yet', 'void']), note: note.check(z.minLength(3)) });
export type Decision = z.infer<typeof Decision>;

/** `GET /v1/office/appeals`. */
export const Appeals = z.object({
	...ok,
	appeals: z.array(
		z.object({
			id: Uuid,
			number: z.string(),
			kind: Appeal.shape.kind,
			text: z.string(),
			locale: Locale,
			at: z.number(),
			attempt: z.optional(Uuid),
			state: z.enum(['received', 'upheld', 'not-upheld']),
			answer: z.optional(z.string()),
			barred: z.optional(z.enum(['coach', 'invigilator', 'decider', 'role']))
		})
	)
});
export type Appeals = z.infer<typeof Appeals>;

/** `POST /v1/office/appeals/<id>`: by another person than the one who decided. An appeal that is upheld puts the attempt back to `checking`. */
export const AppealAnswer = z.strictObject({ upheld: z.boolean(), answer: note.check(z.minLength(3)) });

/** `GET /v1/office/credentials` (the newest 500, or `?number=<number>`), and `POST /v1/office/credentials/<id>` to suspend, withdraw or reinstate, with the reason. */
export const Credentials = z.object({
	...ok,
	credentials: z.array(
		z.object({
			id: z.string(),
			number: z.string(),
			candidate: Uuid,
			course: z.nullable(Id),
			person: Person,
			issued: z.number(),
			until: z.optional(z.number()),
			standing: Standing
		})
	)
});
export type Credentials = z.infer<typeof Credentials>;
export const NewStanding = z.strictObject({ standing: Standing, reason: note.check(z.minLength(3)) });

/** `GET /v1/office/items?course=<id>`: how each exam item behaves. `difficulty`: mean score; `discrimination`: point-biserial with the rest of the form. */
export const Items = z.object({
	...ok,
	items: z.array(
		z.object({
			id: Id,
			outcome: Id,
			version: z.string(),
			drawn: z.number(),
			answered: z.number(),
			difficulty: z.optional(z.number()),
			discrimination: z.optional(z.number())
		})
	)
});
export type Items = z.infer<typeof Items>;

/** What a line of the register can tell. */
export const registerEvents = [
	'applied',
	'withdrawn',
	'accepted',
	'refused',
	'coached',
	'coach-unknown',
	'session',
	'form',
	'form-withdrawn',
	'reported',
	'attempt',
	'attempt-second',
	'decided',
	'reopened',
	'appeal',
	'complaint',
	'upheld',
	'not-upheld',
	'awarded',
	'passport',
	'issued',
	'reinstated',
	'suspended',
	'revoked',
	'code-given',
	'collected',
	'exported',
	'erased',
	'purged',
	'barred',
	'statement',
	'staff-added',
	'staff-renewed',
	'staff-ended'
] as const;
export type RegisterEvent = (typeof registerEvents)[number];

/** `GET /v1/office/register?before=<n>`: the register itself, the newest line first, and whether its chain holds. `next` goes on with older lines. */
export const Register = z.object({
	...ok,
	holds: z.boolean(),
	entries: z.array(
		z.object({
			n: z.number(),
			at: z.number(),
			actor: z.string(),
			/** The name of the actor, if she is of the certification body. */
			name: z.optional(z.string()),
			event: z.string(),
			subject: z.string(),
			/** How people know the subject: the number of an application, an appeal or a certificate, or a name of the certification body. */
			about: z.optional(z.string()),
			detail: z.string(),
			hash: z.string()
		})
	),
	next: z.optional(z.number())
});
export type Register = z.infer<typeof Register>;

/**
 * `GET /v1/office/refused`: responses that came and could not be taken, the newest 200. The box itself stays where it is, sealed; `number` is
 * that of the application, if its form is known.
 */
export const RefusedResponses = z.object({
	...ok,
	refused: z.array(
		z.object({
			n: z.number(),
			at: z.number(),
			reason: z.enum(refusals),
			hash: z.string(),
			form: z.optional(Uuid),
			number: z.optional(z.string()),
			place: z.optional(z.string())
		})
	)
});
export type RefusedResponses = z.infer<typeof RefusedResponses>;

/** `POST /v1/office/candidates/<id>/code`, by a registrar who has seen the identity document: a code for the person's new phone, shown once. `others`: more numbers with her name and date of birth. */
export const NewCode = z.strictObject({ seen: z.literal(true) });
export const GivenCode = z.object({ ...ok, code: z.string(), until: z.number(), others: z.number() });
export type GivenCode = z.infer<typeof GivenCode>;

/** `POST /v1/office/candidates/<id>/erase`, by a registrar: what went, and what must be kept and until when. `GET …/export` is everything held, as JSON. */
export const Erasure = z.strictObject({});
export const Erased = z.object({ ...ok, erased: z.array(z.string()), kept: z.array(z.object({ what: z.string(), until: z.number() })) });
export type Erased = z.infer<typeof Erased>;

/** Why an action is refused, beyond what `core/wire` refuses: the reply has `error: 'rule'` (409) and this as `rule`. */
export const officeRules = [
	'role',
	'expired',
	'statement',
	'coach',
	'invigilator',
	'decider',
	'state',
	'unseen',
	'taught',
	'below',
	'not-accepted',
	'wait',
	'bank',
	'not-yours',
	'reason'
] as const;
export type OfficeRule = (typeof officeRules)[number];
