import { uuidv7, type Answer } from '#core/answer.ts';
import { accommodations, type Scheme } from '#core/scheme.ts';

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

/** A value of a scheme, provisional. */
export const stated = <T>(value: T) => ({ value, provisional: true });

/** A scheme with what matters given and the rest made up. */
export const makeScheme = (part: Partial<Scheme> = {}): Scheme => ({
	id: 'demo-scheme',
	version: 1,
	edition: stated('17024'),
	items: stated(20),
	minutes: stated(40),
	pass: stated({ overall: 0.6, outcome: 0.5 }),
	wait: stated(7),
	validity: stated(null),
	fee: stated(null),
	appeal: stated(30),
	keep: stated(6),
	extra: stated(0.5),
	accommodations: [...accommodations],
	...part
});
