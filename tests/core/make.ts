import { uuidv7, type Answer } from '#core/answer.ts';

const bytes = (seed: number) => Uint8Array.from({ length: 10 }, (_, at) => (seed * 31 + at * 7) % 256);

/** A random-looking number made of a small one. */
export const uuid = (seed: number): string => uuidv7(1_700_000_000_000 + seed, bytes(seed));

/** An answer with what matters given and the rest made up. */
export const answer = (part: Partial<Answer> & { seq: number }): Answer => ({
	id: uuid(part.seq + 1000 * (part.device === undefined ? 1 : part.device.charCodeAt(7))),
	learner: uuid(1),
	device: uuid(2),
	course: 'communication',
	item: 'listen-e1',
	identity: '0123456789abcdef',
	purpose: 'exercise',
	response: 'a',
	score: 1,
	at: 1_700_000_000_000 + part.seq * 1000,
	locale: 'en',
	...part
});
