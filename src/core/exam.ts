import * as z from 'zod/mini';
import { Uuid } from './answer.ts';
import { Response, type Item } from './item.ts';
import { Accommodation, accommodations } from './scheme.ts';
import { Id, Locale } from './text.ts';
import { PublicKey } from './wire.ts';

/**
 * An exam, from the form that is drawn for one candidate to the responses that come back. Nothing here has a key to an item: forms
 * travel without it, and the certification body marks.
 *
 * Cryptography, the same on the phone (WebCrypto) and at the endpoint (node:crypto):
 * - A form is JSON, gzip, then AES-256-GCM (12 byte iv, 16 byte tag at the end) under PBKDF2-HMAC-SHA-256 of the session code.
 * - Responses are JSON, gzip, then AES-256-GCM under HKDF-SHA-256 (no salt, info `responses`) of ECDH P-256 between a key made for this
 *   once and the key of the certification body. Additional data say what the box belongs to, so that boxes cannot be exchanged.
 */
const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/));
const text64 = (most: number) => base64url.check(z.maxLength(most));
const options = z.array(Id).check(z.minLength(2), z.maxLength(6));
const common = { id: Id, outcome: Id, scene: z.optional(z.boolean()) };

/** An item as a candidate gets it: without its key, options in an order of her own. */
export const ExamItem = z.discriminatedUnion('kind', [
	z.strictObject({ ...common, kind: z.enum(['choice', 'gap', 'multiple', 'order']), options }),
	z.strictObject({ ...common, kind: z.literal('match'), options, targets: options }),
	z.strictObject({ ...common, kind: z.literal('sort'), options, groups: z.array(Id).check(z.minLength(2), z.maxLength(3)) }),
	z.strictObject({ ...common, kind: z.literal('number') }),
	z.strictObject({
		...common,
		kind: z.literal('scenario'),
		steps: z.array(z.strictObject({ id: Id, options })).check(z.minLength(2), z.maxLength(3))
	})
]);
export type ExamItem = z.infer<typeof ExamItem>;

/** An item without its key. `shuffle` gives the order of its options; a scenario keeps the order of its steps. */
export function withoutKey(item: Item, shuffle: <T>(list: T[]) => T[]): ExamItem {
	const own = { id: item.id, outcome: item.outcome, ...(item.scene ? { scene: true } : {}) };
	switch (item.kind) {
		case 'choice':
		case 'gap':
		case 'multiple':
		case 'order':
			return { ...own, kind: item.kind, options: shuffle(item.options) };
		case 'match':
			return { ...own, kind: 'match', options: shuffle(item.options), targets: shuffle(item.targets) };
		case 'sort':
			return { ...own, kind: 'sort', options: shuffle(item.options), groups: item.groups };
		case 'number':
			return { ...own, kind: 'number' };
		case 'scenario':
			return { ...own, kind: 'scenario', steps: item.steps.map(({ id, options }) => ({ id, options: shuffle(options) })) };
	}
}

/** What was granted to a candidate. */
export const Granted = z.array(Accommodation).check(z.maxLength(accommodations.length));
export type Granted = z.infer<typeof Granted>;

/** The form of one candidate: `minutes` has extra time in it; `words` are lists in the order of `keys`; `seal` is the key that responses are sealed to. */
export const Form = z.strictObject({
	v: z.literal(1),
	id: Uuid,
	session: Uuid,
	candidate: Uuid,
	application: Uuid,
	course: Id,
	scheme: z.strictObject({ id: Id, version: z.number() }),
	minutes: z.number().check(z.gt(0)),
	granted: Granted,
	items: z.array(ExamItem).check(z.minLength(1)),
	keys: z.array(z.string()),
	words: z.record(Locale, z.array(z.string())),
	seal: PublicKey
});
export type Form = z.infer<typeof Form>;

/** A sealed form. It can lie on a phone for days: it opens with the session code alone. Additional data: `form|session|candidate`. */
export const Envelope = z.strictObject({
	v: z.literal(1),
	form: Uuid,
	session: Uuid,
	candidate: Uuid,
	course: Id,
	/** When the session begins, in milliseconds; shown, not enforced: phone clocks lie. */
	starts: z.number(),
	salt: text64(64),
	/** Rounds of PBKDF2. */
	rounds: z.number().check(z.int(), z.gte(10_000), z.lte(1_000_000)),
	iv: text64(32),
	box: text64(200_000)
});
export type Envelope = z.infer<typeof Envelope>;

/** What binds an envelope to its candidate. */
export const envelopeData = ({ form, session, candidate }: Pick<Envelope, 'form' | 'session' | 'candidate'>): string =>
	`${form}|${session}|${candidate}`;

/** Rounds for new envelopes: a second on a cheap phone; the code has 60 bits, so that guessing is hopeless anyway. */
export const rounds = 100_000;

const crockford = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A session code of 12 random bytes: 60 bits in Crockford's base 32, as `7K3M-0QXZ-9ABC`. */
export const sessionCode = (random: Uint8Array): string =>
	[0, 4, 8].map((from) => Array.from(random.subarray(from, from + 4), (byte) => crockford[byte % 32]).join('')).join('-');

/** Such a code. */
export const SessionCode = z.string().check(z.regex(/^([0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/));

/** A code as it was typed, made regular: capital letters, I and L read as 1, O as 0, no spaces; undefined if it cannot be one. */
export function typedCode(typed: string): string | undefined {
	const bare = typed.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0');
	return bare.length === 12 && [...bare].every((char) => crockford.includes(char))
		? `${bare.slice(0, 4)}-${bare.slice(4, 8)}-${bare.slice(8)}`
		: undefined;
}

/** What is noted while an exam is sat. `leave` and `return`: the page was hidden, shown; `resume`: begun again after it was closed; `clock`: the phone's clock jumped. */
const events = ['open', 'start', 'answer', 'leave', 'return', 'resume', 'clock', 'language', 'end'] as const;

/** A time that a calendar has, and a length of time, in milliseconds. */
const time = z.number().check(z.gte(0), z.lte(8_640_000_000_000_000));

/** A line of the log. `at`: the phone's clock; `spent`: milliseconds of exam time, by a clock that cannot be set. `detail`: minutes of a jump, a language, how many other codes were tried before it opened. */
export const Entry = z.strictObject({
	n: z.number().check(z.int(), z.gte(1)),
	at: time,
	spent: time,
	event: z.enum(events),
	item: z.optional(Id),
	response: z.optional(Response),
	detail: z.optional(z.string().check(z.maxLength(60))),
	/** SHA-256 (hex) of `link(entry, hash before)`; before the first stands the form's id. */
	hash: z.string().check(z.regex(/^[0-9a-f]{64}$/))
});
export type Entry = z.infer<typeof Entry>;

/** What is hashed to chain an entry to the one before. */
export const link = ({ n, at, spent, event, item, response, detail }: Omit<Entry, 'hash'>, before: string): string =>
	JSON.stringify([before, n, at, spent, event, item ?? null, response ?? null, detail ?? null]);

/** An attempt as it is sealed: every response, and the log. */
export const Attempt = z.strictObject({
	v: z.literal(1),
	id: Uuid,
	form: Uuid,
	session: Uuid,
	candidate: Uuid,
	course: Id,
	/** A random number of the phone, made for this attempt: two phones in one session are told apart. */
	phone: Uuid,
	started: time,
	ended: time,
	spent: time,
	locale: Locale,
	responses: z.record(Id, Response),
	log: z.array(Entry).check(z.maxLength(5000))
});
export type Attempt = z.infer<typeof Attempt>;

/** What is inside sealed responses: the attempt as JSON text, and the candidate's signature over it (ECDSA P-256, base64url). */
export const SignedAttempt = z.strictObject({ payload: z.string(), signature: z.string().check(z.regex(/^[A-Za-z0-9_-]{86}$/)) });

/** Responses on their way. Anyone may carry them, and repeat it. Additional data: `attempt|form|session`. */
export const Sealed = z.strictObject({
	v: z.literal(1),
	attempt: Uuid,
	form: Uuid,
	session: Uuid,
	key: PublicKey,
	iv: text64(32),
	box: text64(200_000)
});
export type Sealed = z.infer<typeof Sealed>;

export const sealedData = ({ attempt, form, session }: Pick<Sealed, 'attempt' | 'form' | 'session'>): string =>
	`${attempt}|${form}|${session}`;

/** A form as a file, or the responses as a file, or both in one: what a person can carry between phones. */
export const Carried = z.strictObject({
	format: z.literal('passport-exam'),
	v: z.literal(1),
	envelopes: z.optional(z.array(Envelope).check(z.maxLength(200))),
	sealed: z.optional(z.array(Sealed).check(z.maxLength(200)))
});
export type Carried = z.infer<typeof Carried>;

/** A QR frame of a text that is too long for one code: `PTE<at>/<of>/<first 8 of its SHA-256>:<part>`. */
export function frames(text: string, hash: string, size = 600): string[] {
	const of = Math.max(1, Math.ceil(text.length / size));
	return Array.from({ length: of }, (_, at) => `PTE${at + 1}/${of}/${hash.slice(0, 8)}:${text.slice(at * size, (at + 1) * size)}`);
}

/** Reads a frame; undefined if it is none. */
export function frame(scanned: string): { at: number; of: number; hash: string; part: string } | undefined {
	const match = /^PTE(\d{1,3})\/(\d{1,3})\/([0-9a-f]{8}):([\s\S]*)$/.exec(scanned);
	const [at, of] = [Number(match?.[1]), Number(match?.[2])];
	return match && at >= 1 && at <= of ? { at, of, hash: match[3]!, part: match[4]! } : undefined;
}
