import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item, Response } from '#core/item.ts';
import { result } from '#core/scheme.ts';

const scheme = { pass: { value: { overall: 0.6, outcome: 0.5 }, provisional: true } };
const choice = (id: string, outcome: string): Item => ({ id, outcome, kind: 'choice', options: ['a', 'b', 'c'], right: 'a' });
/** A form with so many items of each outcome, of which the first so many are answered right. */
const sat = (outcomes: [of: number, right: number][]): [Item[], Record<string, Response>] => {
	const items = outcomes.flatMap(([of], at) => Array.from({ length: of }, (_, n) => choice(`o${at}-${n}`, `o${at}`)));
	const right = outcomes.flatMap(([of, right], at) =>
		Array.from({ length: of }, (_, n) => [`o${at}-${n}`, n < right ? 'a' : 'b'] as const)
	);
	return [items, Object.fromEntries(right)];
};

describe('the pass rule: 60 % of all points, and half of those of each outcome', () => {
	test.each<[string, [number, number][], boolean]>([
		['everything right', Array.from({ length: 5 }, () => [4, 4]), true],
		['just 12 of 20, half of each outcome or more', [[4, 2], [4, 2], [4, 2], [4, 3], [4, 3]], true], // prettier-ignore
		['11 of 20', [[4, 2], [4, 2], [4, 2], [4, 2], [4, 3]], false], // prettier-ignore
		['17 of 20, but one outcome below its half', [[4, 4], [4, 4], [4, 4], [4, 4], [4, 1]], false], // prettier-ignore
		['half of an outcome of three is one and a half', [[3, 1], [3, 3], [3, 3], [3, 3]], false], // prettier-ignore
		[
			'nothing right',
			[
				[4, 0],
				[4, 0]
			],
			false
		]
	])('%s', (_, outcomes, met) => {
		expect(result(scheme, ...sat(outcomes)).met).toBe(met);
	});

	test('a form without items is not passed', () => {
		expect(result(scheme, [], {}).met).toBe(false);
	});

	test('a form that is 60 % right passes however the sum is rounded', () => {
		const items: Item[] = Array.from({ length: 10 }, (_, n) => ({
			id: `m${n}`,
			outcome: 'o',
			kind: 'order',
			options: ['a', 'b', 'c', 'd', 'e'],
			right: ['a', 'b', 'c', 'd', 'e']
		}));
		const three = Object.fromEntries(items.map(({ id }) => [id, ['a', 'b', 'c', 'e', 'd']]));
		expect(result(scheme, items, three)).toMatchObject({ of: 10, met: true });
		expect(result(scheme, items, three).points).toBeCloseTo(6, 9);
	});
});

test('an item that was not answered, or with something that does not fit, has no points and still counts', () => {
	const [items] = sat([[4, 0]]);
	const responses: Record<string, Response> = { 'o0-0': 'a', 'o0-1': 'nothing', 'o0-2': ['a'] };
	expect(result(scheme, items, responses)).toEqual({ points: 1, of: 4, outcomes: { o0: { points: 1, of: 4 } }, met: false });
});

test('responses to items of another form change nothing', () => {
	const [items, responses] = sat([[4, 3]]);
	expect(result(scheme, items, { ...responses, 'other-1': 'a' })).toEqual(result(scheme, items, responses));
});

test('points of outcomes add up to all points, and one more right answer never turns a pass into none', () => {
	const outcome = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }));
	fc.assert(
		fc.property(fc.array(outcome, { minLength: 1, maxLength: 6 }), (outcomes) => {
			const [items, responses] = sat(outcomes.map(([of, right]) => [of, Math.min(of, right)]));
			const found = result(scheme, items, responses);
			expect(Object.values(found.outcomes).reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(found.points, 9);
			const wrong = items.find(({ id }) => responses[id] === 'b');
			if (wrong && found.met) expect(result(scheme, items, { ...responses, [wrong.id]: 'a' }).met).toBe(true);
		})
	);
});
