import { inOrder, type Answer } from './answer.ts';

/** The days after which an item comes back, by box; a wrong answer sends it to the first. */
const intervals = [1, 3, 7, 21] as const;

const day = 24 * 60 * 60 * 1000;

/** An item in the review: its box (0 to 3) and when it is due, in milliseconds since 1970. */
export type Review = { course: string; item: string; identity: string; box: number; due: number };

/**
 * The review of every item that was answered, the longest due first. Counted from the answers alone, so that the
 * answers of two phones, put together in any order, give one review. An answer before the item was due and right
 * leaves the box as it is. When an answer has a time that is more than a day ahead (a clock that was wrong), nobody knows when it was
 * given, so the item is due.
 */
export function reviews(answers: Iterable<Answer>, now: number): Review[] {
	const boxes = new Map<string, Review>();
	for (const answer of inOrder(answers)) {
		const name = `${answer.course}/${answer.item}`;
		const unknown = answer.at > now + day;
		const at = Math.min(answer.at, now);
		const before = boxes.get(name);
		const same = before?.identity === answer.identity ? before : undefined;
		const early = same !== undefined && at < same.due;
		const box = answer.score < 1 ? 0 : !same ? 1 : early ? same.box : Math.min(same.box + 1, intervals.length - 1);
		const due = unknown ? 0 : early && answer.score === 1 ? same.due : at + intervals[box]! * day;
		boxes.set(name, { course: answer.course, item: answer.item, identity: answer.identity, box, due });
	}
	return [...boxes.values()].sort((a, b) => a.due - b.due || (a.item < b.item ? -1 : 1));
}

/** The items that are due now, the longest due first. */
export const due = (answers: Iterable<Answer>, now: number): Review[] => reviews(answers, now).filter((review) => review.due <= now);
