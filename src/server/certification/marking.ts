import type { Attempt } from '#core/exam.ts';
import type { Item, Response } from '#core/item.ts';
import { fits, mark } from '#core/marking.ts';
import { result, type Result, type Scheme } from '#core/scheme.ts';
import type { Answers } from '#core/statistics.ts';

/** How one item of a form was answered, and marked. */
export type Marked = { id: string; outcome: string; kind: string; version: string; response?: Response; score: number };

/** Marks an attempt by the items and the scheme that its form was drawn with. Evidence for a person, no decision. */
export function marks(
	{ items, versions, scheme }: { items: Item[]; versions: Record<string, string>; scheme: Pick<Scheme, 'pass'> },
	{ responses }: Pick<Attempt, 'responses'>
): { result: Result; answers: Marked[] } {
	const answers = items.map((item) => {
		const { id, outcome, kind } = item;
		const response = responses[id];
		const score = response !== undefined && fits(item, response) ? mark(item, response).score : 0;
		return { id, outcome, kind, version: versions[id]!, ...(response === undefined ? {} : { response }), score };
	});
	return { result: result(scheme, items, responses), answers };
}

/** An item and its version in one name, as statistics know it. */
export const named = ({ id, version }: Pick<Marked, 'id' | 'version'>): string => `${id}@${version}`;

/** Answers as they are compared with those of others. */
export const compared = (attempt: string, answers: Marked[]): Answers => ({
	attempt,
	answers: answers.map((answer) => ({
		item: named(answer),
		kind: answer.kind,
		score: answer.score,
		...(answer.response === undefined ? {} : { response: answer.response })
	}))
});
