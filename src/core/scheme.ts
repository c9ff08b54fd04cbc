import * as z from 'zod/mini';
import type { Item, Response } from './item.ts';
import { mark, fits } from './marking.ts';
import { Id, Locale, Words, type Key } from './text.ts';

/** A value of the scheme and whether it is provisional: not yet published by the project or the certification body, and shown so. */
const stated = <T extends z.ZodMiniType>(value: T) => z.strictObject({ value, provisional: z.boolean() });
const share = z.number().check(z.gte(0), z.lte(1));
const count = z.number().check(z.int(), z.gte(0));

/** What can be granted to a candidate, so that a difficulty that has nothing to do with the competence does not decide. Settings, never a diagnosis. */
export const accommodations = ['extra-time', 'spoken', 'large-text', 'reader'] as const;
export const Accommodation = z.enum(accommodations);
export type Accommodation = z.infer<typeof Accommodation>;

/**
 * The certification scheme (ISO/IEC 17024, clause 8): one uniform format for all micro-credentials. `content/scheme.yaml`; its words are
 * `content/scheme/<language>.yaml`. A changed value raises `version`; an attempt keeps the scheme that it was made under.
 */
export const Scheme = z.strictObject({
	id: Id,
	version: z.number().check(z.int(), z.gte(1)),
	/** The edition of the standard that the scheme cites. */
	edition: stated(z.string()),
	/** Items of a form, and minutes for it. */
	items: stated(count.check(z.gte(1))),
	minutes: stated(count.check(z.gte(1))),
	/** What is needed to pass: a share of all points, and of the points of each outcome. */
	pass: stated(z.strictObject({ overall: share, outcome: share })),
	/** Days between two attempts at one micro-credential. */
	wait: stated(count),
	/** Months that a certificate is valid; null: without an end. */
	validity: stated(z.nullable(count)),
	/** Cents and currency; null: not decided. */
	fee: stated(z.nullable(z.strictObject({ cents: count, currency: z.string().check(z.length(3)) }))),
	/** Days in which a candidate may appeal. */
	appeal: stated(count),
	/** Years that records of certification are kept. */
	keep: stated(count),
	/** Extra time that can be granted, as a share of `minutes`. */
	extra: stated(share),
	accommodations: z.array(Accommodation)
});
export type Scheme = z.infer<typeof Scheme>;

/** The texts of the public scheme page, in reading order: each is `<name>.title` and `<name>.text`. */
export const schemeParts = [
	'what',
	'who',
	'before',
	'exam',
	'help',
	'rules',
	'pass',
	'again',
	'decision',
	'appeal',
	'complaint',
	'certificate',
	'status',
	'records'
] as const;
export const schemeKeys: Key[] = schemeParts.flatMap((name) => [`${name}.title`, `${name}.text`]);

/** The scheme as the public reads it. It lies at `packs/scheme.json`, signed as the catalogue is. */
export const SchemePage = z.object({ format: z.literal(1), scheme: Scheme, words: z.record(Locale, Words) });
export type SchemePage = z.infer<typeof SchemePage>;

/** Points of a result: of one outcome, or of all. */
export const Points = z.object({ points: z.number(), of: z.number() });
export type Points = z.infer<typeof Points>;

/** What the marks of a form come to: points by outcome, and whether the pass rule is met. A person decides; this is evidence. */
export const Result = z.object({ ...Points.shape, outcomes: z.record(Id, Points), met: z.boolean() });
export type Result = z.infer<typeof Result>;

/** The result of responses to the items of a form. An item without a fitting response has no points. */
export function result(scheme: Pick<Scheme, 'pass'>, items: Item[], responses: Record<string, Response>): Result {
	const outcomes: Record<string, Points> = {};
	for (const item of items) {
		const own = (outcomes[item.outcome] ??= { points: 0, of: 0 });
		const response = responses[item.id];
		own.of += 1;
		if (response !== undefined && fits(item, response)) own.points += mark(item, response).score;
	}
	const all = Object.values(outcomes);
	const points = all.reduce((sum, one) => sum + one.points, 0);
	const of = items.length;
	const reached = (got: number, from: number, share: number) => got + 1e-9 >= from * share;
	const { overall, outcome } = scheme.pass.value;
	return {
		points,
		of,
		outcomes,
		met: of > 0 && reached(points, of, overall) && all.every((one) => reached(one.points, one.of, outcome))
	};
}
