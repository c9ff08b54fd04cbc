import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Item, Response } from '#core/item.ts';
import { figure, fits, mark } from '#core/marking.ts';

const common = { id: 'x', outcome: 'o' };
const items = {
	choice: { ...common, kind: 'choice', options: ['a', 'b', 'c'], right: 'b' },
	gap: { ...common, kind: 'gap', options: ['a', 'b', 'c'], right: 'c' },
	multiple: { ...common, kind: 'multiple', options: ['a', 'b', 'c', 'd'], right: ['a', 'c'] },
	order: { ...common, kind: 'order', options: ['c', 'a', 'b'], right: ['a', 'b', 'c'] },
	match: { ...common, kind: 'match', options: ['a', 'b'], targets: ['x1', 'x2', 'x3'], right: { a: 'x2', b: 'x1' } },
	sort: { ...common, kind: 'sort', options: ['a', 'b', 'c'], groups: ['g1', 'g2'], right: { a: 'g1', b: 'g2', c: 'g1' } },
	number: { ...common, kind: 'number', right: 66, mistakes: { all: 72, once: 70 } },
	scenario: {
		...common,
		kind: 'scenario',
		steps: [
			{ id: 's1', options: ['a', 'b'], right: 'a' },
			{ id: 's2', options: ['a', 'b'], right: 'b' }
		]
	}
} satisfies Record<string, Item>;

const rightOf = (item: Item): Response => (item.kind === 'scenario' ? item.steps.map((step) => step.right) : item.right);

describe('marking', () => {
	test.each(Object.values(items))('the key of a $kind item is right, whole and explained', (item) => {
		const response = rightOf(item);
		expect(fits(item, response)).toBe(true);
		const result = mark(item, response);
		expect(result).toMatchObject({ right: true, score: 1 });
		expect(result.feedback.length).toBeGreaterThan(0);
		expect(Object.values(result.verdicts)).not.toContain('wrong');
	});

	test.each<[keyof typeof items, Response, number, string[]]>([
		['choice', 'a', 0, ['x.a.feedback']],
		['gap', 'b', 0, ['x.b.feedback']],
		['multiple', ['a'], 0.5, ['x.a.feedback', 'x.c.feedback']],
		['multiple', ['a', 'b', 'c'], 0.5, ['x.a.feedback', 'x.b.feedback', 'x.c.feedback']],
		['multiple', ['a', 'b', 'c', 'd'], 0, ['x.a.feedback', 'x.b.feedback', 'x.c.feedback', 'x.d.feedback']],
		['order', ['a', 'c', 'b'], 1 / 3, ['x.a.feedback', 'x.b.feedback', 'x.c.feedback']],
		['match', { a: 'x2', b: 'x3' }, 0.5, ['x.a.feedback', 'x.b.feedback']],
		['sort', { a: 'g1', b: 'g1', c: 'g1' }, 2 / 3, ['x.a.feedback', 'x.b.feedback', 'x.c.feedback']],
		['number', 72, 0, ['x.all.feedback']],
		['number', 5, 0, ['x.other.feedback']],
		['scenario', ['a', 'a'], 0.5, ['x.s1.a.feedback', 'x.s2.a.feedback']]
	])('a %s answered with %j gets %d and the explanation of what was chosen', (kind, response, score, feedback) => {
		const result = mark(items[kind], response);
		expect(result.right).toBe(false);
		expect(result.score).toBeCloseTo(score);
		expect(result.feedback).toEqual(feedback);
	});

	test.each<[keyof typeof items, unknown]>([
		['choice', 'z'],
		['choice', ['a']],
		['multiple', []],
		['multiple', ['a', 'a']],
		['order', ['a', 'b']],
		['order', ['a', 'a', 'b']],
		['match', { a: 'x1' }],
		['match', { a: 'x1', b: 'x9' }],
		['sort', { a: 'g1', b: 'g2', c: 'g3' }],
		['number', Number.NaN],
		['number', '66'],
		['scenario', ['a']]
	])('a %s does not take %j for a response', (kind, response) => {
		expect(fits(items[kind], response as Response)).toBe(false);
	});

	test('any response that fits gets a score from 0 to 1, and 1 only if it is right', () => {
		const option = fc.constantFrom('a', 'b', 'c', 'd', 'x1', 'x2', 'x3', 'g1', 'g2');
		const response = fc.oneof(option, fc.double(), fc.array(option, { maxLength: 5 }), fc.dictionary(option, option));
		fc.assert(
			fc.property(fc.constantFrom(...Object.values(items)), response, (item: Item, given) => {
				if (!fits(item, given)) return;
				const { score, right } = mark(item, given);
				expect(score).toBeGreaterThanOrEqual(0);
				expect(score).toBeLessThanOrEqual(1);
				expect(right).toBe(score === 1);
			})
		);
	});

	test.each([
		['12', 12],
		[' 1 250 ', 1250],
		['12,5', 12.5],
		['12.5', 12.5],
		['1.250', 1250],
		['1,250', 1250],
		['1.250,5', 1250.5],
		['-3', -3],
		['', undefined],
		['zwölf', undefined],
		['1e5', undefined],
		['12 cm', undefined]
	])('the figure typed as "%s" is read as %s', (typed, value) => {
		expect(figure(typed)).toBe(value);
	});
});
