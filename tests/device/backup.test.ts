import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Answer } from '#core/answer.ts';
import type { Device } from '#device/index.ts';
import { createWorld, draft, type Phone } from './world.ts';

const place = { name: 'communication/listen', step: 'listen-c2', half: 'a', given: { 'listen-e1': 'b' }, repeats: ['listen-e1'], at: 5 };
const record = async ({ answers }: Device, count: number): Promise<Answer[]> => {
	const made: Answer[] = [];
	for (let n = 0; n < count; n++) made.push((await answers.record(draft({ response: `r${n}` }))).answer);
	return made;
};
const ids = (answers: Answer[]) => answers.map(({ id }) => id).sort();

/** Everything of hers that a phone holds, to be compared. */
async function all(device: Device) {
	const { answers, places, sittings, preferences } = await device.backup.everything();
	return { answers: answers.sort((a, b) => (a.id < b.id ? -1 : 1)), places, sittings, preferences, tally: await device.outbox.tally() };
}

async function learning(device: Device, count = 4): Promise<Answer[]> {
	const made = await record(device, count);
	await device.places.save(place);
	const sitting = { id: made[0]!.id, course: 'communication', items: ['listen-e1'], step: 0, begun: 5, at: 5, finished: false };
	await device.sittings.save(sitting);
	device.preferences.write({ locale: 'pl', size: '3' });
	return made;
}

const seal = (content: string, more: object = {}) =>
	JSON.stringify({ passport: 'copy', version: 1, sha256: createHash('sha256').update(content).digest('hex'), content, ...more });

describe('a saved copy', () => {
	test('brings everything back to the same phone after all was deleted', async () => {
		const { device, phone, tab } = await createWorld();
		await learning(device);
		const before = await all(device);
		const { learner } = await device.learner.who();
		const copy = await device.backup.copy();
		await device.backup.erase();
		tab.kill();
		const { device: again } = phone.open();
		expect(await again.backup.restore(copy)).toBe(4);
		expect(await all(again)).toEqual(before);
		expect((await again.learner.who()).learner).toBe(learner);
	});

	test('brings everything to another phone, which is hers from then on, with a number and a key of its own', async () => {
		const { device, another } = await createWorld();
		await learning(device);
		const { device: second } = another().open();
		await second.backup.restore(await device.backup.copy());
		expect(await all(second)).toEqual(await all(device));
		const [one, two] = [await device.learner.who(), await second.learner.who()];
		expect(two.learner).toBe(one.learner);
		expect(two.device).not.toBe(one.device);
		expect(await second.learner.publicKey()).not.toEqual(await device.learner.publicKey());
	});

	test('brings nothing a second time', async () => {
		const { device, another } = await createWorld();
		await learning(device);
		const copy = await device.backup.copy();
		expect(await device.backup.restore(copy)).toBe(0);
		const { device: second } = another().open();
		expect(await second.backup.restore(copy)).toBe(4);
		const once = await all(second);
		expect(await second.backup.restore(copy)).toBe(0);
		expect(await all(second)).toEqual(once);
	});

	test('adds to what the phone has, and takes nothing away', async () => {
		const { device } = await createWorld();
		await learning(device, 2);
		const copy = await device.backup.copy();
		const later = await record(device, 3);
		await device.places.save({ ...place, step: 'listen-c5', at: 9 });
		device.preferences.write({ size: '2' });
		expect(await device.backup.restore(copy)).toBe(0);
		expect(ids(await device.answers.all())).toEqual(expect.arrayContaining(ids(later)));
		expect((await device.answers.all()).length).toBe(5);
		expect((await device.places.get(place.name))!.step).toBe('listen-c5');
		expect(device.preferences.read()).toMatchObject({ size: '2', locale: 'pl' });
	});

	test('of somebody else adds answers that are shown, but neither counted as hers nor sent', async () => {
		const { device, another } = await createWorld();
		const own = await record(device, 2);
		const { device: other } = another().open();
		await record(other, 3);
		const { learner } = await device.learner.who();
		expect(await device.backup.restore(await other.backup.copy())).toBe(3);
		expect((await device.learner.who()).learner).toBe(learner);
		expect((await device.answers.all()).length).toBe(5);
		expect(ids(await device.outbox.waiting(9))).toEqual(ids(own));
		expect(await device.outbox.tally()).toMatchObject({ of: 2, waiting: 2 });
	});

	test('holds what was put aside when the database refused, and can be saved without a database', async () => {
		const { device, phone, another } = await createWorld();
		const made = await record(device, 2);
		phone.storage = 'broken';
		made.push(...(await record(device, 2)));
		const copy = await device.backup.copy();
		const { device: second } = another().open();
		expect(await second.backup.restore(copy)).toBe(4);
		expect(ids(await second.answers.all())).toEqual(ids(made));
	});

	test('does not decide what leaves the phone: sending stays as it was', async () => {
		const { device, another } = await createWorld();
		await learning(device);
		device.preferences.write({ sync: 'on' });
		const copy = await device.backup.copy();
		const { device: second } = another().open();
		await second.backup.restore(copy);
		expect(second.preferences.read().sync).toBeUndefined();
	});

	test('carries neither the number nor the key of the phone', async () => {
		const { device } = await createWorld();
		await device.learner.publicKey();
		const { device: number } = await device.learner.who();
		const copy = await device.backup.copy();
		expect(copy).not.toContain(number);
		expect(copy).not.toMatch(/CryptoKey|"d"/);
	});
});

describe('a file that is no saved copy is refused, and nothing changes', () => {
	const content = { learner: '00000000-0000-4000-8000-000000000000', at: 1, answers: [], places: [], sittings: [], preferences: {} };
	test.each([
		['not JSON', 'copy', () => 'once upon a time'],
		['nothing', 'copy', () => ''],
		['another JSON', 'copy', () => '{"name":"package","version":1}'],
		['a list', 'copy', () => '[]'],
		['null', 'copy', () => 'null'],
		[
			'with a wrong sum',
			'copy',
			(copy: string) => copy.replace(/"sha256":"./, (start) => start.slice(0, -1) + (start.endsWith('0') ? '1' : '0'))
		],
		['with one letter changed', 'copy', (copy: string) => copy.replace('communication', 'communicatiom')],
		['cut short', 'copy', (copy: string) => copy.slice(0, -20)],
		['cut in half', 'copy', (copy: string) => copy.slice(0, copy.length / 2)],
		['huge', 'copy', (copy: string) => copy + ' '.repeat(20_000_001)],
		['of a newer app', 'newer', () => seal('{"everything":"else"}', { version: 2 })],
		['of a newer app, with more in it', 'newer', (copy: string) => JSON.stringify({ ...JSON.parse(copy), version: 7, seal: true })],
		['with a version that is none', 'copy', () => seal(JSON.stringify(content), { version: 0 })],
		['with a sum that is right and a content that is none', 'copy', () => seal('[]')],
		['with a content that is not JSON', 'copy', () => seal('{')],
		['with an answer that is none', 'copy', () => seal(JSON.stringify({ ...content, answers: [{ id: 7 }] }))]
	])('%s: %s', async (_, code, make) => {
		const { device, another } = await createWorld();
		await learning(device);
		const before = await all(device);
		const text = make(await device.backup.copy());
		await expect(device.backup.restore(text)).rejects.toMatchObject({ name: 'AppError', code });
		expect(await all(device)).toEqual(before);
		const { device: blank } = another().open();
		const numbers = await blank.learner.who();
		await expect(blank.backup.restore(text)).rejects.toMatchObject({ code });
		expect(await blank.learner.who()).toEqual(numbers);
		expect((await all(blank)).answers).toEqual([]);
	});

	test('a copy that finds no room on the phone: she is told, and can try again', async () => {
		const { device, another } = await createWorld();
		await learning(device);
		const copy = await device.backup.copy();
		const phone = another();
		const { device: second } = phone.open();
		await second.learner.who();
		phone.storage = 'full';
		await expect(second.backup.restore(copy)).rejects.toMatchObject({ code: 'storage-full' });
		phone.storage = 'fine';
		expect(await second.backup.restore(copy)).toBe(4);
		expect(await all(second)).toEqual(await all(device));
	});
});

describe('delete everything', () => {
	const left = async (phone: Phone) => ({
		databases: (await phone.disk.databases()).map(({ name }) => name),
		storage: [...phone.entries.keys()]
	});

	test('leaves no database and no storage', async () => {
		const { device, phone } = await createWorld();
		await learning(device);
		await device.learner.publicKey();
		await device.preferences.keep();
		expect(await left(phone)).toEqual({ databases: ['passport'], storage: expect.arrayContaining(['passport.settings']) });
		await device.backup.erase();
		expect(await left(phone)).toEqual({ databases: [], storage: [] });
	});

	test('also when the app is open in another tab, which begins anew', async () => {
		const { device, phone } = await createWorld();
		const { device: other } = phone.open();
		await learning(device);
		const before = await other.learner.who();
		await other.answers.all();
		await device.backup.erase();
		expect(await left(phone)).toEqual({ databases: [], storage: [] });
		expect(await other.answers.all()).toEqual([]);
		expect((await other.learner.who()).learner).not.toBe(before.learner);
	});

	test('says so when the phone refuses', async () => {
		const { device, phone } = await createWorld();
		await learning(device);
		phone.storage = 'broken';
		await expect(device.backup.erase()).rejects.toMatchObject({ code: 'storage' });
	});

	test('what she does next is a first start', async () => {
		const { device, phone } = await createWorld();
		await learning(device);
		const before = await device.learner.who();
		await device.backup.erase();
		const { answer } = await device.answers.record(draft());
		expect(answer.seq).toBe(1);
		expect(answer.learner).not.toBe(before.learner);
		expect(answer.device).not.toBe(before.device);
		expect(device.preferences.read()).toEqual({});
		expect(await phone.open().device.answers.all()).toEqual([answer]);
	});
});
