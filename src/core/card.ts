import * as z from 'zod/mini';
import { Id, type Spoken } from './text.ts';

/** The name of one drawing (`drawn-rota`), or of one to three icons of the licensed set that stand side by side in one picture. */
export const Picture = z.array(z.string().check(z.regex(/^[a-z0-9-]+$/))).check(z.minLength(1), z.maxLength(3));
export type Picture = z.infer<typeof Picture>;

const card = { id: Id, picture: Picture };
const count = z.number().check(z.int(), z.gte(2), z.lte(5));

/** One screen of a lesson. Its words stand under its id; see `texts`. */
export const Card = z.discriminatedUnion('kind', [
	z.strictObject({ ...card, kind: z.enum(['idea', 'story', 'think']) }),
	z.strictObject({
		...card,
		kind: z.literal('dialogue'),
		lines: z.array(z.union([z.literal(1), z.literal(2)])).check(z.minLength(2), z.maxLength(5))
	}),
	z.strictObject({ ...card, kind: z.enum(['steps', 'example']), steps: count }),
	z.strictObject({ ...card, kind: z.literal('compare'), verdict: z.enum(['do-not', 'before-after']) }),
	z.strictObject({ ...card, kind: z.literal('summary'), points: z.literal(3) })
]);
export type Card = z.infer<typeof Card>;

const numbered = (id: string, name: string, length: number) => Array.from({ length }, (_, at) => `${id}.${name}-${at + 1}`);

/** The texts of a card that are shown and read aloud, in reading order; the title comes first. */
export function texts(card: Card): Spoken[] {
	const plain = (keys: string[]): Spoken[] => keys.map((key) => ({ key, speaker: 0 }));
	const title = plain([`${card.id}.title`]);
	switch (card.kind) {
		case 'dialogue':
			return [...title, ...card.lines.map((speaker, at): Spoken => ({ key: `${card.id}.line-${at + 1}`, speaker }))];
		case 'steps':
		case 'example':
			return [...title, ...plain([`${card.id}.text`, ...numbered(card.id, 'step', card.steps)])];
		case 'compare':
			return [...title, ...plain([`${card.id}.first`, `${card.id}.second`])];
		case 'summary':
			return [...title, ...plain(numbered(card.id, 'point', card.points))];
		default:
			return [...title, ...plain([`${card.id}.text`])];
	}
}

/** The texts of a card that are shown and not read aloud: what its picture says (`alt`), the names of speakers. */
export function silent(card: Card): string[] {
	return card.kind === 'dialogue' ? [`${card.id}.alt`, `${card.id}.speaker-1`, `${card.id}.speaker-2`] : [`${card.id}.alt`];
}
