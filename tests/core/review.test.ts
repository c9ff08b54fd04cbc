import fc from 'fast-check';
import { expect, test } from 'vitest';
import { due, reviews } from '#core/review.ts';
import { answer, uuid } from './make.ts';

const day = 24 * 60 * 60 * 1000;
const start = Date.UTC(2026, 10, 1);
const after = (answers: { days: number; score: number }[]) =>
	answers.map(({ days, score }, at) => answer({ seq: at + 1, at: start + days * day, score }));

test('a wrong answer comes back after 1 day, right ones after 3, 7, 21 and 21 days', () => {
	const days = [0, 1, 4, 11, 32];
	const given = days.map((day, at) => ({ days: day, score: at ? 1 : 0 }));
	const back = days.map((now, at) => (reviews(after(given.slice(0, at + 1)), start + now * day)[0]!.due - start) / day);
	expect(back).toEqual([1, 4, 11, 32, 53]);
});

test('what was right at once comes back after 3 days', () => {
	expect(due(after([{ days: 0, score: 1 }]), start + 2.9 * day)).toEqual([]);
	expect(due(after([{ days: 0, score: 1 }]), start + 3 * day)).toHaveLength(1);
});

test('a partly right answer counts as not yet', () => {
	expect(reviews(after([{ days: 0, score: 0.5 }]), start)[0]!.box).toBe(0);
});

test('repeating an item early and right does not push it away; early and wrong brings it back tomorrow', () => {
	const right = reviews(
		after([
			{ days: 0, score: 1 },
			{ days: 1, score: 1 }
		]),
		start + day
	)[0]!;
	expect((right.due - start) / day).toBe(3);
	const wrong = reviews(
		after([
			{ days: 0, score: 1 },
			{ days: 1, score: 0 }
		]),
		start + day
	)[0]!;
	expect((wrong.due - start) / day).toBe(2);
});

test('an answer with a clock that was years ahead does not hide the item for years', () => {
	const ahead = answer({ seq: 1, at: start + 900 * day, score: 0 });
	for (const later of [0, 1, 30]) expect(due([ahead], start + later * day)).toHaveLength(1); // it comes now, and does not move away with each look
	const again = answer({ id: uuid(9001), seq: 2, at: start, score: 1 });
	for (const later of [0, 2]) expect(due([ahead, again], start + later * day)).toEqual([]);
	expect(due([ahead, again], start + 3 * day)).toHaveLength(1);
});

test('a phone whose clock is some minutes ahead does not ask again at once', () => {
	expect(due([answer({ seq: 1, at: start + 300_000, score: 0 })], start)).toEqual([]);
});

test('the answers of two phones give one review, whatever the order they arrive in', () => {
	const given = fc.record({
		device: fc.constantFrom(uuid(7), uuid(8)),
		item: fc.constantFrom('a', 'b', 'c'),
		days: fc.integer({ min: 0, max: 60 }),
		score: fc.constantFrom(0, 0.5, 1)
	});
	fc.assert(
		fc.property(fc.array(given, { maxLength: 20 }), fc.integer(), (list, seed) => {
			const answers = list.map(({ device, item, days, score }, at) =>
				answer({ id: uuid(at + 5000), seq: at + 1, device, item, at: start + days * day, score })
			);
			const mixed = answers.toSorted((a, b) => ((a.seq * 7919 + seed) % 101) - ((b.seq * 7919 + seed) % 101));
			expect(reviews(mixed, start + 70 * day)).toEqual(reviews(answers, start + 70 * day));
			expect(
				reviews([...answers, ...answers], start + 70 * day)
					.map((review) => review.item)
					.sort()
			).toEqual([...new Set(list.map((one) => one.item))].sort());
		})
	);
});
