import { beforeEach, describe, expect, test } from 'vitest';
import { inOrder } from '#core/answer.ts';
import type { Item, Response } from '#core/item.ts';
import { mark } from '#core/marking.ts';
import { known } from '#core/pack.ts';
import { createPhone, createShelf, demoText, disk, type Phone, type Shelf } from '../device/shelf.ts';
import { start, type Started } from './start.ts';

const day = 24 * 60 * 60 * 1000;
let shelf: Shelf;
let phone: Phone;
let her: Started;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
	her = await start(phone);
	await her.app.downloads.start('demo', 'text');
});

/** The same phone, after the browser was killed. */
const kill = async () => void (her = await start(phone, her.i18n.locale));
/** A right response to an item. */
function right(item: Item): Response {
	return item.kind === 'scenario' ? item.steps.map((step) => step.right) : item.right;
}
/** A response to an item that gets no point, or not all. */
function wrong(item: Item): Response {
	const other = (key: string) => ['a', 'b', 'c'].find((option) => option !== key)!;
	switch (item.kind) {
		case 'choice':
		case 'gap':
			return other(item.right);
		case 'multiple':
			return [other(item.right[0]!)];
		case 'order':
			return [...item.right].reverse();
		case 'match':
			return { a: 'x', b: 'x', c: 'y' };
		case 'sort':
			return { a: 'later', b: 'now', c: 'later' };
		case 'number':
			return 20;
		case 'scenario':
			return item.steps.map((step) => other(step.right));
	}
}
const lesson = () => her.app.lesson;
const item = (): Item => {
	const { step } = lesson();
	if (step.kind !== 'exercise' || !known(step.item)) throw new Error(`no exercise: ${step.key}`);
	return step.item;
};
const open = () => her.app.lesson.open('demo', 'one');
const toExercises = () => {
	while (lesson().step.kind !== 'exercise') lesson().forward();
};
const answers = () => her.device.answers.all();

describe('a lesson', () => {
	test('goes from its cards by notes, task and exercises to its end', async () => {
		await open();
		expect(lesson().steps.map(({ kind }) => kind)).toEqual([...Array(8).fill('card'), 'notes', 'try', ...Array(5).fill('exercise'), 'end']);
		expect(lesson()).toMatchObject({ first: true, last: false });
		toExercises();
		while (lesson().step.kind === 'exercise') {
			await lesson().answer(right(item()));
			lesson().forward();
		}
		expect(lesson()).toMatchObject({ last: true, result: { right: 5, wrong: 0, of: 5 } });
		expect(inOrder(await answers()).map((answer) => [answer.item, answer.purpose, answer.score, answer.locale])).toEqual(
			[1, 2, 3, 4, 5].map((n) => [`one-e${n}`, 'exercise', 1, 'en'])
		);
	});

	test('opens after a kill on the same step, with the half-made response, wherever it was left', async () => {
		await open();
		for (let at = 0; at < lesson().steps.length; at++) {
			const { key, kind } = lesson().step;
			const half = kind === 'exercise' ? wrong(item()) : undefined;
			if (half !== undefined) lesson().hold(half);
			await kill();
			await open();
			expect(lesson().step.key).toBe(key);
			expect(lesson().half).toEqual(half);
			expect(lesson().mark).toBeUndefined();
			if (kind === 'exercise') {
				const response = right(item());
				await lesson().answer(response);
				await kill();
				await open();
				expect(lesson().step.key).toBe(key);
				expect(lesson().half).toEqual(response);
				expect(lesson().mark?.right).toBe(true);
			}
			lesson().forward();
		}
		expect(await answers()).toHaveLength(5);
	});

	test('brings back at its end what was wrong, once, and counts the first try', async () => {
		await open();
		toExercises();
		const missed: string[] = [];
		for (let at = 0; at < 5; at++) {
			const here = item();
			if (at % 2) missed.push(here.id);
			await lesson().answer(at % 2 ? wrong(here) : right(here));
			expect(lesson().mark?.right).toBe(at % 2 === 0);
			lesson().forward();
		}
		await kill();
		await open();
		for (const id of missed) {
			expect(lesson().step).toMatchObject({ kind: 'exercise', repeat: true, item: { id } });
			expect(lesson().mark).toBeUndefined();
			await lesson().answer(wrong(item()));
			lesson().forward();
		}
		expect(lesson().step.kind).toBe('end');
		expect(lesson().result).toEqual({ right: 3, wrong: 2, of: 5 });
		expect(her.app.courses.lessons[0]).toMatchObject({ done: true, right: 3 });
	});

	test('begins anew once it was finished; the old answers stay', async () => {
		await open();
		toExercises();
		while (lesson().step.kind === 'exercise') {
			await lesson().answer(right(item()));
			lesson().forward();
		}
		lesson().close();
		expect(lesson().state).toBe('closed');
		await kill();
		await open();
		expect(lesson()).toMatchObject({ first: true, result: { right: 0, of: 5 } });
		toExercises();
		expect(lesson().mark).toBeUndefined();
		await lesson().answer(right(item()));
		expect(await answers()).toHaveLength(6);
		expect(her.app.courses.lessons[0]).toMatchObject({ done: true });
	});

	test('records one answer for a double tap, and none for a second tap', async () => {
		await open();
		toExercises();
		await Promise.all([lesson().answer(right(item())), lesson().answer(wrong(item()))]);
		await lesson().answer(wrong(item()));
		expect(await answers()).toMatchObject([{ item: 'one-e1', score: 1 }]);
	});

	test('takes no answer that does not fit its exercise', async () => {
		await open();
		await lesson().answer('a');
		toExercises();
		for (const response of ['z', ['a'], 3, {}]) await lesson().answer(response);
		expect(await answers()).toEqual([]);
		expect(lesson().mark).toBeUndefined();
	});

	test('keeps step, half-made response and mark when the language is switched', async () => {
		await open();
		toExercises();
		await lesson().answer(right(item()));
		const said = her.app.courses.say('one-e1.question');
		await her.i18n.change('it');
		expect(her.app.courses.say('one-e1.question')).not.toBe(said);
		expect(lesson()).toMatchObject({ step: { key: 'one-e1' }, half: right(item()), mark: { right: true } });
		lesson().forward();
		lesson().hold(['a']);
		await her.i18n.change('pl');
		expect(lesson()).toMatchObject({ step: { key: 'one-e2' }, half: ['a'], mark: undefined });
		await lesson().answer(right(item()));
		expect((await answers()).map(({ locale }) => locale).sort()).toEqual(['en', 'pl']);
	});

	test('passes over cards and exercises of a kind that this app does not know', async () => {
		await shelf.publish('demo', 2, ({ course }) => {
			course.lessons[0]!.cards.unshift({ id: 'one-film', kind: 'film' } as never);
			course.lessons[0]!.exercises.splice(1, 0, { id: 'one-e9', kind: 'drawing' } as never);
		});
		await her.app.courses.load();
		await her.app.downloads.update('demo');
		await open();
		expect(lesson().step).toMatchObject({ kind: 'card', card: { id: 'one-film', kind: 'later' } });
		toExercises();
		await lesson().answer(right(item()));
		lesson().forward();
		expect(lesson().step).toMatchObject({ item: { id: 'one-e9', kind: 'later' } });
		await lesson().answer('a');
		lesson().forward();
		while (lesson().step.kind === 'exercise') {
			await lesson().answer(right(item()));
			lesson().forward();
		}
		expect(lesson().result).toEqual({ right: 5, wrong: 0, of: 5 });
		expect(await answers()).toHaveLength(5);
	});

	test('runs on when the database refuses, and says where the answer is kept; it comes home when it can', async () => {
		await open();
		toExercises();
		disk.dead = true;
		await lesson().answer(right(item()));
		expect(lesson().mark?.right).toBe(true);
		expect(lesson().kept).toBe('mirror');
		lesson().forward();
		lesson().hold(['a']);
		disk.heal();
		await kill();
		expect(her.app.courses.answers).toMatchObject([{ item: 'one-e1', score: 1 }]);
		await open();
		expect(lesson()).toMatchObject({ step: { key: 'one-e2' }, half: ['a'] });
		await lesson().answer(right(item()));
		expect(lesson().kept).toBe('database');
		expect((await answers()).map(({ seq }) => seq).sort()).toEqual([1, 2]);
	});

	test('is opened from what is in memory when the database refuses', async () => {
		disk.dead = true;
		await open();
		expect(lesson().state).toBe('ready');
	});

	test('runs on when nothing can be kept at all, and asks again after a kill what was lost', async () => {
		await open();
		toExercises();
		disk.dead = true;
		const { setItem } = phone.localStorage;
		phone.localStorage.setItem = (name, value) => {
			if (name.includes('answer.')) throw new DOMException('', 'QuotaExceededError');
			setItem(name, value);
		};
		await lesson().answer(right(item()));
		expect(lesson()).toMatchObject({ kept: 'memory', mark: { right: true } });
		lesson().forward();
		phone.localStorage.setItem = setItem;
		disk.heal();
		await kill();
		await open();
		expect(lesson()).toMatchObject({ step: { key: 'one-e1' }, mark: undefined });
	});

	test('that is not on the phone says so', async () => {
		await her.app.lesson.open('demo', 'five');
		expect(lesson()).toMatchObject({ state: 'error', error: 'not-found' });
		await her.app.lesson.open('other-1', 'one');
		expect(lesson()).toMatchObject({ state: 'error', error: 'not-found' });
		await open();
		expect(lesson()).toMatchObject({ state: 'ready', error: undefined });
	});

	test('that was left before it was loaded stays closed, and the next one is the one that is shown', async () => {
		const first = open();
		lesson().close();
		await first;
		expect(lesson().state).toBe('closed');
		const again = open();
		lesson().close();
		await Promise.all([again, her.app.lesson.open('demo', 'two')]);
		expect(lesson()).toMatchObject({ state: 'ready', lesson: { id: 'two' } });
	});
});

const sitting = () => her.app.assessment;
async function sit(count = 12, response = right): Promise<void> {
	for (let at = 0; at < count; at++) {
		await sitting().answer(response(sitting().item!));
		sitting().forward();
	}
}

describe('a self-assessment', () => {
	beforeEach(() => her.app.assessment.open('demo'));

	test('draws twelve items, three of each outcome, and others the next time', async () => {
		await sitting().start();
		const first = sitting().sitting!.items;
		expect(first).toHaveLength(12);
		for (const outcome of ['see', 'ask', 'tell', 'mend']) expect(first.filter((one) => one.outcome === outcome)).toHaveLength(3);
		await sit();
		expect(sitting().sitting?.finished).toBe(true);
		await sitting().start();
		const ids = new Set(first.map(({ id }) => id));
		expect(sitting().sitting!.items.filter(({ id }) => ids.has(id))).toEqual([]);
	});

	test('gives a result by outcome, with what to repeat', async () => {
		await sitting().start();
		await sit(12, (one) => (one.outcome === 'ask' ? wrong(one) : right(one)));
		const points = sitting()
			.sitting!.items.filter(({ outcome }) => outcome === 'ask')
			.reduce((sum, one) => sum + mark(one, wrong(one)).score, 0);
		const serving = demoText().course.lessons.filter(({ exercises }) => exercises.some((one) => (one as Item).outcome === 'ask'));
		expect(sitting().results).toEqual(
			['see', 'ask', 'tell', 'mend'].map((outcome) =>
				expect.objectContaining({ outcome, of: 3, points: outcome === 'ask' ? points : 3, enough: outcome !== 'ask' })
			)
		);
		expect(sitting().results[1]!.lessons).toEqual(serving.map(({ id }) => id));
		expect(sitting().past).toEqual([{ id: sitting().sitting!.id, at: phone.now, points: 9 + points, of: 12 }]);
	});

	test('goes on in mid-sitting after a kill, with the half-made response and the marks so far', async () => {
		await sitting().start();
		const { items, id } = sitting().sitting!;
		for (let at = 0; at < 12; at++) {
			const half = wrong(items[at]!);
			sitting().hold(half);
			await kill();
			await her.app.assessment.open('demo');
			expect(sitting().sitting).toMatchObject({ id, at, finished: false });
			expect(sitting().half).toEqual(half);
			await sitting().answer(right(items[at]!));
			expect(sitting().mark?.right).toBe(true);
			if (at % 4 === 0) {
				await kill();
				await her.app.assessment.open('demo');
				expect(sitting()).toMatchObject({ answered: at + 1, mark: { right: true } });
			}
			sitting().forward();
		}
		expect(sitting().sitting?.finished).toBe(true);
		expect(await answers()).toHaveLength(12);
		await kill();
		await her.app.assessment.open('demo');
		expect(sitting().sitting).toBeUndefined();
		expect(sitting().past).toMatchObject([{ points: 12, of: 12 }]);
	});

	test('records one answer for a double tap, begins one sitting for a double tap, and keeps an answer that she goes back to', async () => {
		await Promise.all([sitting().start(), sitting().start()]);
		const first = sitting().item!;
		await Promise.all([sitting().answer(right(first)), sitting().answer(wrong(first))]);
		sitting().forward();
		sitting().back();
		await sitting().answer(wrong(first));
		sitting().hold(wrong(first));
		expect(sitting()).toMatchObject({ half: right(first), mark: { right: true } });
		expect(await answers()).toHaveLength(1);
		expect(await her.device.sittings.all()).toHaveLength(1);
	});

	test('does not count as exercises done, nor exercises as its points', async () => {
		await sitting().start();
		await sit();
		expect(her.app.courses.lessons.every(({ answered }) => answered === 0)).toBe(true);
		await open();
		toExercises();
		await lesson().answer(right(item()));
		await her.app.assessment.open('demo');
		expect(sitting().past[0]!.points).toBe(12);
	});

	test('runs on when the database refuses, and is there after a kill', async () => {
		await sitting().start();
		disk.dead = true;
		await sit(3);
		expect(sitting().kept).toBe('mirror');
		disk.heal();
		await kill();
		await her.app.assessment.open('demo');
		expect(sitting()).toMatchObject({ answered: 3, sitting: { at: 3 } });
	});

	test('asks no item of a kind that this app does not know', async () => {
		await shelf.publish(
			'demo',
			2,
			({ course }) =>
				void (course.assessment = course.assessment.map((one, at) => (at < 8 ? { id: one.id, kind: 'speech' } : one)) as never)
		);
		await her.app.courses.load();
		await her.app.downloads.update('demo');
		await her.app.assessment.open('demo');
		await sitting().start();
		expect(sitting().sitting!.items.filter((one) => !known(one))).toEqual([]);
		expect(sitting().of).toBe(12);
	});
});

const review = () => her.app.review;
/** Answers the first exercise of the first lesson. */
async function once(response: (item: Item) => Response): Promise<void> {
	await open();
	lesson().again();
	toExercises();
	await lesson().answer(response(item()));
	lesson().close();
}
const due = async () => (await review().load(), review().due);

describe('the review', () => {
	test('brings an item back after 1 day, and when it is right then after 3, 7, 21 and 21 days', async () => {
		await once(wrong);
		for (const days of [1, 3, 7, 21, 21]) {
			expect(await due()).toBe(0);
			expect(review().next).toBe(phone.now + days * day);
			phone.now += days * day - 1;
			expect(await due()).toBe(0);
			phone.now += 1;
			expect(await due()).toBe(1);
			await kill();
			await review().start();
			expect(review()).toMatchObject({ state: 'ready', of: 1, course: 'demo' });
			await review().answer(right(review().item!));
			expect(review().mark?.right).toBe(true);
			await review().forward();
			expect(review()).toMatchObject({ state: 'done', right: 1 });
		}
		expect(inOrder(await answers()).map(({ purpose }) => purpose)).toEqual(['exercise', ...Array(5).fill('review')]);
	});

	test('is there on the day after, also on a phone where the app was never closed', async () => {
		await once(wrong);
		expect(await due()).toBe(0);
		phone.now += day;
		her.focus();
		expect(review().due).toBe(1);
	});

	test('brings what was wrong back tomorrow, however well it went before', async () => {
		await once(right);
		phone.now += 3 * day;
		await review().load();
		await review().start();
		await Promise.all([review().answer(wrong(review().item!)), review().answer(right(review().item!))]);
		expect(review()).toMatchObject({ mark: { right: false }, right: 0, kept: 'database' });
		await review().forward();
		expect(review().next).toBe(phone.now + day);
		expect(await answers()).toHaveLength(2);
	});

	test('goes across all courses on the phone, each with its own words, and leaves alone those that are not here', async () => {
		await shelf.publish(
			'other-1',
			1,
			({ words, keys }) => void (words.en[keys.indexOf('one-e1.question')] = 'The question of the other course.')
		);
		await her.app.courses.load();
		await her.app.downloads.start('other-1', 'text');
		await once(wrong);
		await her.app.lesson.open('other-1', 'one');
		toExercises();
		await lesson().answer(wrong(item()));
		lesson().close();
		phone.now += day;
		expect(await due()).toBe(2);
		await review().start();
		const said = new Map<string, string>();
		while (review().state === 'ready') {
			said.set(review().course!, review().say(`${review().item!.id}.question`));
			await review().answer(right(review().item!));
			await review().forward();
		}
		expect([...said.keys()].sort()).toEqual(['demo', 'other-1']);
		expect(said.get('other-1')).toBe('The question of the other course.');
		expect(review()).toMatchObject({ right: 2, of: 2 });
		phone.now += 3 * day;
		await her.app.downloads.removeCourse('other-1');
		expect(await due()).toBe(1);
	});

	test('asks ten at most, the longest due first, and the rest after them', async () => {
		await her.app.assessment.open('demo');
		await sitting().start();
		const asked: string[] = [];
		for (let at = 0; at < 12; at++) {
			asked.push(sitting().item!.id);
			await sit(1, wrong);
			phone.now += 1000;
		}
		phone.now += day;
		expect(await due()).toBe(12);
		await review().start();
		expect(review().of).toBe(10);
		expect(review().item!.id).toBe(asked[0]);
		while (review().state === 'ready') {
			await review().answer(right(review().item!));
			await review().forward();
		}
		expect(await due()).toBe(2);
	});

	test('drops an item that an update changed, until it is answered as it is now', async () => {
		await once(wrong);
		phone.now += day;
		await shelf.publish('demo', 2, ({ identities }) => void (identities['one-e1'] = 'ffffffffffffffff'));
		await her.app.courses.load();
		await her.app.downloads.update('demo');
		expect(await due()).toBe(0);
	});

	test('does not lose its order when the clock of the phone is set back', async () => {
		await once(wrong);
		phone.now -= 2 * day;
		await once(right);
		phone.now += 2 * day;
		expect(await due()).toBe(0);
		expect(her.app.courses.lessons[0]).toMatchObject({ right: 1 });
		phone.now += 3 * day;
		expect(await due()).toBe(1);
	});

	test('is the same on two phones once each has the answers of the other', async () => {
		await once(wrong);
		const other = createPhone(shelf, 2);
		const there = await start(other);
		await there.app.downloads.start('demo', 'text');
		other.now = phone.now += day;
		await there.app.lesson.open('demo', 'two');
		while (there.app.lesson.step.kind !== 'exercise') there.app.lesson.forward();
		await there.app.lesson.answer(wrong(there.app.lesson.step.item as Item));
		await review().load();
		await review().start();
		await review().answer(right(review().item!));
		await her.device.answers.bring(await there.device.answers.all());
		await there.device.answers.bring(await her.device.answers.all());
		await Promise.all([her.app.courses.refresh(), there.app.courses.refresh()]);
		for (const days of [0, 1, 3]) {
			phone.now = other.now + days * day;
			await Promise.all([review().load(), there.app.review.load()]);
			expect(await due()).toBe([0, 1, 2][[0, 1, 3].indexOf(days)]);
			other.now = phone.now;
			await there.app.review.load();
			expect([there.app.review.due, there.app.review.next]).toEqual([review().due, review().next]);
			other.now -= days * day;
		}
	});

	test('says where the answer is kept when the database refuses', async () => {
		await once(wrong);
		phone.now += day;
		await review().load();
		await review().start();
		disk.dead = true;
		await review().answer(right(review().item!));
		expect(review()).toMatchObject({ kept: 'mirror', mark: { right: true } });
	});
});
