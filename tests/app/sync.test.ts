import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createI18n } from '#app/i18n.svelte.ts';
import { createApp } from '#app/index.ts';
import { createSync, type Sync } from '#app/sync.svelte.ts';
import type { Answer } from '#core/answer.ts';
import type { Device } from '#device/index.ts';
import {
	changed,
	createWorld,
	day,
	draft,
	loginPage,
	lostReply,
	lostRequest,
	minute,
	pushed,
	reply,
	second,
	silence,
	twice,
	until,
	type Fault,
	type World
} from '../device/world.ts';

async function record(device: Device, count: number, part: Partial<Answer> = {}): Promise<Answer[]> {
	const made: Answer[] = [];
	for (let n = 0; n < count; n++) made.push((await device.answers.record(draft({ response: `r${n}`, ...part }))).answer);
	return made;
}
const byId = (answers: Answer[]) => answers.toSorted((a, b) => (a.id < b.id ? -1 : 1));
const ids = (answers: Answer[]) => answers.map(({ id }) => id).sort();
const held = async ({ endpoint }: World, learner: string) => byId(await endpoint.answers(learner));
const pushes = ({ line }: World) => line.log.filter((asked) => asked === 'POST /v1/push').length;
/** A world in which she has given some answers and not yet sent them. */
async function given(count: number) {
	const world = await createWorld();
	const answers = await record(world.device, count);
	const { learner } = await world.device.learner.who();
	return { ...world, world, answers, learner, sync: createSync(world.device) };
}

/** All of these are at the endpoint, each once with the same content, and the phone says so. */
async function safe(world: World, sync: Sync, answers: Answer[]): Promise<void> {
	await sync.count();
	expect(await held(world, answers[0]!.learner)).toEqual(byId(answers));
	expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting }).toEqual({ safe: answers.length, of: answers.length, waiting: 0 });
	expect(sync.error).toBeUndefined();
}

/** One more phone of hers: it has the saved copy of the first. */
async function otherPhone(world: World) {
	const phone = world.another();
	const tab = phone.open();
	await tab.device.backup.restore(await world.device.backup.copy());
	return { phone, tab, device: tab.device, sync: createSync(tab.device) };
}

const app = async (device: Device) => createApp(device, await createI18n('en', (locale) => device.preferences.write({ locale })));

describe('as long as it is off', () => {
	test('no request is made, whatever is called and however much time goes by', async () => {
		const { device, line, phone, pass } = await createWorld();
		const built = await app(device);
		await record(device, 3);
		await built.start();
		for (const event of ['online', 'visibilitychange']) phone.events.dispatchEvent(new Event(event));
		await built.sync.send();
		await built.sync.count();
		built.sync.took();
		built.sync.afterActivity();
		built.sync.turnOff();
		built.settings.set({ theme: 'dark' });
		await built.data.see();
		await built.data.restore(new Blob([await device.backup.copy()]));
		await built.data.space();
		for (let n = 0; n < 4; n++) {
			pass(5 * minute);
			await until(() => phone.waits.length === 1);
		}
		expect(line.log).toEqual([]);
		expect({ on: built.sync.on, state: built.sync.state, waiting: built.sync.waiting }).toEqual({ on: false, state: 'off', waiting: 3 });
		built.stop();
	});

	test('it stays off when localStorage was emptied, also if it had been on', async () => {
		const { world, device, phone, tab, line } = await given(2);
		const built = await app(device);
		await built.sync.turnOn();
		built.settings.set({ theme: 'dark' });
		await until(async () => !!(await device.database.use((db) => db.settings.get('preferences'))));
		built.sync.turnOff();
		await until(async () => (await preferencesKept(device))?.sync !== 'on');
		tab.kill();
		phone.emptyStorage();
		const sent = line.log.length;
		const { device: again } = phone.open();
		const next = await app(again);
		await record(again, 1);
		await next.start();
		expect(next.sync.on).toBe(false);
		expect(next.settings.theme).toBe('dark');
		expect(world.line.log.length).toBe(sent);
		next.stop();
	});

	test('it stays on when localStorage was emptied', async () => {
		const { device, phone, tab } = await given(2);
		const built = await app(device);
		await built.sync.turnOn();
		await until(async () => (await preferencesKept(device))?.sync === 'on');
		tab.kill();
		phone.emptyStorage();
		const next = await app(phone.open().device);
		await next.start();
		expect(next.sync.on).toBe(true);
		next.stop();
	});

	test('it can be turned off although localStorage is full', async () => {
		const { sync, device, phone, line } = await given(1);
		await sync.turnOn();
		phone.mirrorFull = true;
		sync.turnOff();
		const sent = line.log.length;
		await record(device, 1);
		await sync.send();
		expect(sync.on).toBe(false);
		const { device: other } = phone.open();
		await createSync(other).send();
		expect(line.log.length).toBe(sent);
	});
});
const preferencesKept = async (device: Device) =>
	(await device.database.use((db) => db.settings.get('preferences')))?.value as { sync?: string } | undefined;

describe('when it is on', () => {
	test('every answer is sent once, a receipt is kept, and all are safe', async () => {
		const { world, sync, answers, device, line } = await given(3);
		await sync.turnOn();
		await safe(world, sync, answers);
		expect(line.log).toEqual(['POST /v1/enrol', 'POST /v1/push', 'GET /v1/pull']);
		expect(sync.state).toBe('idle');
		expect(sync.lastSafe).toBe(Date.now());
		expect(await device.outbox.tally()).toEqual({ of: 3, waiting: 0, refused: 0, own: 3 });
		await sync.send();
		await sync.send();
		expect(line.log.length).toBe(3);
	});

	test('many answers go in batches, the oldest first', async () => {
		const { world, sync, answers, line } = await given(120);
		const sizes: number[] = [];
		line.always = async (request, carry) => {
			const list = await pushed(request);
			if (list.length) sizes.push(list.length);
			return carry(request);
		};
		await sync.turnOn();
		await safe(world, sync, answers);
		expect(sizes).toEqual([50, 50, 20]);
		expect((await world.endpoint.answers(answers[0]!.learner)).map(({ seq }) => seq)).toEqual(answers.map(({ seq }) => seq));
	});

	test('an answer that is given while others are sent goes along', async () => {
		const { world, sync, answers, device, line } = await given(1);
		const hold = line.held();
		line.next(hold.fault);
		const sending = sync.turnOn();
		await hold.reached;
		answers.push(...(await record(device, 1)));
		sync.took();
		sync.afterActivity();
		expect(sync.state).toBe('sending');
		hold.release();
		await sending;
		await safe(world, sync, answers);
	});

	test('it is sent at the start, when the network comes back, when she comes back, and every five minutes, until the app ends', async () => {
		const { world, sync, answers, device, phone, pass } = await given(1);
		device.preferences.write({ sync: 'on' });
		await sync.start();
		const next = async (happens: () => void) => {
			answers.push(...(await record(device, 1)));
			happens();
			await until(() => sync.state === 'sending');
			await until(() => sync.state === 'idle');
			await safe(world, sync, answers);
		};
		await safe(world, sync, answers);
		await next(() => void phone.events.dispatchEvent(new Event('online')));
		await next(() => void phone.events.dispatchEvent(new Event('visibilitychange')));
		await next(() => pass(5 * minute));
		await next(() => pass(5 * minute));
		sync.stop();
		expect(phone.waits).toEqual([]);
		const sent = world.line.log.length;
		phone.events.dispatchEvent(new Event('online'));
		pass(5 * minute);
		expect(world.line.log.length).toBe(sent);
	});

	test('the request carries nothing but what the wire lists: no clear name of the phone, no cookie, no referrer of her page', async () => {
		const { sync, line } = await given(1);
		const seen = new Set<string>();
		line.always = (request, carry) => {
			for (const name of request.headers.keys()) seen.add(name);
			return carry(request);
		};
		await sync.turnOn();
		expect([...seen].sort()).toEqual(['content-digest', 'content-encoding', 'content-type', 'signature', 'signature-input']);
	});
});

const refusal = (status: number, error: string, headers = {}): Fault => reply(status, JSON.stringify({ error, now: Date.now() }), headers);

describe('what goes wrong on the way loses nothing', () => {
	test.each<[string, () => Fault, string]>([
		['answers 500', () => reply(500, 'oops'), 'server'],
		['answers 503', () => refusal(503, 'server'), 'server'],
		['answers 429', () => reply(429), 'server'],
		['answers 502 with a page of a proxy', () => reply(502, '<html>', { 'content-type': 'text/html' }), 'server'],
		['is not there (404)', () => reply(404, 'not found'), 'not-found'],
		['does not know the path', () => refusal(404, 'not-found'), 'not-found'],
		['asks for a newer app', () => reply(426, '{"min":2}'), 'newer'],
		['is hidden by the login page of a hotspot', () => loginPage, 'server'],
		['answers 200 with another JSON', () => reply(200, '{"ok":true}'), 'server'],
		['answers 204', () => async () => new Response(null, { status: 204 }), 'server'],
		['is never reached', () => lostRequest, 'offline'],
		['is reached, but its reply is lost', () => lostReply, 'offline']
	])('the endpoint %s', async (_, fault, code) => {
		const { world, sync, answers, device, line, phone, pass } = await given(3);
		line.always = fault();
		await sync.turnOn();
		for (let failure = 1; failure < 4; failure++) {
			expect({ state: sync.state, error: sync.error, on: sync.on }).toEqual({ state: 'waiting', error: code, on: true });
			expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting }).toEqual({ safe: 0, of: 3, waiting: 3 });
			expect(phone.waits.length).toBe(1);
			expect(phone.waits[0]).toBeGreaterThanOrEqual(0);
			expect(phone.waits[0]).toBeLessThanOrEqual(2 ** failure * second);
			pass(phone.waits[0]! + 1);
			await until(() => sync.state === 'waiting' && phone.waits.length === 1);
		}
		answers.push(...(await record(device, 1)));
		line.mend();
		pass(16 * second);
		await until(() => sync.state === 'idle');
		await safe(world, sync, answers);
		expect(phone.waits).toEqual([]);
	});

	test('the endpoint says nothing: after a minute it is given up, and tried again', async () => {
		const { world, sync, answers, line, phone, pass } = await given(2);
		line.next(silence);
		const sending = sync.turnOn();
		await until(() => line.log.length === 1);
		pass(59 * second);
		expect(sync.state).toBe('sending');
		pass(second);
		await sending;
		expect({ state: sync.state, error: sync.error }).toEqual({ state: 'waiting', error: 'timeout' });
		pass(phone.waits[0]! + 1);
		await until(() => sync.state === 'idle');
		await safe(world, sync, answers);
	});

	test('a request that comes twice, or late, counts once', async () => {
		const { world, sync, answers, device, line } = await given(3);
		line.always = twice;
		await sync.turnOn();
		await safe(world, sync, answers);
		line.mend();
		line.next(line.late);
		answers.push(...(await record(device, 2)));
		await sync.send();
		await sync.send();
		await line.arrive();
		await sync.send();
		await safe(world, sync, answers);
	});

	test('it waits longer each time, five minutes at most, and begins anew after a success', async () => {
		const { sync, line, device, phone, pass } = await given(1);
		line.always = lostRequest;
		await sync.turnOn();
		const waits: number[] = [];
		for (let n = 1; n <= 14; n++) {
			waits.push(phone.waits[0]!);
			expect(phone.waits[0]).toBeLessThanOrEqual(Math.min(2 ** n * second, 5 * minute));
			pass(phone.waits[0]! + 1);
			await until(() => sync.state === 'waiting' && phone.waits.length === 1 && line.log.length > n);
		}
		expect(Math.max(...waits)).toBeGreaterThan(minute);
		line.mend();
		await sync.send();
		expect(phone.waits).toEqual([]);
		await record(device, 1);
		line.always = lostRequest;
		await sync.send();
		expect(phone.waits[0]).toBeLessThanOrEqual(2 * second);
	});

	test('the network that comes back is used at once, not after the wait', async () => {
		const { world, sync, answers, line, device, phone } = await given(1);
		device.preferences.write({ sync: 'on' });
		line.always = lostRequest;
		await sync.start();
		expect(sync.state).toBe('waiting');
		line.mend();
		phone.events.dispatchEvent(new Event('online'));
		await until(() => sync.state === 'idle');
		await safe(world, sync, answers);
		sync.stop();
	});
});

describe('an endpoint that has too much to do', () => {
	test.each<[string, number, () => string]>([
		['in seconds', 0, () => '90'],
		['as a date', 0, () => new Date(Date.now() + 90 * second).toUTCString()],
		['as a date, on a phone whose clock is a day ahead', day, () => new Date(Date.now() + 90 * second).toUTCString()],
		['as a date, on a phone whose clock is a day behind', -day, () => new Date(Date.now() + 90 * second).toUTCString()]
	])('is not asked again before the time that it says %s', async (_, skew, after) => {
		const { world, sync, answers, line, device, phone, pass } = await given(1);
		phone.skew = skew;
		await sync.turnOn();
		answers.push(...(await record(device, 1)));
		line.next(refusal(429, 'many', { 'retry-after': after() }));
		await sync.send();
		expect({ state: sync.state, error: sync.error, waiting: sync.waiting }).toEqual({ state: 'waiting', error: 'server', waiting: 1 });
		expect(phone.waits[0]).toBeGreaterThanOrEqual(90 * second);
		expect(phone.waits[0]).toBeLessThanOrEqual(92 * second);
		const sent = line.log.length;
		await sync.send();
		pass(89 * second);
		await sync.send();
		expect(line.log.length).toBe(sent);
		pass(phone.waits[0]! + 1);
		await until(() => sync.state === 'idle');
		await safe(world, sync, answers);
	});

	test('is asked although the phone’s clock was set back meanwhile: no answer waits for a day that does not come', async () => {
		const { world, sync, answers, line, phone } = await given(1);
		line.next(refusal(429, 'many', { 'retry-after': '600' }));
		await sync.turnOn();
		phone.skew = -30 * day;
		await sync.send();
		await safe(world, sync, answers);
	});

	test('gets smaller batches when one is too large for it', async () => {
		const { world, sync, answers, line } = await given(30);
		const sizes: number[] = [];
		line.always = async (request, carry) => {
			const list = await pushed(request);
			if (list.length) sizes.push(list.length);
			return list.length > 8 ? new Response('', { status: 413 }) : carry(request);
		};
		await sync.turnOn();
		await safe(world, sync, answers);
		expect(sizes).toEqual([30, 15, 8, 8, 8, 6]);
	});

	test('an answer that is too large by itself is set aside with its reason, the others go', async () => {
		const { world, sync, answers, line } = await given(5);
		const big = answers[2]!;
		line.always = async (request, carry) =>
			(await pushed(request)).some((one) => one.id === big.id) ? new Response('', { status: 413 }) : carry(request);
		await sync.turnOn();
		expect(sync.refused).toEqual([
			{ id: big.id, course: big.course, item: big.item, at: expect.any(Number), reason: 'invalid', where: 'large' }
		]);
		expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting, error: sync.error }).toEqual({
			safe: 4,
			of: 5,
			waiting: 0,
			error: undefined
		});
		expect(ids(await held(world, big.learner))).toEqual(ids(answers.filter((one) => one !== big)));
	});
});

describe('an answer is safe only when the endpoint has signed for it', () => {
	const strange = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
	const forge = (payload: string) => ({
		payload,
		signature: sign('sha256', Buffer.from(payload), { key: strange, dsaEncoding: 'ieee-p1363' }).toString('base64url')
	});
	test.each<[string, (world: World) => Fault]>([
		['a receipt by another key', () => changed((pushed) => ({ ...pushed, receipt: forge(pushed.receipt.payload) }))],
		[
			'a receipt for another phone',
			({ endpoint }) =>
				changed((pushed) => ({
					...pushed,
					receipt: endpoint.sign({ ...JSON.parse(pushed.receipt.payload), device: '00000000-0000-4000-8000-000000000000' })
				}))
		],
		[
			'a receipt whose text was changed',
			() => changed((pushed) => ({ ...pushed, receipt: { ...pushed.receipt, payload: pushed.receipt.payload.replace('"v"', ' "v"') } }))
		],
		['a signature that is none', () => changed((pushed) => ({ ...pushed, receipt: { ...pushed.receipt, signature: '*' } }))],
		['a receipt that is none', ({ endpoint }) => changed((pushed) => ({ ...pushed, receipt: endpoint.sign({} as never) }))]
	])('%s is not believed', async (_, fault) => {
		const { world, sync, answers, line, phone, pass } = await given(3);
		line.always = fault(world);
		await sync.turnOn();
		expect({ safe: sync.safe, waiting: sync.waiting, error: sync.error, state: sync.state }).toEqual({
			safe: 0,
			waiting: 3,
			error: 'signature',
			state: 'waiting'
		});
		expect(sync.lastSafe).toBeUndefined();
		line.mend();
		pass(phone.waits[0]! + 1);
		await until(() => sync.state === 'idle');
		await safe(world, sync, answers);
	});

	test('an endpoint that signs with a new key is believed when it has given that key', async () => {
		const { world, sync, answers, device, endpoint } = await given(2);
		await sync.turnOn();
		await endpoint.rekey();
		answers.push(...(await record(device, 2)));
		await sync.send();
		await safe(world, sync, answers);
	});

	test.each<[string, (world: World) => Fault]>([
		['a list of verdicts that is too short', () => changed((pushed) => ({ ...pushed, r: pushed.r.slice(0, 2) }))],
		[
			'a receipt that names but two',
			({ endpoint }) =>
				changed((pushed) => {
					const receipt = JSON.parse(pushed.receipt.payload);
					return { ...pushed, receipt: endpoint.sign({ ...receipt, ids: receipt.ids.slice(0, 2) }) };
				})
		],
		[
			'“later” for all but two',
			() => changed((pushed) => ({ ...pushed, r: pushed.r.map((verdict, at) => (at < 2 ? verdict : { s: 'later' })) }))
		]
	])('%s makes but those two safe; the others are sent again', async (_, fault) => {
		const { world, sync, answers, line } = await given(5);
		const hold = line.held();
		line.next(async (request, carry) => carry(request), fault(world), hold.fault);
		const sending = sync.turnOn();
		await hold.reached;
		expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting }).toEqual({ safe: 2, of: 5, waiting: 3 });
		hold.release();
		await sending;
		await safe(world, sync, answers);
	});

	test('an endpoint that names nothing is asked again later, not at once and for ever', async () => {
		const { sync, world, line, phone } = await given(3);
		line.always = changed((pushed) => ({ ...pushed, r: [] }));
		await sync.turnOn();
		expect(pushes(world)).toBe(1);
		expect({ error: sync.error, waiting: sync.waiting, waits: phone.waits.length }).toEqual({ error: 'server', waiting: 3, waits: 1 });
	});
});

describe('a phone whose clock is wrong', () => {
	test.each([day, -day, 20 * minute, -3650 * day])('by %d ms is told the time, and all goes well', async (skew) => {
		const { world, sync, device, phone, line } = await given(0);
		phone.skew = skew;
		const answers = await record(device, 2);
		await sync.turnOn();
		expect(line.log).toEqual(['POST /v1/enrol', 'POST /v1/enrol', 'POST /v1/push', 'GET /v1/pull']);
		phone.skew = -skew;
		answers.push(...(await record(device, 1)));
		await sync.send();
		await safe(world, sync, answers);
	});

	test('and an endpoint that does not agree with itself: it is tried again later', async () => {
		const { sync, line, phone, world, answers, pass } = await given(1);
		await sync.turnOn();
		line.always = refusal(401, 'clock');
		answers.push(...(await record(world.device, 1)));
		await sync.send();
		expect({ error: sync.error, state: sync.state, waiting: sync.waiting }).toEqual({ error: 'server', state: 'waiting', waiting: 1 });
		line.mend();
		pass(phone.waits[0]! + 1);
		await until(() => sync.state === 'idle');
		await safe(world, sync, answers);
	});
});

describe('an answer that the endpoint does not take', () => {
	test('is kept, shown with its reason and sent no more; the good ones of its batch are stored', async () => {
		const { world, sync, device, line, learner, phone } = await given(2);
		const [bad] = await record(device, 1, { response: 'x'.repeat(3000) });
		const good = [...(await device.answers.all()).filter(({ id }) => id !== bad!.id), ...(await record(device, 2))];
		await sync.turnOn();
		const visible = { safe: sync.safe, of: sync.of, waiting: sync.waiting, error: sync.error, refused: sync.refused };
		expect(visible).toEqual({
			safe: 4,
			of: 5,
			waiting: 0,
			error: undefined,
			refused: [
				{
					id: bad!.id,
					course: 'communication',
					item: 'listen-e1',
					at: bad!.at,
					reason: 'invalid',
					where: expect.stringContaining('response')
				}
			]
		});
		expect(await held(world, learner)).toEqual(byId(good));
		expect(ids(await device.answers.all())).toEqual(ids([...good, bad!]));
		const sent = pushes(world);
		await sync.send();
		expect(pushes(world)).toBe(sent);
		const again = createSync(phone.open().device);
		await again.count();
		expect(again.refused).toEqual(visible.refused);
		expect(line.log.length).toBeLessThan(6);
	});

	test('is set aside once, although the database had refused it at first', async () => {
		const { world, sync, device, phone } = await given(1);
		phone.storage = 'full';
		await record(device, 1, { response: 'x'.repeat(3000) });
		phone.storage = 'fine';
		await sync.turnOn();
		expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting, refused: sync.refused.length }).toEqual({
			safe: 1,
			of: 2,
			waiting: 0,
			refused: 1
		});
		expect(pushes(world)).toBeLessThan(4);
	});

	test('because another one has its number: both are kept, hers is shown', async () => {
		const { world, sync, answers, device, another } = await given(2);
		const copy = JSON.parse(await device.backup.copy());
		const content = JSON.parse(copy.content);
		content.answers[0].response = 'other';
		copy.content = JSON.stringify(content);
		copy.sha256 = createHash('sha256').update(copy.content).digest('hex');
		const { device: second } = another().open();
		await second.backup.restore(JSON.stringify(copy));
		await createSync(second).turnOn();
		await sync.turnOn();
		const changedId = content.answers[0].id;
		expect(sync.refused.map(({ id, reason }) => ({ id, reason }))).toEqual([{ id: changedId, reason: 'conflict' }]);
		expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting }).toEqual({ safe: 1, of: 2, waiting: 0 });
		expect((await device.answers.all()).find(({ id }) => id === changedId)!.response).not.toBe('other');
		expect((await held(world, answers[0]!.learner)).length).toBe(2);
	});
});

describe('two tabs', () => {
	test('send one at a time: nothing goes twice', async () => {
		const { world, sync, answers, device, phone, line } = await given(3);
		const { device: other } = phone.open();
		const second = createSync(other);
		const hold = line.held();
		line.next(hold.fault);
		device.preferences.write({ sync: 'on' });
		const sending = sync.send();
		await hold.reached;
		await second.send();
		await second.send();
		expect(line.log.length).toBe(1);
		answers.push(...(await record(other, 2)));
		hold.release();
		await sending;
		await safe(world, sync, answers);
		await safe(world, second, answers);
		expect(pushes(world)).toBe(1);
	});

	test('in a browser without locks may both send, and nothing is doubled', async () => {
		const world = await createWorld();
		const phone = world.another();
		phone.locks = false;
		const [one, two] = [phone.open().device, phone.open().device];
		const answers = [...(await record(one, 60)), ...(await record(two, 60))];
		const [first, other] = [createSync(one), createSync(two)];
		one.preferences.write({ sync: 'on' });
		await Promise.all([first.send(), other.send()]);
		await Promise.all([first.send(), other.send()]);
		await safe(world, first, answers);
		await safe(world, other, answers);
	});

	test('a tab that is killed while it sends leaves the sending to the other', async () => {
		const { world, sync, answers, tab, phone, line, device } = await given(3);
		const hold = line.held();
		line.next(hold.fault);
		device.preferences.write({ sync: 'on' });
		void sync.send();
		await hold.reached;
		tab.kill();
		const other = createSync(phone.open().device);
		await other.send();
		hold.release();
		await safe(world, other, answers);
	});
});

describe('turned off in the middle of sending', () => {
	test('nothing more leaves the phone, and nothing is lost', async () => {
		const { world, sync, answers, line } = await given(120);
		const hold = line.held();
		const fine: Fault = (request, carry) => carry(request);
		line.next(fine, fine, hold.fault);
		const sending = sync.turnOn();
		await hold.reached;
		expect(sync.safe).toBe(50);
		const sent = line.log.length;
		sync.turnOff();
		hold.release();
		await sending;
		await sync.send();
		expect(line.log.length).toBe(sent);
		expect({ on: sync.on, state: sync.state, error: sync.error, waiting: sync.waiting }).toEqual({
			on: false,
			state: 'off',
			error: undefined,
			waiting: 70
		});
		await sync.turnOn();
		await safe(world, sync, answers);
	});

	test.each(['POST /v1/enrol', 'POST /v1/push', 'GET /v1/pull'])(
		'in another tab, while %s is under way: nothing follows it',
		async (step) => {
			const { sync, line, phone } = await given(120);
			const other = createSync(phone.open().device);
			const hold = line.held();
			line.always = async (request, carry) =>
				`${request.method} ${new URL(request.url).pathname}` === step ? hold.fault(request, carry) : carry(request);
			const sending = sync.turnOn();
			await hold.reached;
			const sent = line.log.length;
			other.turnOff();
			hold.release();
			await sending;
			expect(line.log.length).toBe(sent);
			expect(sync.on).toBe(false);
		}
	);
});

describe('a phone that lost its key', () => {
	test('sends what waited, once, under a new number; what the endpoint has is not sent again', async () => {
		const { world, sync, answers, device, tab, phone, learner } = await given(3);
		await sync.turnOn();
		const waiting = await record(device, 2);
		tab.kill();
		phone.loseDatabase();
		const { device: again } = phone.open();
		await again.answers.repair();
		const later = createSync(again);
		const fresh = await record(again, 1);
		await later.send();
		await later.count();
		const there = await held(world, learner);
		expect(ids(there)).toEqual(ids([...answers, ...waiting, ...fresh]));
		expect({ safe: later.safe, of: later.of, waiting: later.waiting, lost: later.lost }).toEqual({ safe: 6, of: 6, waiting: 0, lost: 0 });
		const old = answers[0]!.device;
		expect(there.filter((answer) => answer.device === old).length).toBe(3);
		const own = there.filter((answer) => answer.device !== old);
		expect(own.map(({ seq }) => seq).sort()).toEqual([1, 2, 3]);
		const content = ({ device: _, seq: __, ...rest }: Answer) => rest;
		expect(there.map(content)).toEqual(byId([...answers, ...waiting, ...fresh]).map(content));
	});

	test('and whose last request comes late: the answer is there once, and safe', async () => {
		const { world, sync, answers, tab, phone, line, learner } = await given(2);
		await sync.turnOn();
		const [one] = await record(world.device, 1);
		line.next(line.late);
		await sync.send();
		tab.kill();
		phone.loseDatabase();
		const { device } = phone.open();
		await device.answers.repair();
		const later = createSync(device);
		const hold = line.held();
		line.next(
			(request, carry) => carry(request),
			(request, carry) => carry(request),
			hold.fault
		);
		const sending = later.send();
		await hold.reached; // it has asked what is there, and sends the answer as its own
		await line.arrive();
		hold.release();
		await sending;
		await later.send();
		expect(ids(await held(world, learner))).toEqual(ids([...answers, one!]));
		expect({ safe: later.safe, of: later.of, waiting: later.waiting, refused: later.refused }).toEqual({
			safe: 3,
			of: 3,
			waiting: 0,
			refused: []
		});
	});
});

describe('an endpoint that lost answers', () => {
	test.each(['in the same session', 'after a restart'])('gets them again, and she is told, %s', async (when) => {
		const { world, sync, answers, device, endpoint, tab, phone } = await given(3);
		await sync.turnOn();
		await endpoint.copy();
		answers.push(...(await record(device, 4)));
		await sync.send();
		expect(sync.lost).toBe(0);
		await endpoint.restore();
		let later = sync;
		if (when === 'after a restart') {
			tab.kill();
			later = createSync(phone.open().device);
		} else answers.push(...(await record(device, 1)));
		await later.send();
		expect(later.lost).toBe(4);
		await safe(world, later, answers);
	});

	test('and even the phone: it makes itself known again, and all is there', async () => {
		const { world, sync, answers, device, endpoint } = await given(0);
		await endpoint.copy();
		answers.push(...(await record(device, 3)));
		await sync.turnOn();
		await endpoint.restore();
		answers.push(...(await record(device, 1)));
		await sync.send();
		expect(sync.lost).toBe(3);
		await safe(world, sync, answers);
	});

	test('brings what another phone sent since, although the old place in the list is past its end', async () => {
		const { world, sync, answers, device, endpoint, pass } = await given(1);
		const other = await otherPhone(world);
		await sync.turnOn();
		await other.sync.turnOn();
		await endpoint.copy();
		answers.push(...(await record(device, 3)));
		await sync.send();
		pass(5 * minute);
		await sync.send();
		await endpoint.restore();
		const [theirs] = await record(other.device, 1);
		await other.sync.send();
		answers.push(...(await record(device, 1)));
		await sync.send();
		expect(sync.lost).toBe(3);
		expect(ids(await device.answers.all())).toEqual(ids([...answers, theirs!]));
	});
});

describe('two phones of hers', () => {
	test('have the answers of both, each once', async () => {
		const { world, sync, answers, device, learner } = await given(2);
		const other = await otherPhone(world);
		const theirs = await record(other.device, 130);
		answers.push(...(await record(device, 2)));
		await sync.turnOn();
		await other.sync.turnOn();
		world.pass(5 * minute);
		await sync.send();
		const all = ids([...answers, ...theirs]);
		expect(ids(await device.answers.all())).toEqual(all);
		expect(ids(await other.device.answers.all())).toEqual(all);
		expect(ids(await held(world, learner))).toEqual(all);
		expect({ safe: sync.safe, of: sync.of, waiting: sync.waiting }).toEqual({ safe: 134, of: 134, waiting: 0 });
		expect({ safe: other.sync.safe, of: other.sync.of, waiting: other.sync.waiting }).toEqual({ safe: 134, of: 134, waiting: 0 });
	});

	test('that both hold an answer which was never sent: it is there once, and safe on both', async () => {
		const { world, sync, answers, learner } = await given(3);
		const other = await otherPhone(world);
		await other.sync.turnOn();
		await sync.turnOn();
		await other.sync.send();
		expect(ids(await held(world, learner))).toEqual(ids(answers));
		for (const one of [sync, other.sync])
			expect({ safe: one.safe, of: one.of, waiting: one.waiting, refused: one.refused, lost: one.lost }).toEqual({
				safe: 3,
				of: 3,
				waiting: 0,
				refused: [],
				lost: 0
			});
	});

	test('of which one had sending on before it got the saved copy: they are one learner all the same', async () => {
		const { world, sync, answers, learner, device, another } = await given(2);
		await sync.turnOn();
		const { device: second } = another().open();
		const later = createSync(second);
		await later.turnOn();
		await second.backup.restore(await device.backup.copy());
		answers.push(...(await record(second, 1)));
		await later.send();
		expect(ids(await held(world, learner))).toEqual(ids(answers));
		expect({ safe: later.safe, of: later.of, waiting: later.waiting, refused: later.refused, error: later.error }).toEqual({
			safe: 3,
			of: 3,
			waiting: 0,
			refused: [],
			error: undefined
		});
	});

	test('a place in the list is kept over a restart: what was brought is not brought again', async () => {
		const { world, sync, tab, phone } = await given(2);
		await sync.turnOn();
		tab.kill();
		const asked: string[] = [];
		world.line.always = (request, carry) => (asked.push(new URL(request.url).search), carry(request));
		await createSync(phone.open().device).send();
		expect(asked.filter(Boolean)).toEqual(['?after=2&limit=100']);
	});
});

describe('deleted at the endpoint', () => {
	test('by this phone: nothing is left there, everything stays here, and nothing goes there again', async () => {
		const { world, sync, answers, device, learner, line } = await given(3);
		await sync.turnOn();
		expect(await sync.erase()).toBe(true);
		expect(await held(world, learner)).toEqual([]);
		expect({ on: sync.on, state: sync.state, erased: sync.erased, error: sync.error }).toEqual({
			on: false,
			state: 'off',
			erased: true,
			error: undefined
		});
		expect(ids(await device.answers.all())).toEqual(ids(answers));
		const sent = line.log.length;
		await record(device, 1);
		await sync.send();
		expect(line.log.length).toBe(sent);
	});

	test('by another phone of hers: this one stops, says so, and is somebody new if she turns it on again', async () => {
		const { world, sync, answers, device, learner, line } = await given(2);
		const other = await otherPhone(world);
		await sync.turnOn();
		await other.sync.turnOn();
		expect(await other.sync.erase()).toBe(true);
		answers.push(...(await record(device, 1)));
		await sync.send();
		expect({ on: sync.on, state: sync.state, erased: sync.erased }).toEqual({ on: false, state: 'off', erased: true });
		expect(await held(world, learner)).toEqual([]);
		expect(ids(await device.answers.all())).toEqual(ids(answers));
		const sent = line.log.length;
		await sync.send();
		expect(line.log.length).toBe(sent);
		const now = await device.learner.who();
		expect(now.learner).not.toBe(learner);
		const fresh = await record(device, 2);
		await sync.turnOn();
		expect(sync.erased).toBe(false);
		await safe(world, sync, fresh);
		expect(fresh[0]!.learner).toBe(now.learner);
	});

	test('is noticed by a phone that had nothing to send', async () => {
		const { world, sync, pass } = await given(2);
		const other = await otherPhone(world);
		await sync.turnOn();
		await other.sync.erase();
		pass(5 * minute);
		await sync.send();
		expect({ on: sync.on, erased: sync.erased }).toEqual({ on: false, erased: true });
	});

	test('is noticed by a full phone: it stops, and the app goes on', async () => {
		const { world, sync, pass, phone, line } = await given(2);
		const other = await otherPhone(world);
		await sync.turnOn();
		await other.sync.erase();
		phone.storage = 'full';
		pass(5 * minute);
		await sync.send();
		expect({ on: sync.on, erased: sync.erased, error: sync.error }).toEqual({ on: false, erased: true, error: 'storage-full' });
		const sent = line.log.length;
		await sync.send();
		expect(line.log.length).toBe(sent);
	});

	test.each<[string, Fault, string]>([
		['offline', lostRequest, 'offline'],
		['its reply lost', lostReply, 'offline'],
		['500', reply(500), 'server'],
		['a login page', loginPage, 'server']
	])('not yet, because of the network (%s): she is told, nothing changes here, and it can be tried again', async (_, fault, error) => {
		const { world, sync, device, line, learner, answers } = await given(2);
		await sync.turnOn();
		line.always = fault;
		expect(await sync.erase()).toBe(false);
		expect({ on: sync.on, error: sync.error, erased: sync.erased }).toEqual({ on: true, error, erased: false });
		expect((await device.learner.who()).learner).toBe(learner);
		line.mend();
		expect(await sync.erase()).toBe(true);
		expect(await held(world, learner)).toEqual([]);
		expect(ids(await device.answers.all())).toEqual(ids(answers));
	});

	test('also while answers are being sent, and with a wrong clock', async () => {
		const { world, sync, line, learner, phone, device } = await given(120);
		const hold = line.held();
		await sync.turnOn();
		await record(device, 60);
		line.next(hold.fault);
		const sending = sync.send();
		await hold.reached;
		phone.skew = day;
		const erasing = sync.erase();
		hold.release();
		expect(await erasing).toBe(true);
		await sending;
		expect(await held(world, learner)).toEqual([]);
		expect({ on: sync.on, erased: sync.erased }).toEqual({ on: false, erased: true });
	});
});

describe('everything deleted from the phone', () => {
	test.each(['POST /v1/enrol', 'POST /v1/push', 'GET /v1/pull'])(
		'while %s is under way: no database and no storage is left',
		async (step) => {
			const { device, phone, line } = await given(3);
			const built = await app(device);
			const hold = line.held();
			line.always = async (request, carry) =>
				`${request.method} ${new URL(request.url).pathname}` === step ? hold.fault(request, carry) : carry(request);
			await built.start();
			const sending = built.sync.turnOn();
			await hold.reached;
			expect(await built.data.erase()).toBe(true);
			hold.release();
			await sending;
			expect(await phone.disk.databases()).toEqual([]);
			expect([...phone.entries.keys()]).toEqual([]);
			built.stop();
		}
	);
});
