import * as z from 'zod/mini';
import { Id, type Key } from './text.ts';

const options = z.array(Id).check(z.minLength(2), z.maxLength(6));
const item = {
	id: Id,
	outcome: Id,
	/** Whether a work scene stands before the question (`<id>.scene`). */
	scene: z.optional(z.boolean()),
	/** Raised by hand when the wording changed so much that old answers no longer apply. */
	revision: z.optional(z.number().check(z.int(), z.gte(1)))
};

/** One decision in a scenario. */
const Step = z.strictObject({ id: Id, options, right: Id });
type Step = z.infer<typeof Step>;

/**
 * A question with its key. Options stand in the order in which they are shown and spoken.
 * `choice` one right; `multiple` all that are right; `order` the right order; `match` the target of each option;
 * `gap` the word for the gap in `<id>.sentence`; `sort` the group of each option; `number` a figure, with known mistakes;
 * `scenario` a scene with two or three linked decisions.
 */
export const Item = z.discriminatedUnion('kind', [
	z.strictObject({ ...item, kind: z.literal('choice'), options, right: Id }),
	z.strictObject({ ...item, kind: z.literal('gap'), options, right: Id }),
	z.strictObject({ ...item, kind: z.literal('multiple'), options, right: z.array(Id).check(z.minLength(1)) }),
	z.strictObject({ ...item, kind: z.literal('order'), options, right: z.array(Id).check(z.minLength(2)) }),
	z.strictObject({ ...item, kind: z.literal('match'), options, targets: options, right: z.record(Id, Id) }),
	z.strictObject({
		...item,
		kind: z.literal('sort'),
		options,
		groups: z.array(Id).check(z.minLength(2), z.maxLength(3)),
		right: z.record(Id, Id)
	}),
	z.strictObject({
		...item,
		kind: z.literal('number'),
		right: z.number(),
		/** How far from `right` still counts as right. */
		tolerance: z.optional(z.number().check(z.gte(0))),
		/** Figures that people reach by a known mistake, by the option id that explains it. */
		mistakes: z.record(Id, z.number())
	}),
	z.strictObject({ ...item, kind: z.literal('scenario'), steps: z.array(Step).check(z.minLength(2), z.maxLength(3)) })
]);
export type Item = z.infer<typeof Item>;
export type ItemKind = Item['kind'];
export const itemKinds = ['choice', 'multiple', 'order', 'match', 'gap', 'sort', 'number', 'scenario'] as const satisfies ItemKind[];

/** What a learner answers: an option; options; an order of options; a target or group by option; a figure; an option by step. */
export const Response = z.union([
	z.string().check(z.maxLength(60)),
	z.number(),
	z.array(z.string().check(z.maxLength(60))).check(z.maxLength(8)),
	z.record(z.string().check(z.maxLength(60)), z.string().check(z.maxLength(60)))
]);
export type Response = z.infer<typeof Response>;

/** Texts of an item before it is answered, in reading order. */
export function asked(item: Item): Key[] {
	const own = (options: string[]) => options.map((option) => `${item.id}.${option}.text`);
	const head = [
		...(item.scene || item.kind === 'scenario' ? [`${item.id}.scene`] : []),
		...(item.kind === 'scenario' ? [] : [`${item.id}.question`])
	];
	switch (item.kind) {
		case 'choice':
		case 'multiple':
		case 'order':
			return [...head, ...own(item.options)];
		case 'gap':
			return [...head, `${item.id}.sentence`, ...own(item.options)];
		case 'match':
			return [...head, ...own(item.options), ...own(item.targets)];
		case 'sort':
			return [...head, ...own(item.groups), ...own(item.options)];
		case 'number':
			return [...head, `${item.id}.unit`];
		case 'scenario':
			return [
				...head,
				...item.steps.flatMap((step) => [
					`${item.id}.${step.id}.question`,
					...step.options.map((option) => `${item.id}.${step.id}.${option}.text`)
				])
			];
	}
}

/** Texts of an item that explain an answer: one for each option (for `number`: `right`, each mistake, `other`). */
export function explained(item: Item): Key[] {
	const feedback = (options: string[]) => options.map((option) => `${item.id}.${option}.feedback`);
	switch (item.kind) {
		case 'number':
			return feedback(['right', ...Object.keys(item.mistakes), 'other']);
		case 'scenario':
			return item.steps.flatMap((step) => step.options.map((option) => `${item.id}.${step.id}.${option}.feedback`));
		default:
			return feedback(item.options);
	}
}

/** What of an item decides whether an old answer still applies: everything but its words. A stable string, to be hashed. */
export function identity(item: Item): string {
	const stable = (value: unknown): unknown =>
		Array.isArray(value)
			? value.map(stable)
			: value && typeof value === 'object'
				? Object.fromEntries(
						Object.entries(value)
							.sort(([a], [b]) => (a < b ? -1 : 1))
							.map(([key, inner]) => [key, stable(inner)])
					)
				: value;
	return JSON.stringify(stable({ ...item, outcome: undefined }));
}
