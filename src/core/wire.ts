import * as z from 'zod/mini';
import { Answer, Purpose, Uuid } from './answer.ts';
import { Response } from './item.ts';
import { Locale } from './text.ts';

/**
 * Everything that may leave the phone. Answers travel as statements: a narrow, strict subset of xAPI 2.0
 * (IEEE 9274.1.1), one verb, no name, no address, no text of the learner's own.
 */
const base = 'https://passport-to-employment.example';
const ext = (name: string) => `${base}/extensions/${name}` as const;

export const limits = {
	/** Statements in one push. */
	batch: 100,
	/** Statements that a phone sends at once. */
	usual: 50,
	/** Bytes of a request as sent, and after inflation. */
	body: 512 * 1024,
	inflated: 1024 * 1024,
	/** Seconds that a signature stays fresh. */
	fresh: 600
} as const;

const activity = (path: string) => `${base}/courses/${path}`;

/** One answer as an xAPI statement. */
export const Statement = z.strictObject({
	id: Uuid,
	actor: z.strictObject({ objectType: z.literal('Agent'), account: z.strictObject({ homePage: z.literal(base), name: Uuid }) }),
	verb: z.strictObject({ id: z.literal('http://adlnet.gov/expapi/verbs/answered') }),
	object: z.strictObject({
		objectType: z.literal('Activity'),
		id: z.string().check(z.regex(/^https:\/\/passport-to-employment\.example\/courses\/[a-z0-9-]+\/items\/[a-z0-9-]+$/), z.maxLength(240))
	}),
	result: z.strictObject({
		success: z.boolean(),
		score: z.strictObject({ scaled: z.number().check(z.gte(0), z.lte(1)) }),
		response: z.string().check(z.maxLength(2000))
	}),
	context: z.strictObject({
		language: Locale,
		extensions: z.strictObject({
			[ext('device')]: Uuid,
			[ext('seq')]: z.number().check(z.int(), z.gte(1)),
			[ext('identity')]: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
			[ext('purpose')]: Purpose,
			[ext('sitting')]: z.optional(Uuid)
		})
	}),
	timestamp: z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))
});
export type Statement = z.infer<typeof Statement>;

/** The statement of an answer. */
export function statement(answer: Answer): Statement {
	return {
		id: answer.id,
		actor: { objectType: 'Agent', account: { homePage: base, name: answer.learner } },
		verb: { id: 'http://adlnet.gov/expapi/verbs/answered' },
		object: { objectType: 'Activity', id: activity(`${answer.course}/items/${answer.item}`) },
		result: { success: answer.score === 1, score: { scaled: answer.score }, response: JSON.stringify(answer.response) },
		context: {
			language: answer.locale,
			extensions: {
				[ext('device')]: answer.device,
				[ext('seq')]: answer.seq,
				[ext('identity')]: answer.identity,
				[ext('purpose')]: answer.purpose,
				...(answer.sitting ? { [ext('sitting')]: answer.sitting } : {})
			}
		} as Statement['context'],
		timestamp: new Date(answer.at).toISOString()
	};
}

/** The answer that a statement carries; undefined if its parts do not make one. */
export function answered(from: Statement): Answer | undefined {
	const [, course, item] = from.object.id.match(/\/courses\/([^/]+)\/items\/([^/]+)$/) ?? [];
	const extensions = from.context.extensions as Record<string, unknown>;
	let response: unknown;
	try {
		response = JSON.parse(from.result.response);
	} catch {
		return undefined;
	}
	const parsed = Answer.safeParse({
		id: from.id,
		learner: from.actor.account.name,
		device: extensions[ext('device')],
		seq: extensions[ext('seq')],
		course,
		item,
		identity: extensions[ext('identity')],
		purpose: extensions[ext('purpose')],
		...(extensions[ext('sitting')] ? { sitting: extensions[ext('sitting')] } : {}),
		response: Response.safeParse(response).data,
		score: from.result.score.scaled,
		at: Date.parse(from.timestamp),
		locale: from.context.language
	});
	return parsed.success && (from.result.score.scaled === 1) === from.result.success ? parsed.data : undefined;
}

/** A P-256 public key as JWK, with no other member. */
export const PublicKey = z.strictObject({
	kty: z.literal('EC'),
	crv: z.literal('P-256'),
	x: z.string().check(z.regex(/^[\w-]{43}$/)),
	y: z.string().check(z.regex(/^[\w-]{43}$/))
});
export type PublicKey = z.infer<typeof PublicKey>;

/** `POST /v1/enrol`: a phone makes itself known. The learner's number and the device's are made on the phone. */
export const Enrol = z.strictObject({ learner: Uuid, device: Uuid, key: PublicKey });
export type Enrol = z.infer<typeof Enrol>;
/** The reply: the key that signs receipts, which the phone keeps. `now` is the endpoint's time in milliseconds. */
export const Enrolled = z.object({ v: z.literal(1), now: z.number(), key: PublicKey });
export type Enrolled = z.infer<typeof Enrolled>;

/** What the endpoint says of one statement: stored; known already; or why not. */
export const Verdict = z.union([
	z.literal(1),
	z.literal(2),
	z.object({
		/** `invalid`: not a statement, `e` says where; `conflict`: another answer has this id; `gone`: the learner was erased; `later`: keep it and try again. */
		s: z.enum(['invalid', 'conflict', 'gone', 'later']),
		e: z.optional(z.string())
	})
]);
export type Verdict = z.infer<typeof Verdict>;

/** What a receipt says: of this device the endpoint holds `stored` answers, the highest counter being `highest`, and these `ids` for certain. */
export const Receipt = z.object({
	v: z.literal(1),
	device: Uuid,
	ids: z.array(Uuid),
	stored: z.number(),
	highest: z.number(),
	at: z.number()
});
export type Receipt = z.infer<typeof Receipt>;

/** The reply to `POST /v1/push` (a list of statements): a verdict for each, in order, and a signed receipt (`payload` is a `Receipt`). */
export const Pushed = z.object({
	v: z.literal(1),
	now: z.number(),
	r: z.array(Verdict),
	receipt: z.object({ payload: z.string(), signature: z.string() })
});
export type Pushed = z.infer<typeof Pushed>;

/** The reply to `GET /v1/pull?after=<cursor>&limit=<n>`: the learner's answers from all devices, as statements; `next` is the cursor to go on with. */
export const Pulled = z.object({ v: z.literal(1), now: z.number(), items: z.array(Statement), next: z.number(), more: z.boolean() });
export type Pulled = z.infer<typeof Pulled>;

/** The reply to `POST /v1/erase`: the learner's answers are deleted at the endpoint; only the day and the numbers of her and her phones, with their public keys, remain. */
export const Erased = z.object({ v: z.literal(1), now: z.number(), erased: z.number() });
export type Erased = z.infer<typeof Erased>;

/** The reply to any request that is refused as a whole. */
export const Refused = z.object({
	error: z.enum(['body', 'large', 'many', 'signature', 'clock', 'unknown-device', 'revoked', 'not-found', 'server']),
	now: z.number()
});
export type Refused = z.infer<typeof Refused>;

/**
 * What a device signs (RFC 9421 over method, path and RFC 9530 digest) and the header that says so.
 * `created` in seconds since 1970; `digest` is the base64 SHA-256 of the body as sent, of nothing for a GET.
 */
export function signatureBase(
	method: string,
	path: string,
	digest: string,
	created: number,
	device: string
): { text: string; input: string } {
	const input = `("@method" "@path" "content-digest");created=${created};keyid="${device}";alg="ecdsa-p256-sha256"`;
	return { input, text: `"@method": ${method}\n"@path": ${path}\n"content-digest": sha-256=:${digest}:\n"@signature-params": ${input}` };
}

const inputForm = /^sig=(\("@method" "@path" "content-digest"\);created=(\d{1,12});keyid="([0-9a-f-]{36})";alg="ecdsa-p256-sha256")$/;

/** Reads the `signature-input` header; undefined if it is not of the one form that is accepted. */
export function signatureInput(header: string): { created: number; device: string } | undefined {
	const match = header.match(inputForm);
	return match ? { created: Number(match[2]), device: match[3]! } : undefined;
}
