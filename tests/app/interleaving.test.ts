import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSync } from '#app/sync.svelte.ts';
import type { Answer } from '#core/answer.ts';
import {
	changed,
	createWorld,
	day,
	draft,
	hour,
	loginPage,
	lostReply,
	lostRequest,
	minute,
	pushed,
	reply,
	twice,
	until,
	type Fault,
	type Phone,
	type World
} from '../device/world.ts';

/** What may happen to the next request. */
const faults = {
	lostRequest: () => lostRequest,
	lostReply: () => lostReply,
	twice: () => twice,
	late: ({ line }) => line.late,
	loginPage: () => loginPage,
	broken: () => reply(500),
	busy: () => reply(503, '', { 'retry-after': '120' }),
	large: () => async (request, carry) => ((await pushed(request)).length > 1 ? new Response('', { status: 413 }) : carry(request)),
	short: () => changed(({ r, ...rest }) => ({ ...rest, r: r.slice(0, Math.floor(r.length / 2)) })),
	later: () => changed(({ r, ...rest }) => ({ ...rest, r: r.map((verdict, at) => (at % 2 ? verdict : { s: 'later' })) })),
	unnamed: ({ endpoint }) =>
		changed(({ receipt, ...rest }) => {
			const said = JSON.parse(receipt.payload);
			return { ...rest, receipt: endpoint.sign({ ...said, ids: said.ids.slice(1) }) };
		})
} satisfies Record<string, (world: World) => Fault>;

const phone = fc.constantFrom(0, 1);
/** What may happen, in any order; `send` most of all, `at` says to which of her two phones. */
const event = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ does: fc.constant('record' as const), at: phone, count: fc.integer({ min: 1, max: 3 }) }) },
	{ weight: 6, arbitrary: fc.record({ does: fc.constant('send' as const), at: phone }) },
	{
		weight: 8,
		arbitrary: fc.record({
			does: fc.constant('fault' as const),
			fault: fc.constantFrom(...(Object.keys(faults) as (keyof typeof faults)[]))
		})
	},
	{ weight: 2, arbitrary: fc.record({ does: fc.constant('arrive' as const) }) },
	{ weight: 2, arbitrary: fc.record({ does: fc.constant('restart' as const), at: phone }) },
	{ weight: 3, arbitrary: fc.record({ does: fc.constant('kill' as const), at: phone, turns: fc.integer({ min: 0, max: 80 }) }) },
	{ weight: 1, arbitrary: fc.record({ does: fc.constant('clock' as const), at: phone, skew: fc.constantFrom(-day, 0, hour, 400 * day) }) },
	{ weight: 2, arbitrary: fc.record({ does: fc.constant('pass' as const), time: fc.constantFrom(minute, 5 * minute, hour) }) }
);
type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

const byId = (answers: Answer[]) => answers.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** One of her phones: the app on it, which can begin anew on what is kept. */
function createHers(phone: Phone) {
	const begin = () => {
		const tab = phone.open();
		return { ...tab, sync: createSync(tab.device) };
	};
	const hers = {
		...begin(),
		phone,
		async restart(): Promise<void> {
			hers.kill();
			Object.assign(hers, begin());
			await hers.device.answers.repair();
		}
	};
	return hers;
}

/** Lets it all happen, ends all faults, and says what became of it. */
async function live(events: Event[]): Promise<void> {
	const world = await createWorld();
	const { line, endpoint } = world;
	const both = [createHers(world.phone), createHers(world.another())] as const;
	await both[1].device.backup.restore(await both[0].device.backup.copy());
	const { learner } = await both[0].device.learner.who();
	for (const { device } of both) device.preferences.write({ sync: 'on' });
	const recorded: Answer[] = [];

	/** What a phone calls safe is at the endpoint. */
	async function honest(): Promise<void> {
		const there = new Set((await endpoint.answers(learner)).map(({ id }) => id));
		for (const { device } of both) {
			const open = new Set((await device.outbox.waiting(1000)).map(({ id }) => id));
			expect((await device.answers.all()).filter(({ id }) => !open.has(id) && !there.has(id))).toEqual([]);
		}
	}

	for (const one of events) {
		const hers = 'at' in one ? both[one.at] : both[0];
		switch (one.does) {
			case 'record':
				for (let n = 0; n < one.count; n++) recorded.push((await hers.device.answers.record(draft({ response: `${n}` }))).answer);
				break;
			case 'send':
				await hers.sync.send();
				break;
			case 'fault':
				line.next(faults[one.fault](world));
				break;
			case 'arrive':
				await line.arrive();
				break;
			case 'restart':
				await hers.restart();
				break;
			case 'kill':
				void hers.sync.send();
				for (let turn = 0; turn < one.turns; turn++) await new Promise((resolve) => setImmediate(resolve));
				await hers.restart();
				break;
			case 'clock':
				hers.phone.skew = one.skew;
				break;
			case 'pass':
				world.pass(one.time);
		}
		await honest();
	}

	line.mend();
	await line.arrive();
	for (let round = 0; round < 3; round++) {
		world.pass(hour);
		for (const { sync } of both) {
			await sync.send();
			await until(() => sync.state !== 'sending');
		}
	}
	expect(byId(await endpoint.answers(learner))).toEqual(byId(recorded));
	for (const { device, sync } of both) {
		await sync.count();
		const { safe, of, waiting, error, lost, refused } = sync;
		const all = recorded.length;
		expect({ safe, of, waiting, error, lost, refused }).toEqual({ safe: all, of: all, waiting: 0, error: undefined, lost: 0, refused: [] });
		expect(byId(await device.answers.all())).toEqual(byId(recorded));
		const { device: number } = await device.learner.who();
		const own = recorded.filter((answer) => answer.device === number).map(({ seq }) => seq);
		expect(own).toEqual(own.map((_, at) => at + 1));
	}
}

test('whatever happens on the way and to her two phones, in the end every answer is at the endpoint once, as it was given', async () => {
	await fc.assert(fc.asyncProperty(fc.array(event, { maxLength: 24 }), live), { numRuns: 60, seed: 20261123 });
}, 120_000);
