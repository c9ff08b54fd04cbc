import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { Enrolled, Refused, limits } from '#core/wire.ts';
import { createLimit } from '#server/limit.ts';
import { createPhone, json, statements } from './client.ts';
import { endpoint } from './endpoint.ts';

const refusal = async (reply: Response) => [reply.status, Refused.parse(await reply.json()).error];
const seconds = () => Math.floor(Date.now() / 1000);

it('says that it is well', async () => {
	const reply = await fetch(`${(await endpoint()).url}/v1/health`);
	expect(reply.status).toBe(200);
	expect(reply.headers.get('cache-control')).toBe('no-store');
	expect(await reply.json()).toMatchObject({ v: 1 });
});

it('makes a phone known, and again, with the time and the key of receipts', async () => {
	const { url, receipts } = await endpoint();
	const phone = await createPhone(url);
	for (const again of [1, 2])
		expect(Enrolled.parse(await (await phone.enrol()).json()), `time ${again}`).toMatchObject({ v: 1, key: receipts.key });
});

it('lets nobody enrol with a key that she does not hold, or take the number of another phone', async () => {
	const { url, store } = await endpoint();
	const [phone, other] = [await createPhone(url), await createPhone(url)];
	const foreign = await phone.send({ path: '/v1/enrol', body: json({ learner: phone.learner, device: phone.device, key: other.key }) });
	expect(await refusal(foreign)).toEqual([401, 'signature']);
	const otherNumber = await phone.send({ path: '/v1/enrol', body: json({ learner: phone.learner, device: other.device, key: phone.key }) });
	expect(await refusal(otherNumber)).toEqual([401, 'signature']);
	expect(await store.device(phone.device)).toBeUndefined();
	await other.enrol();
	const body = json({ learner: phone.learner, device: other.device, key: phone.key });
	expect(await refusal(await phone.send({ path: '/v1/enrol', body, sign: { device: other.device } }))).toEqual([401, 'signature']);
	expect(await store.device(other.device)).toMatchObject({ key: other.key, learner: other.learner });
});

it('refuses an enrolment that says more or less than it should', async () => {
	const { url } = await endpoint();
	const { learner, device, key, send } = await createPhone(url);
	const bodies = [
		{},
		[],
		null,
		{ learner, device },
		{ learner, device, key, name: 'Maria' },
		{ learner: 'Maria', device, key },
		{ learner, device, key: { ...key, d: 'x' } },
		{ learner, device, key: { ...key, x: 'A'.repeat(43) + 'é' } }
	];
	for (const body of bodies) expect(await refusal(await send({ path: '/v1/enrol', body: json(body) }))).toEqual([400, 'body']);
	const nowhere = { learner, device, key: { ...key, x: 'A'.repeat(43), y: 'A'.repeat(43) } };
	expect(await refusal(await send({ path: '/v1/enrol', body: json(nowhere) }))).toEqual([401, 'signature']);
});

it('takes nothing from a phone it does not know', async () => {
	const { url } = await endpoint();
	const phone = await createPhone(url);
	expect(await refusal(await phone.push(statements(phone, 1)))).toEqual([401, 'unknown-device']);
	expect(await refusal(await phone.pull())).toEqual([401, 'unknown-device']);
	expect(await refusal(await phone.erase())).toEqual([401, 'unknown-device']);
});

it('takes nothing that was changed on its way, or signed by another, for another place, or not at all', async () => {
	const { url } = await endpoint();
	const [phone, other] = [await createPhone(url), await createPhone(url)];
	await phone.enrol();
	await other.enrol();
	const body = json(statements(phone, 1));
	const bad = {
		'another body than was signed': await phone.send({ path: '/v1/push', body, sign: { body: json([]) } }),
		'another path': await phone.send({ path: '/v1/push', body, sign: { path: '/v1/pull' } }),
		"another's key": await other.send({ path: '/v1/push', body, sign: { device: phone.device } }),
		'no signature': await fetch(`${url}/v1/push`, { method: 'POST', body }),
		'no signature on a pull': await fetch(`${url}/v1/pull`)
	};
	for (const [name, reply] of Object.entries(bad)) expect(await refusal(reply), name).toEqual([401, 'signature']);
	const headers = await phone.headers({ path: '/v1/push', body });
	const changed = [
		{ ...headers, signature: headers.signature!.replace(/:(.)/, (_, first) => `:${first === 'A' ? 'B' : 'A'}`) },
		{ ...headers, signature: 'sig=:AAAA:' },
		{ ...headers, 'content-digest': 'sha-256=:AAAA:' },
		{ ...headers, 'signature-input': headers['signature-input']!.replace('"@method" ', '') },
		{ ...headers, 'signature-input': headers['signature-input']!.replace(/created=\d/, 'created=2') }
	];
	for (const each of changed)
		expect(await refusal(await fetch(`${url}/v1/push`, { method: 'POST', headers: each, body }))).toEqual([401, 'signature']);
	expect(await refusal(await fetch(`${url}/v1/erase`, { method: 'POST', headers, body }))).toEqual([401, 'signature']);
	expect((await fetch(`${url}/v1/push`, { method: 'POST', headers, body })).status).toBe(200);
});

it('takes nothing that was signed too long ago or by a clock that is ahead, and says what time it is', async () => {
	const phone = await createPhone((await endpoint()).url);
	await phone.enrol();
	for (const created of [seconds() - limits.fresh - 5, seconds() + limits.fresh + 5]) {
		const reply = await phone.push(statements(phone, 1), { created });
		expect(reply.status).toBe(401);
		const { error, now } = Refused.parse(await reply.json());
		expect(error).toBe('clock');
		expect(Math.abs(now - Date.now())).toBeLessThan(5000);
	}
	expect((await phone.push(statements(phone, 1), { created: seconds() - limits.fresh + 30 })).status).toBe(200);
});

it('asks a phone that sends too often to wait, and no other phone', async () => {
	const { url } = await endpoint({ perDevice: { perMinute: 1, burst: 2 } });
	const [phone, other] = [await createPhone(url), await createPhone(url)];
	await phone.enrol();
	await other.enrol();
	expect((await phone.push([])).status).toBe(200);
	expect((await phone.pull()).status).toBe(200);
	const reply = await phone.push(statements(phone, 1));
	expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(50);
	expect(await refusal(reply)).toEqual([429, 'many']);
	expect((await other.push([])).status).toBe(200);
});

it('does not let others use up what a phone may ask for', async () => {
	const { url } = await endpoint({ perDevice: { perMinute: 1, burst: 1 } });
	const [phone, other] = [await createPhone(url), await createPhone(url)];
	await phone.enrol();
	for (const time of [1, 2, 3])
		expect((await other.send({ path: '/v1/push', body: json([]), sign: { device: phone.device } })).status, `time ${time}`).toBe(401);
	expect((await phone.push([])).status).toBe(200);
});

it('asks an address from which too many phones enrol to wait; behind a proxy, the address that the proxy names', async () => {
	const perAddress = { perMinute: 1, burst: 1 };
	const { url } = await endpoint({ perAddress });
	expect((await (await createPhone(url)).enrol()).status).toBe(200);
	const reply = await (await createPhone(url)).enrol();
	expect(reply.headers.get('retry-after')).toBeTruthy();
	expect(await refusal(reply)).toEqual([429, 'many']);
	const proxied = await endpoint({ perAddress, proxied: true });
	const from = (forwarded: string) => fetch(`${proxied.url}/v1/enrol`, { method: 'POST', headers: { 'x-forwarded-for': forwarded } });
	expect((await from('192.0.2.1')).status).toBe(400);
	expect((await from('198.51.100.7, 192.0.2.2')).status).toBe(400);
	expect((await from('198.51.100.8, 192.0.2.2')).status).toBe(429);
});

it('fills the bucket again as time passes, and never above its brim', () => {
	let now = 0;
	const limit = createLimit({ perMinute: 30, burst: 3 }, () => now);
	expect([limit('a'), limit('a'), limit('a')]).toEqual([0, 0, 0]);
	expect(limit('a')).toBe(2);
	now += 2000;
	expect([limit('a'), limit('a')]).toEqual([0, 2]);
	now += 3_600_000;
	expect([limit('a'), limit('a'), limit('a')]).toEqual([0, 0, 0]);
	expect(limit('a')).toBeGreaterThan(0);
	expect(limit('b')).toBe(0);
});

it('remembers an asker who is at the limit although very many others came, and at last the latest ones', () => {
	const limit = createLimit({ perMinute: 1, burst: 1 }, () => 0);
	limit('a');
	for (let other = 0; other < 90_000; other++) limit(`other-${other}`);
	expect(limit('a')).toBeGreaterThan(0);
	for (let other = 0; other < 250_000; other++) limit(`another-${other}`);
	expect(limit('a')).toBe(0);
	expect(limit('another-249999')).toBeGreaterThan(0);
});

it('answers pages of other sites only where it was told to', async () => {
	const { url } = await endpoint({ origins: ['https://app.example'] });
	const ask = (origin: string) =>
		fetch(`${url}/v1/push`, {
			method: 'OPTIONS',
			headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'signature' }
		});
	const reply = await ask('https://app.example');
	expect(reply.headers.get('access-control-allow-origin')).toBe('https://app.example');
	expect(reply.headers.get('access-control-allow-headers')).toContain('signature-input');
	expect((await ask('https://other.example')).headers.get('access-control-allow-origin')).toBeNull();
	const own = await endpoint();
	expect(
		(await fetch(`${own.url}/v1/health`, { headers: { origin: 'https://app.example' } })).headers.get('access-control-allow-origin')
	).toBeNull();
});

it('has nothing at other places', async () => {
	const { url } = await endpoint();
	expect(await refusal(await fetch(`${url}/v1/secrets`))).toEqual([404, 'not-found']);
	expect(await refusal(await fetch(`${url}/v1/push`))).toEqual([404, 'not-found']);
	expect(await refusal(await fetch(`${url}/elsewhere`, { method: 'POST' }))).toEqual([404, 'not-found']);
});

it('goes on when phones hang up in the middle', async () => {
	const { url, port } = await endpoint();
	const phone = await createPhone(url);
	await phone.enrol();
	const headers = await phone.headers({ path: '/v1/push' });
	await new Promise<void>((resolve) => {
		const socket = connect(port, '127.0.0.1', () => {
			const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
			socket.write(`POST /v1/push HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n${lines.join('')}\r\nhalf`, () => socket.destroy());
		});
		socket.once('close', () => resolve());
	});
	expect((await phone.push(statements(phone, 1))).status).toBe(200);
});
