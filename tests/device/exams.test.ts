import { createHash, createPublicKey, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { Application } from '#core/candidate.ts';
import { frame, link, typedCode } from '#core/exam.ts';
import { sealForm } from '#server/certification/envelope.ts';
import { code, createRoom, form, type Room } from './room.ts';

const refusal = (work: Promise<unknown>) =>
	work.then(
		() => undefined,
		(cause: { code?: string }) => cause.code
	);
const file = (content: unknown) => new Blob([typeof content === 'string' ? content : JSON.stringify(content)]);
const carried = (...envelopes: unknown[]) => ({ format: 'passport-exam', v: 1, envelopes });

async function started(room: Room) {
	const tab = room.open();
	const { candidate } = await tab.house.candidate.enrol();
	const made = await room.sealed(candidate);
	await tab.house.exams.keep([made.envelope]);
	return { ...tab, candidate, ...made };
}

test('her number and her key are made when she first applies, are not the learner’s, and stay', async () => {
	const room = await createRoom();
	const { house, device } = room.open();
	expect(await house.candidate.who()).toBeUndefined();
	expect(await house.candidate.mine()).toBeUndefined();
	const self = await house.candidate.enrol();
	const { learner, device: number } = await device.learner.who();
	expect([learner, number]).not.toContain(self.candidate);
	expect(self.key).not.toEqual(await device.learner.publicKey());
	expect(await room.open().house.candidate.enrol()).toEqual(self);
});

test('an application is signed by the candidate’s key and carries no number of the learner or her phone', async () => {
	const room = await createRoom();
	const { house, device } = room.open();
	const self = await house.candidate.enrol();
	const id = house.exams.number();
	const application = Application.parse({
		id,
		...self,
		person: { name: 'Ana Testa', born: '1990-02-03' },
		course: 'communication',
		locale: 'it',
		accommodations: ['reader'],
		coaches: [],
		agreed: { scheme: 'passport', version: 1, at: 1 }
	});
	let seen = '';
	room.replies['POST /v1/exam/apply'] = async (request) => {
		const bytes = Buffer.from(await request.arrayBuffer());
		seen = gunzipSync(bytes).toString() + JSON.stringify([...request.headers]);
		const input = request.headers.get('signature-input')!.replace(/^sig=/, '');
		const digest = createHash('sha256').update(bytes).digest('base64');
		const text = `"@method": POST\n"@path": /v1/exam/apply\n"content-digest": sha-256=:${digest}:\n"@signature-params": ${input}`;
		const signature = Buffer.from(request.headers.get('signature')!.slice(5, -1), 'base64');
		const key = createPublicKey({ key: self.key, format: 'jwk' });
		expect(verify('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
		return { v: 1, now: 5, number: 'A-000001' };
	};
	expect(await house.candidate.apply(application)).toEqual({ ok: { v: 1, now: 5, number: 'A-000001' } });
	const { learner, device: number } = await device.learner.who();
	expect(seen).toContain(self.candidate);
	expect([learner, number].filter((one) => seen.includes(one))).toEqual([]);
});

test('a phone whose clock is wrong learns the time and is heard the second time; a rule is told', async () => {
	const room = await createRoom();
	const { house } = room.open();
	await house.candidate.enrol();
	const mine = { v: 1, now: 0, applications: [], attempts: [], appeals: [], credentials: [] };
	let calls = 0;
	room.replies['GET /v1/exam/mine'] = () => (calls++ ? mine : Response.json({ error: 'clock', now: 99_000_000_000 }, { status: 401 }));
	expect(await house.candidate.mine()).toEqual(mine);
	room.replies['POST /v1/exam/appeal'] = () => Response.json({ error: 'rule', rule: 'appeal-late', now: 1 }, { status: 409 });
	const appeal = { id: house.exams.number(), kind: 'complaint' as const, text: 'It was loud', locale: 'en' as const, at: 1 };
	expect(await house.candidate.appeal(appeal)).toEqual({ refused: 'rule', rule: 'appeal-late' });
});

test('the code opens the envelope, however it was typed; another code does not, and nothing is lost by trying', async () => {
	const room = await createRoom();
	const { house, envelope, form: made } = await started(room);
	expect(await house.exams.open(envelope, '7K3M-0QXZ-9ABD', 'en')).toBeUndefined();
	expect(await house.exams.attempts.all()).toEqual([]);
	const opened = await house.exams.open(envelope, typedCode(' 7k3m oqxz9abc ')!, 'en');
	expect(opened!.form).toEqual(made);
	expect((await house.exams.open(envelope, code, 'en'))!.sat.id).toBe(opened!.sat.id);
	expect(await house.exams.reopen((await room.open().house.exams.attempts.of(made.id))!)).toEqual(made);
	await expect(crypto.subtle.exportKey('raw', opened!.sat.key!)).rejects.toThrow();
});

test('an envelope with other numbers on it than in it does not open', async () => {
	const room = await createRoom();
	const { house, envelope, candidate } = await started(room);
	const another = await sealForm(form(candidate, room.body.key), code, 0);
	expect(await house.exams.open({ ...envelope, box: another.box, iv: another.iv, salt: another.salt }, code, 'en')).toBeUndefined();
});

test.each([
	['cut in half', (text: string) => text.slice(0, text.length / 2), 'copy'],
	['another JSON', () => '{"format":"something"}', 'copy'],
	['empty', () => '', 'copy'],
	[
		'somebody else’s',
		(text: string) => text.replace(/"candidate":"[^"]+"/, '"candidate":"00000000-0000-4000-8000-000000000000"'),
		'not-found'
	]
])('a file that is %s is refused with its reason, and keeps what is there', async (_, change, reason) => {
	const room = await createRoom();
	const { house, envelope, candidate } = await started(room);
	const other = await sealForm(form(candidate, room.body.key), code, 0);
	expect(await refusal(house.exams.bring(file(change(JSON.stringify(carried(other))))))).toBe(reason);
	expect(await house.exams.envelopes()).toEqual([envelope]);
});

test('what she answered is sealed whole: it opens with node:crypto, is signed by her, and its log is a chain', async () => {
	const room = await createRoom();
	const { house, envelope, form: made } = await started(room);
	const { sat } = (await house.exams.open(envelope, code, 'en'))!;
	const line = { at: 5, spent: 10 };
	await house.exams.attempts.write(sat, [{ ...line, event: 'start' }], { sat: { started: 5 } });
	const answer = (item: string, response: string | undefined) => ({ attempt: sat.id, item, half: response ?? 'x', response });
	await house.exams.attempts.write(sat, [{ ...line, event: 'answer', item: 'one', response: 'a' }], { answered: [answer('one', 'a')] });
	await house.exams.attempts.write(sat, [], { answered: [answer('two', 'b')] }); // a log that was full did not take its line
	await house.exams.end((await house.exams.attempts.of(made.id))!, made, 60, 'el');

	const [parcel] = await house.exams.parcels();
	const { attempt, payload, signature } = room.body.opened(parcel!.sealed);
	const { key } = await house.candidate.enrol();
	const by = { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' as const };
	expect(verify('sha256', Buffer.from(payload), by, Buffer.from(signature, 'base64url'))).toBe(true);
	expect(attempt.responses).toEqual({ one: 'a', two: 'b' });
	expect(attempt.log.map(({ event }) => event)).toEqual(['open', 'start', 'answer', 'answer', 'end']);
	let before = made.id;
	for (const entry of attempt.log) {
		expect(entry.hash).toBe(createHash('sha256').update(link(entry, before)).digest('hex'));
		before = entry.hash;
	}

	const ended = (await house.exams.attempts.of(made.id))!;
	expect(ended.key).toBeUndefined();
	expect(await refusal(house.exams.reopen(ended))).toBe('not-found');
	await house.exams.settle(sat.id, 'safe');
	expect(await house.exams.envelopes()).toEqual([]);
	expect(await house.exams.attempts.answered(sat.id)).toEqual([]);
	expect(await house.exams.keep([envelope])).toBe(0); // over is over
});

test('sealed answers are carried as a row of codes that come to the same text', async () => {
	const room = await createRoom();
	const { house, envelope, form: made } = await started(room);
	const { sat } = (await house.exams.open(envelope, code, 'en'))!;
	await house.exams.end(sat, made, 60, 'el');
	const [parcel] = await house.exams.parcels();
	const parts = (await house.exams.frames(parcel!)).map((text) => frame(text)!);
	const text = parts
		.sort((a, b) => a.at - b.at)
		.map(({ part }) => part)
		.join('');
	const stream = new Blob([Buffer.from(text, 'base64url')]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
	expect(await new Response(stream).text()).toBe(house.exams.carried(parcel!));
	expect((await house.exams.matrix('hello')).length).toBe(21);
});

test('two tabs that write at once make one chain', async () => {
	const room = await createRoom();
	const { house, envelope } = await started(room);
	const { sat } = (await house.exams.open(envelope, code, 'en'))!;
	const other = room.open().house;
	const line = (at: number) => ({ at, spent: at, event: 'leave' as const });
	await Promise.all(Array.from({ length: 8 }, (_, at) => (at % 2 ? house : other).exams.attempts.write(sat, [line(at)])));
	const log = await house.exams.attempts.log(sat.id);
	expect(log.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
	expect(log.slice(1).every((entry, at) => entry.hash === createHash('sha256').update(link(entry, log[at]!.hash)).digest('hex'))).toBe(
		true
	);
});
