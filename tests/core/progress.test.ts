import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from '#core/answer.ts';
import type { Item } from '#core/item.ts';
import { draw, latest, left, results } from '#core/progress.ts';
import type { Pack } from '#core/pack.ts';
import { answer, uuid } from './make.ts';

const item = (id: string, outcome: string): Item => ({ id, outcome, kind: 'choice', options: ['a', 'b'], right: 'a' });
const bank = ['o1', 'o2', 'o3', 'o4', 'o5'].flatMap((outcome) => Array.from({ length: 5 }, (_, at) => item(`${outcome}-${at}`, outcome)));
const random = (seed: number) => () => (seed = (seed * 16807) % 2147483647) / 2147483647;

test('a clock that was set back does not change which answer of a phone is the newest', () => {
	const answers = [answer({ seq: 1, at: 5000, score: 0 }), answer({ seq: 2, at: 9000, score: 0 }), answer({ seq: 3, at: 1000, score: 1 })];
	expect(inOrder(answers.toReversed()).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test('an answer to an older wording of an item no longer counts, and an update says how many are left behind', () => {
	const pack = (identity: string) =>
		({ course: { id: 'communication' }, identities: { 'listen-e1': identity, 'listen-e2': '1111111111111111' } }) as unknown as Pack;
	const answers = [answer({ seq: 1 }), answer({ seq: 2, item: 'listen-e2', identity: '1111111111111111' })];
	expect([...latest(pack('0123456789abcdef'), answers).keys()]).toEqual(['listen-e1', 'listen-e2']);
	expect([...latest(pack('ffffffffffffffff'), answers).keys()]).toEqual(['listen-e2']);
	expect(left(pack('0123456789abcdef'), pack('ffffffffffffffff'), answers)).toBe(1);
	expect(left(pack('0123456789abcdef'), pack('0123456789abcdef'), answers)).toBe(0);
});

test('a sitting has 12 items, as even over the outcomes as can be, none twice', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 1e9 }), (seed) => {
			const drawn = draw(bank, new Set(), random(seed));
			expect(new Set(drawn.map(({ id }) => id)).size).toBe(12);
			const counts = ['o1', 'o2', 'o3', 'o4', 'o5'].map((outcome) => drawn.filter((one) => one.outcome === outcome).length);
			expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
		})
	);
});

test('the next sitting asks other items first', () => {
	const first = draw(bank, new Set(), random(42));
	const second = draw(bank, new Set(first.map(({ id }) => id)), random(43));
	expect(second.filter((one) => first.includes(one))).toEqual([]);
});

test('the result of a sitting tells each outcome with the lessons to repeat', () => {
	const drawn = [item('a', 'o1'), item('b', 'o1'), item('c', 'o2')];
	const course = {
		id: 'communication',
		outcomes: [{ id: 'o1' }, { id: 'o2' }, { id: 'o3' }],
		lessons: [
			{ id: 'l1', exercises: [item('e1', 'o1')] },
			{ id: 'l2', exercises: [item('e2', 'o2')] }
		]
	};
	const given = [
		answer({ id: uuid(1), seq: 1, item: 'a', score: 1 }),
		answer({ id: uuid(2), seq: 2, item: 'b', score: 0.4 }),
		answer({ id: uuid(3), seq: 3, item: 'c', score: 1 })
	];
	expect(results({ course } as unknown as Pack, drawn, given)).toEqual([
		{ outcome: 'o1', points: 1.4, of: 2, enough: false, lessons: ['l1'] },
		{ outcome: 'o2', points: 1, of: 1, enough: true, lessons: ['l2'] }
	]);
});
