import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRenewal } from '#app/certification/renewal.svelte.ts';
import { createRoom } from '../device/room.ts';

const code = '7K3M-0QXZ-9ABC';
const mine = { v: 1, now: Date.now(), applications: [], attempts: [], appeals: [], credentials: [] };

async function opened() {
	const room = await createRoom();
	const tab = room.open();
	let collected = 0;
	const renewal = createRenewal(tab.house, async () => void collected++);
	return { room, ...tab, renewal, collected: () => collected };
}
const refused = (rule: string) => () => Response.json({ error: 'rule', rule, now: Date.now() }, { status: 409 });

test('with a code a new phone has her number, however the code was typed, and keeps it; then what is hers is collected', async () => {
	const { room, house, renewal, collected } = await opened();
	const her = randomUUID();
	let said: { code?: string; candidate?: string } = {};
	room.replies['POST /v1/exam/collect'] = async (request) => {
		said = (await new Response(request.body!.pipeThrough(new DecompressionStream('gzip'))).json()) as typeof said;
		return { v: 1, now: Date.now(), candidate: her };
	};
	room.replies['GET /v1/exam/mine'] = () => mine;
	await renewal.use(' 7k3m oqxz 9abc');
	expect([renewal.done, renewal.problem, collected(), said.code]).toEqual([true, undefined, 1, code]);
	expect(said.candidate).not.toBe(her);
	expect(await house.candidate.who()).toBe(her);
	expect(await room.open().house.candidate.who()).toBe(her);
});

test.each([
	['cannot be one', '7K3M', undefined, { rule: 'form' }],
	['is old or used', code, refused('code'), { rule: 'code' }],
	['is for somebody else', code, refused('person'), { rule: 'person' }],
	['comes while an exam waits', code, refused('exam-open'), { rule: 'exam-open' }],
	['comes from a phone that is shut out', code, () => Response.json({ error: 'revoked', now: 1 }, { status: 403 }), { rule: 'refused' }],
	['comes after very many tries', code, () => Response.json({ error: 'many', now: 1 }, { status: 429 }), { rule: 'many' }],
	['meets no network', code, undefined, { error: 'offline' }],
	['meets a page of a proxy', code, () => new Response('<html>', { status: 502 }), { error: 'server' }]
])('a code that %s is told plainly, and the next try works', async (_, typed, reply, problem) => {
	const { room, house, renewal, collected } = await opened();
	if (reply) room.replies['POST /v1/exam/collect'] = reply;
	await renewal.use(typed);
	expect([renewal.problem, renewal.done, renewal.busy, collected()]).toEqual([problem, false, false, 0]);
	const her = randomUUID();
	room.replies['POST /v1/exam/collect'] = () => ({ v: 1, now: Date.now(), candidate: her });
	await renewal.use(code);
	expect([renewal.problem, renewal.done, await house.candidate.who()]).toEqual([undefined, true, her]);
});

test('a phone that tried and is not known is as one on which nobody applied', async () => {
	const { room, house, renewal } = await opened();
	room.replies['POST /v1/exam/collect'] = refused('code');
	room.replies['GET /v1/exam/mine'] = () => Response.json({ error: 'unknown-device', now: Date.now() }, { status: 401 });
	await renewal.use(code);
	expect(await house.candidate.mine()).toBeUndefined();
});

test('an application that waits on the phone goes out under her number, when the code was used first', async () => {
	const { room, house, renewal } = await opened();
	const { candidate, exams } = house;
	const [id, her] = [randomUUID(), randomUUID()];
	const application = {
		...{ id, ...(await candidate.enrol()), person: { name: 'Maria Nowak', born: '1985-04-12' }, course: 'communication' },
		...{ locale: 'pl' as const, accommodations: [], coaches: [], agreed: { scheme: 'passport', version: 1, at: 0 } }
	};
	await exams.keepApplication({ id, application, state: 'waiting', at: 0 });
	room.replies['POST /v1/exam/collect'] = () => ({ v: 1, now: Date.now(), candidate: her });
	await renewal.use(code);
	expect((await exams.applications()).map((one) => [one.state, one.application.candidate])).toEqual([['waiting', her]]);
});
