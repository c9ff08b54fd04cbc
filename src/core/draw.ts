import type { Granted } from './exam.ts';
import type { Item } from './item.ts';
import type { Scheme } from './scheme.ts';

/** A random number, at least 0 and below 1. */
export type Chance = () => number;

/** A list in another order; each order is as likely. */
export function shuffled<T>(list: readonly T[], chance: Chance): T[] {
	const mixed = [...list];
	for (let last = mixed.length - 1; last > 0; last--) {
		const other = Math.floor(chance() * (last + 1));
		[mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
	}
	return mixed;
}

/**
 * Draws the items of one form by the blueprint: every outcome has the same number, and what cannot be divided goes to the outcomes that
 * were asked least. Within an outcome the items that were drawn least often come first, equal ones by chance; then all are mixed.
 * `exposure` says how often each item was drawn, by id. An outcome that has too few items leaves its places to the others; only a bank
 * of fewer than `count` gives fewer.
 */
export function draw<T extends Pick<Item, 'id' | 'outcome'>>(
	items: readonly T[],
	count: number,
	exposure: Readonly<Record<string, number>>,
	chance: Chance
): T[] {
	const before = ({ id }: T) => exposure[id] ?? 0;
	const mixed = shuffled(items, chance);
	const outcomes = [...new Set(mixed.map(({ outcome }) => outcome))]
		.map((outcome) => {
			const waiting = mixed.filter((item) => item.outcome === outcome).sort((a, b) => before(a) - before(b));
			return { waiting, asked: waiting.reduce((sum, item) => sum + before(item), 0) };
		})
		.sort((a, b) => a.asked - b.asked);
	const drawn: T[] = [];
	for (let round = 0; drawn.length < Math.min(count, items.length); round++)
		for (const { waiting } of outcomes) if (waiting[round] && drawn.length < count) drawn.push(waiting[round]!);
	return shuffled(drawn, chance);
}

/** The minutes that a candidate has for a form, with extra time if it was granted. */
export const minutes = (scheme: Pick<Scheme, 'minutes' | 'extra'>, granted: Granted): number =>
	Math.ceil(scheme.minutes.value * (granted.includes('extra-time') ? 1 + scheme.extra.value : 1) - 1e-9);
