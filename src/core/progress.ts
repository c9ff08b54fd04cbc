import { inOrder, type Answer } from './answer.ts';
import type { Item } from './item.ts';
import { known, type Pack, type PackedItem } from './pack.ts';

/** What of a pack progress is counted from: its lessons' exercises and the identity of each item. A whole pack is one too. */
export type Outline = {
	course: { id: string; lessons: { id: string; exercises: { id: string; kind: string }[] }[] };
	identities: Record<string, string>;
};

/** The outline of a pack, small enough to be read for every course at each start. */
export const outline = ({ course, identities }: Pack): Outline => ({
	course: {
		id: course.id,
		lessons: course.lessons.map(({ id, exercises }) => ({ id, exercises: exercises.map(({ id, kind }) => ({ id, kind })) }))
	},
	identities
});

/** The newest answer to each item, by item id: of one course, for the item as it is now. Older wordings do not count. */
export function latest(pack: Outline, answers: Iterable<Answer>): Map<string, Answer> {
	const found = new Map<string, Answer>();
	for (const answer of inOrder(answers))
		if (answer.course === pack.course.id && pack.identities[answer.item] === answer.identity) found.set(answer.item, answer);
	return found;
}

/** How far a lesson is: exercises answered and right at last, of all; done when all have been answered. */
export function lessonProgress(
	lesson: Outline['course']['lessons'][number],
	newest: Map<string, Answer>
): { answered: number; right: number; of: number; done: boolean } {
	const exercises = lesson.exercises.filter(known);
	const given = exercises.map((item) => newest.get(item.id)).filter((answer) => answer !== undefined);
	return {
		answered: given.length,
		right: given.filter((answer) => answer.score === 1).length,
		of: exercises.length,
		done: exercises.length > 0 && given.length === exercises.length
	};
}

/** How many answers a content update leaves behind: those whose item was changed or is gone. */
export function left(old: Outline, fresh: Outline, answers: Iterable<Answer>): number {
	return [...latest(old, answers).values()].filter((answer) => fresh.identities[answer.item] !== answer.identity).length;
}

/** The result of a sitting for one outcome: points reached of items asked; `enough` from three quarters up. */
export type OutcomeResult = { outcome: string; points: number; of: number; enough: boolean; lessons: string[] };

/** The result of a sitting by outcome, with the lessons whose exercises serve each outcome, to repeat. */
export function results(pack: Pick<Pack, 'course'>, drawn: Item[], answers: Iterable<Answer>): OutcomeResult[] {
	const given = new Map([...answers].map((answer) => [answer.item, answer.score]));
	return pack.course.outcomes.flatMap(({ id }) => {
		const asked = drawn.filter((item) => item.outcome === id);
		if (!asked.length) return [];
		const points = asked.reduce((sum, item) => sum + (given.get(item.id) ?? 0), 0);
		const serves = (items: PackedItem[]) => items.some((item) => known(item) && item.outcome === id);
		return [
			{
				outcome: id,
				points,
				of: asked.length,
				enough: points / asked.length >= 0.75,
				lessons: pack.course.lessons.filter((lesson) => serves(lesson.exercises)).map((lesson) => lesson.id)
			}
		];
	});
}

/**
 * Draws a sitting from the bank by outcome: as even over the outcomes as the bank allows, items of the last sitting only
 * when the rest runs out, in an order of its own. `random` gives numbers from 0 up to 1.
 */
export function draw(bank: Item[], last: ReadonlySet<string>, random: () => number, size = 12): Item[] {
	const shuffled = <T>(list: T[]): T[] =>
		list
			.map((value) => ({ value, at: random() }))
			.sort((a, b) => a.at - b.at)
			.map(({ value }) => value);
	const outcomes = shuffled([...new Set(bank.map((item) => item.outcome))]);
	const stacks = outcomes
		.map((outcome) => {
			const mixed = shuffled(bank.filter((item) => item.outcome === outcome));
			const fresh = mixed.filter((item) => !last.has(item.id));
			return { fresh: fresh.length, items: [...fresh, ...mixed.filter((item) => last.has(item.id))] };
		})
		.sort((a, b) => b.fresh - a.fresh)
		.map(({ items }) => items);
	const drawn: Item[] = [];
	for (let round = 0; drawn.length < size && round < bank.length; round++)
		for (const stack of stacks) if (drawn.length < size && stack[round]) drawn.push(stack[round]!);
	return shuffled(drawn);
}
