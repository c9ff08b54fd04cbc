import { describe, expect, test } from 'vitest';
import type { Entry } from '#core/exam.ts';
import { behaviour, conduct, copied, enough, repeated, tail, type Answers, type Scored } from '#core/statistics.ts';
import { uuid } from './make.ts';

describe('how an item behaves', () => {
	const form = (scores: Record<string, number>): Scored[] =>
		Object.entries(scores).map(([item, score]) => ({ item, score, answered: true }));
	const many = (made: (at: number) => Record<string, number>, count = 20) => Array.from({ length: count }, (_, at) => form(made(at)));

	test('difficulty is the mean score, and an item that was passed over counts as zero', () => {
		const found = behaviour([form({ a: 1 }), form({ a: 0.5 }), [{ item: 'a', score: 0, answered: false }]]);
		expect(found.get('a')).toEqual({ answered: 2, difficulty: 0.5 });
	});

	test.each<[string, (strong: boolean, at: number) => number, number]>([
		['that strong candidates alone get right', (strong) => (strong ? 1 : 0), 1],
		['that weak candidates alone get right: its key may be wrong', (strong) => (strong ? 0 : 1), -1],
		['that is a matter of luck', (_, at) => Math.floor(at / 2) % 2, 0]
	])('an item %s', (_, score, expected) => {
		const found = behaviour(many((at) => ({ asked: score(at % 2 === 0, at), b: at % 2 ? 0 : 1, c: at % 2 ? 0.2 : 0.9 })));
		expect(found.get('asked')!.discrimination).toBeCloseTo(expected, 6);
	});

	test('the item itself is not in the rest that it is compared with', () => {
		// Alone against chance, an item would correlate with a sum that it is part of.
		const found = behaviour(many((at) => ({ a: at % 2, b: Math.floor(at / 2) % 2 })));
		expect(found.get('a')!.discrimination).toBeCloseTo(0, 6);
	});

	test('few forms, or forms that are all alike, say nothing about it', () => {
		expect(behaviour(many((at) => ({ a: at % 2, b: at % 2 }), enough - 1)).get('a')).not.toHaveProperty('discrimination');
		expect(behaviour(many((at) => ({ a: 1, b: at % 2 }))).get('a')).toEqual({ answered: 20, difficulty: 1 });
	});
});

describe('what looks odd in an attempt', () => {
	type Line = [event: Entry['event'], at: number, spent: number, more?: { item?: string; detail?: string }];
	/** A log with times in seconds. */
	const log = (lines: Line[]): Entry[] =>
		lines.map(([event, at, spent, more], n) => ({ n: n + 1, at: at * 1000, spent: spent * 1000, event, hash: '', ...more }));
	/** A quiet exam: one answer every so many seconds. */
	const quiet = (each: number, count = 20): Line[] => [
		['start', 0, 0],
		...Array.from({ length: count }, (_, at): Line => ['answer', (at + 1) * each, (at + 1) * each, { item: `i${at}` }]),
		['end', count * each + 1, count * each + 1]
	];
	const flagged = (lines: Line[], spent = lines.at(-1)![2]) => conduct({ log: log(lines), spent: spent * 1000 }, 40);
	const within = (...lines: Line[]): Line[] => [...quiet(60).slice(0, 3), ...lines, ...quiet(60).slice(3)];

	test('a quiet exam has no flag', () => {
		expect(flagged(quiet(60))).toEqual([]);
	});

	test.each<[string, Line[], object[]]>([
		['four seconds an item', quiet(4), [{ flag: 'fast', detail: '4' }]],
		['under a quarter of the time', quiet(29), [{ flag: 'fast', detail: '29' }]],
		['a quarter of the time', quiet(30), []],
		['more than the time', quiet(124), [{ flag: 'slow', detail: '41.4' }]],
		['left for half a minute', within(['leave', 121, 121], ['return', 150, 121]), []],
		['left for two minutes', within(['leave', 121, 121], ['return', 241, 121]), [{ flag: 'left', detail: '1/120' }]],
		[
			'left four times for a moment',
			within(...Array.from({ length: 4 }, (_, n): Line[] => [['leave', 121 + 2 * n, 121], ['return', 122 + 2 * n, 121]]).flat()), // prettier-ignore
			[{ flag: 'left', detail: '4/4' }]
		],
		['an empty battery', within(['leave', 121, 121], ['resume', 179, 121]), [{ flag: 'resumed', detail: '1' }]],
		['a jump of the clock that the phone noted', within(['clock', 121, 121, { detail: '-90' }]), [{ flag: 'clock', detail: '90' }]],
		['a small correction of the clock', within(['clock', 121, 121, { detail: '1' }]), []],
		['a clock that was set back and not noted', within(['leave', 500, 121], ['return', 121, 121]), [{ flag: 'clock', detail: '6.3' }]]
	])('%s', (_, lines, flags) => {
		expect(flagged(lines)).toEqual(flags);
	});

	test('an answer that is given in parts takes the time of all its parts', () => {
		const parts = quiet(60).flatMap((line): Line[] =>
			line[0] === 'answer' ? [['answer', line[1] - 1, line[2] - 1, line[3]!], line] : [line]
		);
		expect(flagged(parts)).toEqual([]);
	});

	test('nothing answered in no time is fast, and breaks nothing', () => {
		expect(flagged([['start', 0, 0]])).toEqual([{ flag: 'fast' }]);
	});

	test.each([
		['the only attempt', [], []],
		['the same attempt again', [{ id: uuid(1), phone: uuid(7) }], []],
		['another attempt from the same phone', [{ id: uuid(2), phone: uuid(7) }], [{ flag: 'second', detail: uuid(2) }]],
		['another phone', [{ id: uuid(2), phone: uuid(8) }], [{ flag: 'second', detail: uuid(2) }, { flag: 'two-phones' }]] // prettier-ignore
	])('%s', (_, held, flags) => {
		expect(repeated({ id: uuid(1), phone: uuid(7) }, held)).toEqual(flags);
	});
});

describe('answers that two attempts have in common', () => {
	const answers = (attempt: string, chosen: string, kind = 'choice'): Answers => ({
		attempt,
		answers: [...chosen].map((response, at) => ({ item: `i${at}`, kind, response, score: response === 'a' ? 1 : 0 }))
	});
	const [own, other] = [uuid(1), uuid(2)];

	test.each<[string, string, string, string | undefined]>([
		['twelve identical wrong answers', 'bcdbcdbcdbcdaaaaaaaa', 'bcdbcdbcdbcdaaaaaaaa', '12/12'],
		['everything right in both', 'aaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaaaaaa', undefined],
		['four identical wrong answers', 'bcdbaaaaaaaaaaaaaaaa', 'bcdbaaaaaaaaaaaaaaaa', undefined],
		['as many alike as chance has it', 'bbbbbbbbbbbbaaaaaaaa', 'bcbcbcbcbcbcaaaaaaaa', undefined],
		['wrong in other items', 'bbbbbbbbbbaaaaaaaaaa', 'aaaaaaaaaabbbbbbbbbb', undefined]
	])('%s', (_, mine, theirs, detail) => {
		expect(copied(answers(own, mine), [answers(other, theirs)])).toEqual(detail ? [{ flag: 'copied', detail: `${detail} ${other}` }] : []);
	});

	test('where many wrong answers are possible, fewer in common are enough', () => {
		const wrong = 'bcdebcaaaaaa';
		expect(copied(answers(own, wrong), [answers(other, wrong)])).toEqual([]);
		expect(copied(answers(own, wrong, 'order'), [answers(other, wrong, 'order')])).toHaveLength(1);
	});

	test('the more attempts it is compared with, the more it takes', () => {
		const wrong = 'bcdbcdbcdbaaaaaaaaaa';
		expect(copied(answers(own, wrong), [answers(other, wrong)])).toHaveLength(1);
		const crowd = Array.from({ length: 30 }, (_, n) => answers(uuid(100 + n), 'aaaaaaaaaaaaaaaaaaaa'));
		expect(copied(answers(own, wrong), [answers(other, wrong), ...crowd])).toEqual([]);
	});

	test('an attempt is not compared with itself, nor a version of an item with another', () => {
		const wrong = 'bcdbcdbcdbcd';
		const changed = answers(other, wrong);
		for (const answer of changed.answers) answer.item += '-2';
		expect(copied(answers(own, wrong), [answers(own, wrong), changed])).toEqual([]);
	});

	test('the order in which options were ticked is no difference; an item left out is no answer in common', () => {
		const list = (attempt: string, response: string[] | undefined): Answers => ({
			attempt,
			answers: Array.from({ length: 8 }, (_, at) => ({ item: `i${at}`, kind: 'multiple', score: 0, ...(response ? { response } : {}) }))
		});
		expect(copied(list(own, ['b', 'c']), [list(other, ['c', 'b'])])).toHaveLength(1);
		expect(copied(list(own, undefined), [list(other, undefined)])).toEqual([]);
	});

	test.each([
		[[0.5, 0.5], 1, 0.75],
		[[0.5, 0.5, 0.5], 3, 0.125],
		[[0.25, 0.5], 2, 0.125],
		[[0.25, 0.5], 0, 1],
		[[], 1, 0]
	])('of trials with the chances %j, %i or more hits have the chance %d', (chances, least, expected) => {
		expect(tail(chances, least)).toBeCloseTo(expected, 12);
	});
});
