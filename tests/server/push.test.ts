import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Pulled, Pushed, Receipt, Refused, limits, statement } from '#core/wire.ts';
import { createPhone, json, statements, type Phone } from './client.ts';
import { endpoint } from './endpoint.ts';

async function enrolled(url: string, learner?: string): Promise<Phone> {
	const phone = await createPhone(url, learner);
	expect((await phone.enrol()).status).toBe(200);
	return phone;
}
const verdicts = async (reply: Response) => Pushed.parse(await reply.json()).r;
const refusal = async (reply: Response) => [reply.status, Refused.parse(await reply.json()).error];
const idsOf = async (phone: Phone) => Pulled.parse(await (await phone.pull('?limit=100')).json()).items.map(({ id }) => id);

it('takes answers, and gives them back as they were', async () => {
	const phone = await enrolled((await endpoint()).url);
	const sent = statements(phone, 50);
	const reply = await phone.push(sent);
	expect(reply.status).toBe(200);
	expect(await verdicts(reply)).toEqual(Array(50).fill(1));
	expect(Pulled.parse(await (await phone.pull()).json())).toMatchObject({ items: sent, more: false });
});

it('takes a body that is not compressed', async () => {
	const phone = await enrolled((await endpoint()).url);
	expect(await verdicts(await phone.push([], { body: json(statements(phone, 2)), gzip: false }))).toEqual([1, 1]);
});

it('adds nothing when a batch is sent again, also at the same moment or with its members in another order', async () => {
	const phone = await enrolled((await endpoint()).url);
	const sent = statements(phone, 5);
	const both = await Promise.all([phone.push(sent), phone.push(sent)]);
	expect((await Promise.all(both.map(verdicts))).map((each) => each[0]).sort()).toEqual([1, 2]);
	const turned = sent.map((each) => Object.fromEntries(Object.entries(each).reverse()));
	expect(await verdicts(await phone.push(turned))).toEqual(Array(5).fill(2));
	expect(await idsOf(phone)).toEqual(sent.map(({ id }) => id));
});

it('says that it holds another answer under this number, and keeps the first', async () => {
	const phone = await enrolled((await endpoint()).url);
	const answer = phone.answer();
	await phone.push([statement(answer)]);
	expect(await verdicts(await phone.push([statement({ ...answer, response: 'b' }), statement(phone.answer())]))).toEqual([
		{ s: 'conflict' },
		1
	]);
});

it('puts one bad statement of fifty aside, says where it is wrong, and takes the others', async () => {
	const phone = await enrolled((await endpoint()).url);
	const sent: unknown[] = statements(phone, 50);
	sent[17] = { ...statement(phone.answer()), result: { success: true, score: { scaled: 7 }, response: '"a"' } };
	const found = await verdicts(await phone.push(sent));
	expect(found[17]).toEqual({ s: 'invalid', e: 'result.score.scaled' });
	expect(found.filter((verdict) => verdict === 1)).toHaveLength(49);
	expect(await idsOf(phone)).toHaveLength(49);
});

it('names what is wrong with a statement', async () => {
	const phone = await enrolled((await endpoint()).url);
	const good = statement(phone.answer());
	const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
	const cases: [unknown, string][] = [
		[null, 'statement'],
		['text', 'statement'],
		[{ ...good, id: 'deep' }, 'id'],
		[JSON.parse('{"__proto__":{"id":1}}'), 'id'],
		[{ ...good, name: 'Maria' }, 'statement'],
		[{ ...good, actor: { ...good.actor, mbox: 'mailto:maria@example.org' } }, 'actor'],
		[{ ...good, timestamp: 'yesterday' }, 'timestamp'],
		[{ ...good, timestamp: '2026-13-01T00:00:00.000Z' }, 'statement'],
		[{ ...good, result: { ...good.result, success: false } }, 'statement'],
		[{ ...good, result: { ...good.result, response: 'no JSON' } }, 'statement'],
		[statement(phone.answer({ seq: 0 })), 'context.extensions.seq'],
		[statement(phone.answer({ learner: crypto.randomUUID() })), 'actor.account.name'],
		[statement(phone.answer({ device: crypto.randomUUID() })), 'context.extensions.device']
	];
	const body = new Uint8Array(Buffer.from(JSON.stringify(cases.map(([each]) => each)).replace('"deep"', deep)));
	expect(await verdicts(await phone.push([], { body, gzip: false }))).toEqual(cases.map(([, e]) => ({ s: 'invalid', e })));
	expect(await idsOf(phone)).toEqual([]);
});

it('signs a receipt for what it holds, with the key that it gave at the enrolment', async () => {
	const { url, receipts } = await endpoint();
	const phone = await createPhone(url);
	const { key } = await (await phone.enrol()).json();
	expect(key).toEqual(receipts.key);
	const [one, two] = statements(phone, 2);
	await phone.push([one]);
	const broken = { ...statement(phone.answer()), verb: {} };
	const { receipt } = Pushed.parse(await (await phone.push([two, broken, one])).json());
	expect(Receipt.parse(JSON.parse(receipt.payload))).toMatchObject({
		device: phone.device,
		ids: [two!.id, one!.id],
		stored: 2,
		highest: 2
	});
	const imported = await crypto.subtle.importKey('jwk', key, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
	const verify = (payload: string) =>
		crypto.subtle.verify(
			{ name: 'ECDSA', hash: 'SHA-256' },
			imported,
			Buffer.from(receipt.signature, 'base64url'),
			new TextEncoder().encode(payload)
		);
	expect(await verify(receipt.payload)).toBe(true);
	expect(await verify(receipt.payload.replace('"stored":2', '"stored":3'))).toBe(false);
});

it('refuses what is not a list, not JSON, not gzip, or in another encoding', async () => {
	const phone = await enrolled((await endpoint()).url);
	const bodies: [Uint8Array<ArrayBuffer>, boolean][] = [
		[json({ id: 1 }), false],
		[new Uint8Array(Buffer.from('[')), false],
		[new Uint8Array(), false],
		[json([]), true],
		[new Uint8Array(gzipSync(json(statements(phone, 1))).subarray(0, 50)), true]
	];
	for (const [body, gzip] of bodies) expect(await refusal(await phone.push([], { body, gzip }))).toEqual([400, 'body']);
	const body = json([]);
	const headers = { 'content-encoding': 'br', ...(await phone.headers({ path: '/v1/push', body })) };
	expect(await refusal(await fetch(`${(await endpoint()).url}/v1/push`, { method: 'POST', headers, body }))).toEqual([
		401,
		'unknown-device'
	]);
	expect(await refusal(await phone.send({ path: '/v1/push', body, gzip: false, sign: { body: json([1]) } }))).toEqual([401, 'signature']);
});

it('refuses a batch of more than a hundred, and a body that is too big as sent', async () => {
	const phone = await enrolled((await endpoint()).url);
	expect(await refusal(await phone.push(statements(phone, limits.batch + 1)))).toEqual([413, 'large']);
	const big = new Uint8Array(limits.body + 1).fill(0x20);
	expect(await refusal(await phone.push([], { body: big, gzip: false }))).toEqual([413, 'large']);
	expect(await idsOf(phone)).toEqual([]);
	expect(await verdicts(await phone.push(statements(phone, limits.batch)))).toEqual(Array(limits.batch).fill(1));
});

it('reads no more than the limit of a body that does not say how long it is', async () => {
	const { url } = await endpoint();
	const phone = await enrolled(url);
	let sent = 0;
	const body = new ReadableStream({
		pull(controller) {
			sent += 65536;
			controller.enqueue(new Uint8Array(65536));
		}
	});
	const headers = await phone.headers({ path: '/v1/push' });
	const reply = await fetch(`${url}/v1/push`, { method: 'POST', headers, body, duplex: 'half' } as RequestInit).catch(() => undefined);
	if (reply) expect(reply.status).toBe(413);
	expect(sent).toBeLessThan(64 * 1024 * 1024);
	expect(await verdicts(await phone.push(statements(phone, 1)))).toEqual([1]);
});

it('does not inflate a gzip bomb', async () => {
	const phone = await enrolled((await endpoint()).url);
	const bomb = new Uint8Array(gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20)));
	expect(bomb.length).toBeLessThan(limits.body);
	const before = process.memoryUsage().rss;
	expect(await refusal(await phone.push([], { body: bomb, gzip: true }))).toEqual([413, 'large']);
	expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
});

it('gives the second phone of a learner the answers of the first, page by page', async () => {
	const { url } = await endpoint();
	const first = await enrolled(url);
	const second = await enrolled(url, first.learner);
	const sent = statements(first, 5);
	await first.push(sent);
	const page = Pulled.parse(await (await second.pull('?after=0&limit=3')).json());
	expect(page).toMatchObject({ items: sent.slice(0, 3), more: true });
	const rest = Pulled.parse(await (await second.pull(`?after=${page.next}&limit=3`)).json());
	expect(rest).toMatchObject({ items: sent.slice(3), more: false });
	expect(await idsOf(await enrolled(url))).toEqual([]);
	for (const query of ['?after=-1', '?after=x', '?limit=0', '?limit=101'])
		expect(await refusal(await second.pull(query))).toEqual([400, 'body']);
});

it('erases a learner: her answers are gone, her phones are told so, and she cannot come back', async () => {
	const { url } = await endpoint();
	const first = await enrolled(url);
	const second = await enrolled(url, first.learner);
	const sent = statements(first, 3);
	await first.push(sent);
	expect(await (await second.erase()).json()).toMatchObject({ v: 1, erased: 3 });
	expect(await (await second.erase()).json()).toMatchObject({ v: 1, erased: 0 });
	const pushed = Pushed.parse(await (await first.push(sent)).json());
	expect(pushed.r).toEqual(Array(3).fill({ s: 'gone' }));
	expect(JSON.parse(pushed.receipt.payload)).toMatchObject({ ids: [], stored: 0, highest: 0 });
	expect(await refusal(await first.pull())).toEqual([403, 'revoked']);
	expect(await refusal(await first.enrol())).toEqual([403, 'revoked']);
	expect(await refusal(await (await createPhone(url, first.learner)).enrol())).toEqual([403, 'revoked']);
});
