import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draw, minutes, shuffled, type Chance } from '#core/draw.ts';

/** Chance that a seed gives, the same each time. */
const seeded = (seed: number): Chance => {
	let state = (seed % 2147483646) + 1;
	return () => (state = (state * 48271) % 2147483647) / 2147483647;
};

type Drawable = { id: string; outcome: string };
/** A bank with so many items of each outcome. */
const bank = (sizes: number[]): Drawable[] =>
	sizes.flatMap((size, at) => Array.from({ length: size }, (_, n) => ({ id: `o${at}-x${n}`, outcome: `o${at}` })));
const counted = (list: string[]): Record<string, number> => {
	const found: Record<string, number> = {};
	for (const one of list) found[one] = (found[one] ?? 0) + 1;
	return found;
};
const spread = (counts: number[]) => Math.max(...counts) - Math.min(...counts);

const banks = fc.array(fc.integer({ min: 6, max: 9 }), { minLength: 4, maxLength: 6 }).map(bank);
const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe('the blueprint of a form', () => {
	test('a form has 20 items, none twice, and every outcome has its even part', () => {
		fc.assert(
			fc.property(banks, seeds, (items, seed) => {
				const drawn = draw(items, 20, {}, seeded(seed));
				expect(new Set(drawn.map(({ id }) => id)).size).toBe(20);
				const byOutcome = counted(drawn.map(({ outcome }) => outcome));
				expect(Object.keys(byOutcome)).toHaveLength(new Set(items.map(({ outcome }) => outcome)).size);
				expect(spread(Object.values(byOutcome))).toBeLessThanOrEqual(1);
			})
		);
	});

	test('after many forms every item of an outcome was drawn as often, and every outcome too', () => {
		fc.assert(
			fc.property(fc.integer({ min: 4, max: 6 }), seeds, (outcomes, seed) => {
				const items = bank(Array.from({ length: outcomes }, () => 7));
				const exposure: Record<string, number> = {};
				const chance = seeded(seed);
				for (let form = 0; form < 40; form++)
					for (const { id } of draw(items, 20, exposure, chance)) exposure[id] = (exposure[id] ?? 0) + 1;
				for (let at = 0; at < outcomes; at++)
					expect(spread(items.flatMap(({ id, outcome }) => (outcome === `o${at}` ? [exposure[id]!] : [])))).toBeLessThanOrEqual(1);
				const byOutcome = Array.from({ length: outcomes }, (_, at) =>
					items.reduce((sum, { id, outcome }) => sum + (outcome === `o${at}` ? exposure[id]! : 0), 0)
				);
				expect(spread(byOutcome)).toBeLessThanOrEqual(1);
			}),
			{ numRuns: 20 }
		);
	});

	test('an outcome with too few items leaves its places to the others', () => {
		const drawn = draw(bank([2, 9, 9]), 14, {}, seeded(3));
		expect(counted(drawn.map(({ outcome }) => outcome))).toEqual({ o0: 2, o1: 6, o2: 6 });
		expect(draw(bank([2, 3]), 20, {}, seeded(3))).toHaveLength(5);
	});

	test('two candidates rarely have the same form, and never the same order', () => {
		const items = bank([6, 6, 6, 6, 6]);
		const forms = Array.from({ length: 50 }, (_, seed) => draw(items, 20, {}, seeded(seed * 7919)).map(({ id }) => id));
		expect(new Set(forms.map((form) => form.join())).size).toBe(50);
		expect(new Set(forms.map((form) => [...form].sort().join())).size).toBeGreaterThan(45);
	});
});

test('each place of a list is as likely after it was mixed', () => {
	const chance = seeded(11);
	const first = counted(Array.from({ length: 6000 }, () => shuffled(['a', 'b', 'c'], chance)[0]!));
	for (const count of Object.values(first)) expect(Math.abs(count - 2000)).toBeLessThan(200);
	const list = ['a', 'b', 'c'];
	shuffled(list, chance);
	expect(list).toEqual(['a', 'b', 'c']);
});

test.each([
	[40, 0.5, [], 40],
	[40, 0.5, ['extra-time' as const], 60],
	[45, 0.25, ['spoken' as const, 'extra-time' as const], 57],
	[40, 0.1, ['extra-time' as const], 44]
])('%i minutes and a share of %d more, granted %j, are %i minutes', (value, extra, granted, expected) => {
	const stated = <T>(value: T) => ({ value, provisional: true });
	expect(minutes({ minutes: stated(value), extra: stated(extra) }, granted)).toBe(expected);
});
