import { describe, expect, test } from 'vitest';
import type { Answer } from '#core/answer.ts';
import type { Device } from '#device/index.ts';
import { createWorld, day, draft, until } from './world.ts';

const record = async ({ answers }: Device, count: number): Promise<Answer[]> => {
	const made: Answer[] = [];
	for (let n = 0; n < count; n++) made.push((await answers.record(draft({ response: `r${n}` }))).answer);
	return made;
};
const ids = (answers: Answer[]) => answers.map(({ id }) => id).sort();
const counters = (answers: Answer[]) => answers.map(({ seq }) => seq).sort((a, b) => a - b);
const upTo = (last: number) => Array.from({ length: last }, (_, at) => at + 1);
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an answer and its place in the outbox', () => {
	test('are there together when the answer is kept', async () => {
		const { device } = await createWorld();
		const { answer, kept } = await device.answers.record(draft());
		expect(kept).toBe('database');
		expect(await device.answers.all()).toEqual([answer]);
		expect(await device.outbox.waiting(9)).toEqual([answer]);
		expect(await device.outbox.tally()).toEqual({ of: 1, waiting: 1, refused: 0, own: 0 });
	});

	test('are there together or not at all, whenever the browser is killed', async () => {
		const { another } = await createWorld();
		const found = new Set<number>();
		for (let turns = 0; turns < 40; turns++) {
			const phone = another();
			const tab = phone.open();
			await tab.device.learner.who();
			void tab.device.answers.record(draft());
			for (let at = 0; at < turns; at++) await turn();
			tab.kill();
			const { device } = phone.open();
			const { of, waiting } = await device.outbox.tally();
			expect(waiting).toBe(of);
			found.add(of);
			await device.answers.repair();
			const { answer } = await device.answers.record(draft());
			expect(answer.seq).toBe(of + 1);
			expect(await device.outbox.tally()).toMatchObject({ of: of + 1, waiting: of + 1 });
		}
		expect([...found].sort()).toEqual([0, 1]); // both happened: the test looked at the moments in between
	});

	test('are made for answers of a saved copy too, each once', async () => {
		const { device, another } = await createWorld();
		const made = await record(another().open().device, 3);
		expect(await device.answers.add(made, () => true)).toBe(3);
		expect(await device.answers.add(made, () => true)).toBe(0);
		expect(ids(await device.answers.all())).toEqual(ids(made));
	});
});

describe('when the database refuses', () => {
	test.each([
		{ storage: 'full', mirrorFull: false, kept: 'mirror', after: 'comes back after a restart' },
		{ storage: 'broken', mirrorFull: false, kept: 'mirror', after: 'comes back after a restart' },
		{ storage: 'full', mirrorFull: true, kept: 'memory', after: 'comes back while the tab lives' },
		{ storage: 'broken', mirrorFull: true, kept: 'memory', after: 'comes back while the tab lives' }
	] as const)('$storage, localStorage full: $mirrorFull: the answer is kept in the $kept, and she is told', async (given) => {
		const { device, phone, tab } = await createWorld();
		const [first] = await record(device, 1);
		Object.assign(phone, { storage: given.storage, mirrorFull: given.mirrorFull });
		const { answer, kept } = await device.answers.record(draft());
		expect(kept).toBe(given.kept);
		if (given.storage === 'full' || !given.mirrorFull) expect(ids(await device.answers.all())).toEqual(ids([first!, answer]));
		Object.assign(phone, { storage: 'fine', mirrorFull: false });
		let there = device;
		if (kept === 'mirror') {
			tab.kill();
			there = phone.open().device;
			expect(await there.answers.repair()).toBe(1);
		} else await there.answers.repair();
		expect(ids(await there.answers.all())).toEqual(ids([first!, answer]));
		expect(ids(await there.outbox.waiting(9))).toEqual(ids([first!, answer]));
		expect(there.answers.aside()).toEqual([]);
	});

	test('it is tried again with the next answer, which brings the earlier ones along', async () => {
		const { device, phone } = await createWorld();
		phone.storage = 'full';
		const aside = await record(device, 3);
		expect(device.answers.aside()).toEqual(aside);
		phone.storage = 'fine';
		const [last] = await record(device, 1);
		expect(device.answers.aside()).toEqual([]);
		expect(ids(await device.outbox.waiting(9))).toEqual(ids([...aside, last!]));
		expect(counters(await device.answers.all())).toEqual([1, 2, 3, 4]);
	});

	test('an answer that is given while the earlier ones are brought back is not forgotten', async () => {
		const { another } = await createWorld();
		for (let turns = 0; turns < 40; turns++) {
			const phone = another();
			const { device } = phone.open();
			Object.assign(phone, { storage: 'full', mirrorFull: true });
			const made = await record(device, 1);
			phone.storage = 'fine';
			const repairing = device.answers.repair();
			for (let at = 0; at < turns; at++) await turn();
			phone.storage = 'broken';
			made.push(...(await record(device, 1)));
			phone.storage = 'fine';
			await repairing;
			await device.answers.repair();
			expect(ids(await device.answers.all())).toEqual(ids(made));
			expect(ids(await device.outbox.waiting(9))).toEqual(ids(made));
		}
	});

	test('she can read her answers, and go on, without any storage at all', async () => {
		const { device, phone } = await createWorld();
		Object.assign(phone, { storage: 'broken', mirrorFull: true });
		const made = await record(device, 3);
		expect(ids(await device.answers.all())).toEqual(ids(made));
		expect(counters(made)).toEqual([1, 2, 3]);
		await expect(device.outbox.tally()).rejects.toMatchObject({ code: 'storage' });
	});

	test('answers that were given before the phone could say who she is are hers when it can', async () => {
		const { device, phone, tab } = await createWorld();
		const known = await record(device, 2);
		tab.kill();
		phone.emptyStorage();
		Object.assign(phone, { storage: 'broken', mirrorFull: true });
		const { device: later } = phone.open();
		await record(later, 2);
		Object.assign(phone, { storage: 'fine', mirrorFull: false });
		await later.answers.repair();
		expect(await later.learner.who()).toEqual({ learner: known[0]!.learner, device: known[0]!.device });
		expect(await later.outbox.tally()).toMatchObject({ of: 4, waiting: 4 });
		expect(counters(await later.answers.all())).toEqual([1, 2, 3, 4]);
		expect(await phone.open().device.outbox.tally()).toMatchObject({ of: 4, waiting: 4 });
	});

	test('what was refused for want of room is called storage-full, what the phone refuses is called storage', async () => {
		const { device, phone } = await createWorld();
		const [one] = await record(device, 1);
		phone.storage = 'full';
		await expect(device.answers.add([{ ...one!, id: one!.id.replace(/^./, 'f') }], () => true)).rejects.toMatchObject({
			code: 'storage-full'
		});
		phone.storage = 'broken';
		await expect(device.outbox.waiting(9)).rejects.toMatchObject({ code: 'storage' });
	});
});

describe('when a store is lost', () => {
	test('a deleted database is filled from localStorage, and every answer waits to be sent', async () => {
		const { device, phone, tab } = await createWorld();
		const made = await record(device, 5);
		const { learner } = await device.learner.who();
		tab.kill();
		phone.loseDatabase();
		const { device: again } = phone.open();
		expect(await again.answers.repair()).toBe(5);
		expect(ids(await again.answers.all())).toEqual(ids(made));
		expect(await again.outbox.tally()).toMatchObject({ of: 5, waiting: 5 });
		expect((await again.learner.who()).learner).toBe(learner);
		expect(await again.answers.repair()).toBe(0);
	});

	test('a database that is deleted while the app is open is filled again', async () => {
		const { device, phone } = await createWorld();
		const made = await record(device, 3);
		let gone = false;
		phone.disk.deleteDatabase('passport').addEventListener('success', () => (gone = true));
		await until(() => gone);
		made.push(...(await record(device, 1)));
		await device.answers.repair();
		expect(ids(await device.answers.all())).toEqual(ids(made));
		expect(counters(await device.answers.all())).toEqual([1, 2, 3, 4]);
	});

	test('an emptied localStorage is filled from the database, and saves her when that is lost next', async () => {
		const { device, phone, tab } = await createWorld();
		const made = await record(device, 4);
		const before = new Map(phone.entries);
		tab.kill();
		phone.emptyStorage();
		const second = phone.open();
		await second.device.answers.repair();
		expect(new Map([...phone.entries].sort())).toEqual(new Map([...before].sort()));
		second.kill();
		phone.loseDatabase();
		const { device: third } = phone.open();
		expect(await third.answers.repair()).toBe(4);
		expect(ids(await third.answers.all())).toEqual(ids(made));
	});

	test('both lost is a first start: nothing fails, and nothing is left of her', async () => {
		const { device, phone, tab } = await createWorld();
		await record(device, 2);
		const before = await device.learner.who();
		tab.kill();
		phone.loseDatabase();
		phone.emptyStorage();
		const { device: again } = phone.open();
		expect(await again.answers.repair()).toBe(0);
		expect(await again.answers.all()).toEqual([]);
		const after = await again.learner.who();
		expect(after.learner).not.toBe(before.learner);
		expect(after.device).not.toBe(before.device);
		expect((await again.answers.record(draft())).answer.seq).toBe(1);
	});

	test('her place in a lesson and her sitting survive the loss of either store', async () => {
		const { device, phone, tab } = await createWorld();
		const place = { name: 'communication/listen', step: 'listen-c2', half: 'a', given: {}, repeats: [], at: 5 };
		const sitting = {
			id: (await device.learner.who()).device,
			course: 'communication',
			items: ['a'],
			step: 0,
			begun: 5,
			at: 5,
			finished: false
		};
		await device.places.save(place);
		await device.sittings.save(sitting);
		tab.kill();
		phone.loseDatabase();
		const second = phone.open();
		await Promise.all([second.device.places.repair(), second.device.sittings.repair()]);
		second.kill();
		phone.emptyStorage();
		const { device: third } = phone.open();
		expect(await third.places.all()).toEqual([place]);
		expect(await third.sittings.all()).toEqual([sitting]);
	});

	test('of a place that was kept twice the newer one counts', async () => {
		const { device, phone } = await createWorld();
		const place = { name: 'communication/listen', step: 'one', given: {}, repeats: [], at: 5 };
		await device.places.save(place);
		phone.storage = 'broken';
		await device.places.save({ ...place, step: 'two', at: 6 });
		phone.storage = 'fine';
		expect((await device.places.get(place.name))!.step).toBe('two');
		await device.places.bring([{ ...place, step: 'old', at: 4 }]);
		expect((await device.places.get(place.name))!.step).toBe('two');
	});

	test.each([
		['no JSON', '{"id":'],
		['another thing', '{"id":7}'],
		['nothing', 'null'],
		['an empty text', '']
	])('a damaged answer in localStorage (%s) is passed over, the others are brought back', async (_, text) => {
		const { device, phone, tab } = await createWorld();
		const made = await record(device, 3);
		tab.kill();
		phone.loseDatabase();
		phone.entries.set(`passport.answer.${made[1]!.id}`, text);
		const { device: again } = phone.open();
		expect(await again.answers.repair()).toBe(2);
		expect(ids(await again.answers.all())).toEqual(ids([made[0]!, made[2]!]));
	});

	test('a damaged answer in localStorage is mended from the database', async () => {
		const { device, phone } = await createWorld();
		const [one] = await record(device, 1);
		phone.entries.set(`passport.answer.${one!.id}`, '{');
		await device.answers.repair();
		expect(JSON.parse(phone.entries.get(`passport.answer.${one!.id}`)!)).toEqual(one);
	});

	test('damaged numbers, counters and choices in localStorage change nothing while the database is there', async () => {
		const { device, phone, tab } = await createWorld();
		await record(device, 2);
		const before = await device.learner.who();
		tab.kill();
		for (const name of phone.entries.keys()) if (!name.startsWith('passport.answer.')) phone.entries.set(name, '"?"');
		phone.entries.set('passport.settings', '[');
		const { device: again } = phone.open();
		expect(await again.learner.who()).toEqual(before);
		expect(again.preferences.read()).toEqual({});
		expect((await record(again, 1))[0]!.seq).toBe(3);
	});
});

describe('the counter of a phone has no gap and repeats no number', () => {
	test('over two tabs that answer at once', async () => {
		const { device, phone } = await createWorld();
		const { device: other } = phone.open();
		await Promise.all([record(device, 10), record(other, 10)]);
		const all = await device.answers.all();
		expect(counters(all)).toEqual(upTo(20));
		expect(new Set(all.map((answer) => answer.device)).size).toBe(1);
	});

	test('over two tabs of which the database fails now and then', async () => {
		const { device, phone } = await createWorld();
		const { device: other } = phone.open();
		for (let n = 0; n < 12; n++) {
			phone.storage = n % 3 === 1 ? 'full' : n % 3 === 2 ? 'broken' : 'fine';
			await record(n % 2 ? device : other, 1);
		}
		phone.storage = 'fine';
		await Promise.all([device.answers.repair(), other.answers.repair()]);
		expect(counters(await device.answers.all())).toEqual(upTo(12));
	});

	test('over two tabs of which one could keep its answers nowhere', async () => {
		const { device, phone } = await createWorld();
		const { device: other } = phone.open();
		Object.assign(phone, { storage: 'full', mirrorFull: true });
		await record(device, 2);
		Object.assign(phone, { storage: 'fine', mirrorFull: false });
		await record(other, 2);
		await device.answers.repair();
		expect(counters(await device.answers.all())).toEqual(upTo(4));
		expect(counters(await other.outbox.waiting(9))).toEqual(upTo(4));
	});

	test('over a restart, a repair of either store, and a clock that was set back', async () => {
		const { phone, tab } = await createWorld();
		await record(tab.device, 3);
		tab.kill();
		phone.skew = -400 * day;
		phone.emptyStorage();
		const second = phone.open();
		await second.device.answers.repair();
		await record(second.device, 2);
		second.kill();
		phone.skew = 0;
		const { device } = phone.open();
		await record(device, 1);
		expect(counters(await device.answers.all())).toEqual(upTo(6));
	});

	test('after localStorage was emptied and filled, and the database refuses', async () => {
		const { phone, tab } = await createWorld();
		await record(tab.device, 3);
		tab.kill();
		phone.emptyStorage();
		const { device } = phone.open();
		await device.answers.repair();
		phone.storage = 'broken';
		await record(device, 1);
		phone.storage = 'fine';
		await record(device, 1);
		expect(counters(await device.answers.all())).toEqual(upTo(5));
	});

	test('after localStorage was emptied while the app is open, and the database is full', async () => {
		const { device, phone } = await createWorld();
		await record(device, 3);
		phone.emptyStorage();
		phone.storage = 'full';
		await record(device, 2);
		phone.storage = 'fine';
		await record(device, 1);
		expect(counters(await device.answers.all())).toEqual(upTo(6));
	});

	test('begins anew with a new number of the phone when its key was lost', async () => {
		const { device, phone, tab } = await createWorld();
		const [old] = await record(device, 3);
		tab.kill();
		phone.loseDatabase();
		const { device: again } = phone.open();
		await again.answers.repair();
		const [fresh] = await record(again, 1);
		expect(fresh!.device).not.toBe(old!.device);
		expect(fresh!.seq).toBe(1);
		await again.outbox.adopt();
		expect(counters(await again.outbox.waiting(9))).toEqual(upTo(4));
		expect(new Set((await again.outbox.waiting(9)).map((answer) => answer.device))).toEqual(new Set([fresh!.device]));
	});
});
