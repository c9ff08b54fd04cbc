import * as z from 'zod/mini';
import { Response } from './item.ts';
import { Id, Locale } from './text.ts';

const uuid = z.string().check(z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/));
export const Uuid = uuid;

/** Why an item was asked. */
export const Purpose = z.enum(['exercise', 'assessment', 'review']);
export type Purpose = z.infer<typeof Purpose>;

/** A fact: what a learner answered. Appended, never changed; progress, results and the review queue are counted from it. */
export const Answer = z.strictObject({
	/** UUIDv7, made on the phone when the answer was given. */
	id: uuid,
	/** The random number of the learner; no name. */
	learner: uuid,
	device: uuid,
	/** Counts the answers of a device, from 1 without gaps, so that a gap shows what is missing. */
	seq: z.number().check(z.int(), z.gte(1)),
	course: Id,
	item: Id,
	/** The item's identity when it was answered, as `Pack.identities` has it. */
	identity: z.string().check(z.regex(/^[0-9a-f]{16}$/)),
	purpose: Purpose,
	/** The sitting of a self-assessment that the answer belongs to. */
	sitting: z.optional(uuid),
	response: Response,
	/** 0 to 1; 1 is right. */
	score: z.number().check(z.gte(0), z.lte(1)),
	/** When, by the phone's clock, in milliseconds since 1970. */
	at: z.number().check(z.int(), z.gte(0)),
	locale: Locale
});
export type Answer = z.infer<typeof Answer>;

/** A UUID version 7 (RFC 9562) of a time in milliseconds and 10 random bytes. */
export function uuidv7(at: number, random: Uint8Array): string {
	const bytes = new Uint8Array(16);
	for (let index = 5, rest = at; index >= 0; index--, rest = Math.floor(rest / 256)) bytes[index] = rest % 256;
	bytes.set(random.subarray(0, 10), 6);
	bytes[6] = 0x70 | (bytes[6]! & 0x0f);
	bytes[8] = 0x80 | (bytes[8]! & 0x3f);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Answers in the order in which they were given: by time, and within a device by its counter, even if its clock was set back. */
export function inOrder(answers: Iterable<Answer>): Answer[] {
	const byDevice = new Map<string, Answer[]>();
	for (const answer of answers) {
		const own = byDevice.get(answer.device);
		if (own) own.push(answer);
		else byDevice.set(answer.device, [answer]);
	}
	const timed: { answer: Answer; at: number }[] = [];
	for (const own of byDevice.values()) {
		let latest = 0;
		for (const answer of own.sort((a, b) => a.seq - b.seq)) timed.push({ answer, at: (latest = Math.max(latest, answer.at)) });
	}
	return timed
		.sort((a, b) => a.at - b.at || a.answer.seq - b.answer.seq || (a.answer.id < b.answer.id ? -1 : 1))
		.map(({ answer }) => answer);
}
