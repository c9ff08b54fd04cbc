import { expect, test } from 'vitest';
import { frames } from '#core/exam.ts';
import { deflated } from '#device/certification/box.ts';
import { sha256 } from '#device/keys.ts';
import { against, carried, createBureau, id, key, me, sealed, session } from './bureau.ts';
import { lostReply, lostRequest } from './world.ts';

const file = (text: string) => new Blob([text]);
const row = async (text: string, size?: number) => {
	const folded = await deflated(text);
	return frames(folded, await sha256(folded), size);
};
/** A device with one prepared session. */
async function prepared() {
	const bureau = await createBureau();
	const office = bureau.office();
	await office.signIn(key);
	await office.rooms.prepare(session);
	return { bureau, office, rooms: office.rooms };
}

test('a key that nobody knows is refused in one word, and is not kept', async () => {
	const office = (await createBureau()).office();
	expect(await office.signIn('another key')).toEqual({ rule: 'key' });
	expect(await office.kept()).toBeUndefined();
	expect(await office.applications()).toEqual({ rule: 'key' });
});

test('a key stays on the device, with who she is, until she signs out', async () => {
	const bureau = await createBureau();
	expect(await bureau.office().signIn(`  ${key}\n`)).toEqual({ ok: me });
	bureau.tab.kill();
	const office = bureau.office(bureau.phone.open());
	expect(await office.kept()).toMatchObject({ key, me });
	await office.signOut();
	expect(await office.kept()).toBeUndefined();
});

test.each([
	['a page of a hotspot', new Response('<!doctype html>', { status: 200, headers: { 'content-type': 'text/html' } }), 'server'],
	['JSON of another shape', Response.json({ v: 1, now: 0, name: 7 }), 'server'],
	['a proxy that fails', new Response('bad gateway', { status: 502 }), 'server'],
	['a host without an endpoint', new Response('', { status: 405 }), 'not-found']
])('%s in the place of a reply is an error with a name', async (_, reply, code) => {
	const bureau = await createBureau();
	bureau.replies['GET /v1/office/me'] = () => reply.clone();
	await expect(bureau.office().signIn(key)).rejects.toMatchObject({ code });
});

test('a rule that stands against something comes as that rule', async () => {
	const { bureau, office } = await prepared();
	bureau.replies['POST /v1/office/sessions'] = () => against('coach');
	expect(await office.open({ id: id(5), place: 'Room 4', starts: 0, applications: [id(101)] })).toEqual({ rule: 'coach' });
});

test('a prepared session is there without a network and after the browser was killed, with what was seen in it', async () => {
	const { bureau, rooms } = await prepared();
	bureau.line.always = lostRequest;
	await rooms.mark(session, id(1), { seen: 1000 });
	await rooms.mark(session, id(1), { note: 'noise' });
	bureau.tab.kill();
	const again = bureau.office(bureau.phone.open()).rooms;
	expect((await again.all()).map(({ room }) => room.seats.map(({ code }) => code))).toEqual([['7K3M-0QXZ-9ABC', '7K3M-0QXZ-9ABC']]);
	expect(await again.reports()).toMatchObject([{ session, seats: { [id(1)]: { form: id(1), seen: 1000, note: 'noise' } } }]);
	await expect(again.send()).rejects.toMatchObject({ code: 'offline' });
	expect(await again.reports()).toMatchObject([{ changes: 2, sent: 0 }]);
});

test('a report whose reply is lost is sent again, and then no more', async () => {
	const { bureau, rooms } = await prepared();
	await rooms.mark(session, id(1), { seen: 1000 });
	bureau.line.next((request) => lostReply(request, (sent) => bureau.line.always!(sent, undefined as never)));
	await expect(rooms.send()).rejects.toMatchObject({ code: 'offline' });
	await rooms.send();
	await rooms.send();
	expect(bureau.reports).toEqual([{ seats: [{ form: id(1), seen: 1000 }] }, { seats: [{ form: id(1), seen: 1000 }] }]);
});

test('what she takes back while a report is on its way is sent with the next', async () => {
	const { bureau, rooms } = await prepared();
	await rooms.mark(session, id(1), { seen: 1000 });
	const took = bureau.office().rooms;
	bureau.replies[`POST /v1/office/sessions/${session}/report`] = async (body) => {
		bureau.reports.push(body as never);
		if (bureau.reports.length === 1) await took.mark(session, id(1), { seen: undefined });
		return { left: [] };
	};
	await rooms.send();
	await rooms.send();
	expect(bureau.reports.map(({ seats }) => seats)).toEqual([[{ form: id(1), seen: 1000 }], [{ form: id(1) }]]);
});

test('a report that a rule stands against waits, and the responses go all the same', async () => {
	const { bureau, rooms } = await prepared();
	bureau.replies[`POST /v1/office/sessions/${session}/report`] = () => against('not-yours');
	await rooms.mark(session, id(1), { absent: true });
	await rooms.collect(file(carried(sealed(1))));
	expect(await rooms.send()).toBe('not-yours');
	expect(await rooms.reports()).toMatchObject([{ changes: 1, sent: 0 }]);
	expect(bureau.responses).toEqual([sealed(1)]);
});

test('responses in a file are kept, sent once, and harmless when they are collected twice', async () => {
	const { bureau, rooms } = await prepared();
	expect(await rooms.collect(file(carried(sealed(1), sealed(2))))).toMatchObject({ fresh: 2 });
	expect(await rooms.collect(file(carried(sealed(1))))).toMatchObject({ fresh: 0, kept: [{ form: id(1) }] });
	await rooms.send();
	await rooms.send();
	expect(bureau.responses).toEqual([sealed(1), sealed(2)]);
	expect((await rooms.collected()).map(({ state }) => state)).toEqual(['sent', 'sent']);
});

test('other responses under the same number are kept beside the first, and both are sent', async () => {
	const { bureau, rooms } = await prepared();
	await rooms.collect(file(carried(sealed(1))));
	expect(await rooms.collect(file(carried(sealed(1, { box: 'b3RoZXI' }))))).toMatchObject({ fresh: 1 });
	await rooms.send();
	expect(bureau.responses.map(({ box }) => box).sort()).toEqual([sealed(1).box, 'b3RoZXI'].sort());
});

test.each([
	['cut', carried(sealed(1)).slice(0, -40)],
	['empty', ''],
	['a form without responses', JSON.stringify({ format: 'passport-exam', v: 1, envelopes: [] })],
	['another thing', JSON.stringify({ passport: 'copy', version: 1 })],
	['a nest of lists', '['.repeat(100_000)]
])('a file that is %s is refused, and nothing of it is kept', async (_, text) => {
	const { rooms } = await prepared();
	await expect(rooms.collect(file(text))).rejects.toMatchObject({ code: 'copy' });
	expect(await rooms.collected()).toEqual([]);
});

test('codes may come in any order and twice; a device that goes out in between goes on where it was', async () => {
	const bureau = await createBureau();
	const codes = await row(carried(sealed(1)), 40);
	expect(codes.length).toBeGreaterThan(3);
	const [first, ...rest] = codes.toReversed() as [string, ...string[]];
	const { rooms } = bureau.office();
	expect(await rooms.scanned(first)).toMatchObject({ got: 1, of: codes.length });
	expect(await rooms.scanned(first)).toMatchObject({ got: 1 });
	expect(await rooms.scanned(rest[0]!)).toMatchObject({ got: 2 });
	bureau.tab.kill();
	const again = bureau.office(bureau.phone.open()).rooms;
	for (const code of rest.slice(1, -1)) await again.scanned(code);
	expect(await again.scanned(rest.at(-1)!)).toMatchObject({ got: codes.length, brought: { fresh: 1, kept: [{ sealed: sealed(1) }] } });
});

test('a code that is none of ours is passed over; a row with one letter changed is refused and begun anew', async () => {
	const { rooms } = (await createBureau()).office();
	expect(await rooms.scanned('https://example.org')).toBeUndefined();
	const codes = await row(carried(sealed(1)), 40);
	const spoilt = codes[1]!.replace(/.$/, (letter) => (letter === 'A' ? 'B' : 'A'));
	for (const code of [...codes.slice(2), codes[0]!]) await rooms.scanned(code);
	await expect(rooms.scanned(spoilt)).rejects.toMatchObject({ code: 'copy' });
	expect(await rooms.collected()).toEqual([]);
	for (const code of codes) await rooms.scanned(code);
	expect(await rooms.collected()).toHaveLength(1);
});

test('responses that the endpoint refuses stay on the device with the reason', async () => {
	const { bureau, rooms } = await prepared();
	bureau.replies['POST /v1/exam/responses'] = { attempt: sealed(1).attempt, verdict: 'refused', reason: 'log' };
	await rooms.collect(file(carried(sealed(1))));
	await rooms.send();
	expect(await rooms.collected()).toMatchObject([{ state: 'refused', reason: 'log', sealed: sealed(1) }]);
});

test('signing out empties the device of rooms and reports; responses that were not sent stay and are sent', async () => {
	const { bureau, office, rooms } = await prepared();
	await rooms.mark(session, id(1), { seen: 1000 });
	await rooms.collect(file(carried(sealed(1))));
	await rooms.send();
	await rooms.collect(file(carried(sealed(2))));
	await office.signOut();
	expect([await rooms.all(), await rooms.reports()]).toEqual([[], []]);
	expect((await rooms.collected()).map(({ form }) => form)).toEqual([id(2)]);
	await rooms.send();
	expect(bureau.responses).toEqual([sealed(1), sealed(2)]);
});

test('the responses of somebody who sits her own exam on this device are neither counted, sent nor deleted', async () => {
	const { bureau, office, rooms } = await prepared();
	const own = { attempt: sealed(1).attempt, form: id(1), session, sealed: sealed(1), state: 'sent' };
	await bureau.tab.device.database.use((db) => db.table('parcels').put(own));
	expect(await rooms.collected()).toEqual([]);
	await rooms.collect(file(carried(sealed(1))));
	await rooms.send();
	await office.signOut();
	expect(await bureau.tab.device.database.use((db) => db.table('parcels').toArray())).toEqual([own]);
});

test('a full device says so, and a seat keeps what was written of it before', async () => {
	const { bureau, rooms } = await prepared();
	await rooms.mark(session, id(1), { seen: 1000 });
	bureau.phone.storage = 'full';
	await expect(rooms.mark(session, id(1), { seen: undefined })).rejects.toMatchObject({ code: 'storage-full' });
	bureau.phone.storage = 'fine';
	expect(await rooms.reports()).toMatchObject([{ seats: { [id(1)]: { seen: 1000 } } }]);
});

test('the form of one seat, and of no other, is in the file that is handed over', async () => {
	const { rooms } = await prepared();
	const [room] = await rooms.all();
	expect(JSON.parse(rooms.carried(room!, id(2)))).toMatchObject({ format: 'passport-exam', envelopes: [{ form: id(2) }] });
});
