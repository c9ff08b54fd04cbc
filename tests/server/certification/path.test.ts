import { randomUUID } from 'node:crypto';
import { compactVerify, decodeProtectedHeader, importX509 } from 'jose';
import { gunzipSync } from 'node:zlib';
import { readFileSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Accepted, Issued, Mine, Numbered } from '#core/candidate.ts';
import { Applications, Appeals, Attempts, Credentials, Erased, Evidence, Items, Me, Room, Sessions } from '#core/office.ts';
import { StatusList, bit } from '#core/status.ts';
import { course } from '../../core/awards.ts';
import { crew, day, done, handedIn, house, invited, openEnvelope, registered, sat } from './house.ts';

it('goes from an application to a sealed credential in the hands of its holder, each step by another person', async () => {
	const here = await house();
	const { registrar, invigilator, decider } = crew(here);
	const maria = here.candidate();
	const application = maria.application({ accommodations: ['extra-time'] });

	const { number } = Numbered.parse(await done(maria.ask('POST', '/apply', application)));
	expect(number).toBe('A-000001');
	expect(Numbered.parse(await done(maria.ask('POST', '/apply', application))).number).toBe(number);
	const listed = Applications.parse(await done(registrar.get('/applications?state=received'))).applications;
	expect(listed).toMatchObject([{ id: application.id, number, asked: ['extra-time'], person: { name: 'Maria Nowak' }, coached: false }]);
	await done(registrar.post(`/applications/${application.id}`, { accept: true, granted: ['extra-time'] }));

	const session = randomUUID();
	const asked = { id: session, place: 'Job centre', starts: Date.now() + day, applications: [application.id] };
	for (const again of [1, 2]) expect((await invigilator.post('/sessions', asked)).status, `time ${again}`).toBe(200);
	expect(Sessions.parse(await done(invigilator.get('/sessions'))).sessions).toMatchObject([{ id: session, candidates: 1, received: 0 }]);
	const { seats } = Room.parse(await done(invigilator.get(`/sessions/${session}`)));
	expect(seats).toHaveLength(1);
	let mine = Mine.parse(await done(maria.get('/mine')));
	expect(mine.applications).toMatchObject([{ state: 'invited', granted: ['extra-time'], form: seats[0]!.form, session: { id: session } }]);

	const { envelope } = (await done(maria.get(`/envelope/${seats[0]!.form}`))) as unknown as {
		envelope: Parameters<typeof openEnvelope>[0];
	};
	const form = openEnvelope(envelope, seats[0]!.code);
	expect(form.minutes).toBe(60);
	expect(JSON.stringify(form)).not.toContain('"right"');
	const attempt = sat(form);
	const sealed = maria.seal(attempt);
	expect(Accepted.parse(await done(here.send(sealed))).verdict).toBe('received');
	expect(Accepted.parse(await done(here.send(sealed))).verdict).toBe('again');
	expect(Accepted.parse(await done(here.send(maria.seal(attempt)))).verdict).toBe('again');
	mine = Mine.parse(await done(maria.get('/mine')));
	expect(mine.applications[0]!.state).toBe('sat');
	expect(mine.attempts).toMatchObject([{ id: attempt.id, state: 'checking' }]);
	expect(mine.attempts[0]!.result).toBeUndefined();

	expect((await decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'All points.' })).json).toMatchObject({
		rule: 'unseen'
	});
	const report = { seats: [{ form: form.id, seen: Date.now(), note: 'Quiet.' }] };
	for (const again of [1, 2]) expect((await invigilator.post(`/sessions/${session}/report`, report)).status, `time ${again}`).toBe(200);

	const page = Attempts.parse(await done(decider.get('/attempts?state=checking')));
	expect(page).toMatchObject({ all: 1, attempts: [{ id: attempt.id, number, result: { points: 4, of: 4, met: true }, flags: [] }] });
	expect(JSON.stringify(page)).not.toContain('Maria');
	const evidence = Evidence.parse(await done(decider.get(`/attempts/${attempt.id}`)));
	expect(evidence).toMatchObject({ granted: ['extra-time'], session: { place: 'Job centre', note: 'Quiet.' }, scheme: { version: 1 } });
	expect(evidence.items.every(({ response, score }) => response === 'b' && score === 1)).toBe(true);
	expect(evidence.log).toHaveLength(attempt.log.length);
	expect(evidence.barred).toBeUndefined();

	await done(decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'All points.' }));
	expect((await decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'Changed my mind.' })).json).toMatchObject({
		rule: 'decider'
	});
	mine = Mine.parse(await done(maria.get('/mine')));
	expect(mine.attempts).toMatchObject([{ state: 'passed', result: { points: 4, of: 4 } }]);
	expect(mine.credentials).toMatchObject([{ course: course(1), standing: 'valid' }]);
	const issued = Issued.parse(await done(maria.get(`/credential/${encodeURIComponent(mine.credentials[0]!.id)}`)));
	expect(JSON.parse(JSON.parse(issued.edc).payload)).toMatchObject({ id: issued.id });
	expect(JSON.parse(issued.badge)).toMatchObject({ id: issued.id });
	expect(issued.qr).toMatch(/^EDC1:/);
	const { credentials } = Credentials.parse(await done(registrar.get('/credentials?number=C-000001')));
	expect(credentials).toMatchObject([{ id: issued.id, person: { name: 'Maria Nowak' }, standing: 'valid' }]);
	expect((await maria.apply()).json).toMatchObject({ error: 'rule', rule: 'open-application' });

	const items = Items.parse(await done(decider.get(`/items?course=${course(1)}`))).items;
	expect(items).toHaveLength(4);
	expect(items.every(({ drawn, answered, difficulty }) => drawn === 1 && answered === 1 && difficulty === 1)).toBe(true);
	const { holds, entries } = await registered({ registrar });
	expect(holds).toBe(true);
	// People know a thing by its number, or a colleague by her name.
	const about = (event: string) => entries.findLast((entry) => entry.event === event)?.about;
	expect(['applied', 'form', 'attempt', 'decided', 'issued'].map(about)).toEqual([
		'A-000001',
		'A-000001',
		'A-000001',
		'A-000001',
		'C-000001'
	]);
	const told = entries.map(({ event }) => event).filter((event) => !event.startsWith('sta'));
	expect(told).toEqual([
		'applied',
		'accepted',
		'session',
		'form',
		'attempt',
		'barred',
		'reported',
		'decided',
		'awarded',
		'issued',
		'barred'
	]);
	expect(JSON.stringify(entries)).not.toMatch(/Maria|1985|Quiet|All points/);
});

it('makes the Passport of twenty, and only of twenty that are in force', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const pass = async (place: number) => {
		const { attempt } = await handedIn(here, people, maria, { course: course(place) });
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	};
	for (let place = 1; place <= 19; place++) await pass(place);
	let { credentials } = Mine.parse(await done(maria.get('/mine')));
	expect(credentials).toHaveLength(19);
	await pass(20);
	({ credentials } = Mine.parse(await done(maria.get('/mine'))));
	expect(credentials.filter((one) => one.course === null)).toHaveLength(1);
	const whole = Issued.parse(
		await done(maria.get(`/credential/${encodeURIComponent(credentials.find((one) => one.course === null)!.id)}`))
	);
	expect(whole.qr.length).toBeLessThanOrEqual(800);
	expect(JSON.stringify(JSON.parse(JSON.parse(whole.edc).payload)).match(/"hasPart"/g)).toHaveLength(1);
	const standing = async (id: string) => Mine.parse(await done(maria.get('/mine'))).credentials.find((one) => one.id === id)!.standing;
	const stand = (id: string, to: string) =>
		done(people.registrar.post(`/credentials/${encodeURIComponent(id)}`, { standing: to, reason: 'Asked by a court.' }));
	const part = credentials.find((one) => one.course === course(7))!.id;
	for (const to of ['suspended', 'valid', 'revoked'] as const) {
		await stand(part, to);
		expect(await standing(whole.id), to).toBe(to);
	}
	expect(
		(await people.registrar.post(`/credentials/${encodeURIComponent(whole.id)}`, { standing: 'valid', reason: 'No.' })).json
	).toMatchObject({
		rule: 'state'
	});
}, 120_000);

it('says in the status lists what was suspended, withdrawn and reinstated, to any site, and serves the same again by its tag', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	const { credentials } = Mine.parse(await done(maria.get('/mine')));
	const id = credentials[0]!.id;
	const { edc } = Issued.parse(await done(maria.get(`/credential/${encodeURIComponent(id)}`)));
	const index = Number(/-revocation#(\d+)/.exec(edc)![1]);
	const bits = async () =>
		Promise.all(
			['revocation', 'suspension'].map(async (purpose) => {
				const reply = await fetch(`${here.url}/v1/status/1-${purpose}`, { headers: { origin: 'https://elsewhere.example' } });
				expect(reply.headers.get('access-control-allow-origin')).toBe('*');
				const jws = await reply.text();
				const x5c = decodeProtectedHeader(jws).x5c!;
				const leaf = await importX509(`-----BEGIN CERTIFICATE-----\n${x5c[0]}\n-----END CERTIFICATE-----`, 'ES256');
				const list = StatusList.parse(JSON.parse(new TextDecoder().decode((await compactVerify(jws, leaf)).payload)));
				const again = await fetch(`${here.url}/v1/status/1-${purpose}`, { headers: { 'if-none-match': reply.headers.get('etag')! } });
				expect(again.status).toBe(304);
				return bit(gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url')), index);
			})
		);
	const stand = (standing: string) =>
		people.registrar.post(`/credentials/${encodeURIComponent(id)}`, { standing, reason: 'Asked by a court.' });
	expect(await bits()).toEqual([false, false]);
	await done(stand('suspended'));
	expect(await bits()).toEqual([false, true]);
	expect(Mine.parse(await done(maria.get('/mine'))).credentials[0]!.standing).toBe('suspended');
	await done(stand('valid'));
	expect(await bits()).toEqual([false, false]);
	await done(stand('revoked'));
	await done(stand('revoked'));
	expect(await bits()).toEqual([true, false]);
	expect((await stand('valid')).json).toMatchObject({ rule: 'state' });
	expect(
		(await people.decider.post(`/credentials/${encodeURIComponent(id)}`, { standing: 'valid', reason: 'Why not.' })).json
	).toMatchObject({
		rule: 'role'
	});
	expect((await fetch(`${here.url}/v1/status/9-revocation`)).status).toBe(404);
	expect((await fetch(`${here.url}/v1/status/1-names`)).status).toBe(404);
});

it('holds a decision when a credential cannot be issued, and issues it later', async () => {
	let works = false;
	const papers = { edc: 'edc', badge: 'badge', qr: 'qr' };
	const issue = async () => {
		if (!works) throw new Error('The seal does not answer');
		return papers;
	};
	const here = await house({ issue: { issue, passport: issue } });
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	let mine = Mine.parse(await done(maria.get('/mine')));
	expect(mine.attempts[0]!.state).toBe('passed');
	expect(mine.credentials).toEqual([]);
	const [waiting] = here.records.credentials.waiting() as { award: { id: string } }[];
	expect((await maria.get(`/credential/${encodeURIComponent(waiting!.award.id)}`)).status).toBe(503);
	works = true;
	here.clock.ahead = 31_000;
	mine = Mine.parse(await done(maria.get('/mine')));
	expect(mine.credentials).toHaveLength(1);
	expect(Issued.parse(await done(maria.get(`/credential/${encodeURIComponent(mine.credentials[0]!.id)}`)))).toMatchObject(papers);
});

it('lets a candidate try again after the wait, and appeal in time; what is upheld is decided by another person', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria, { good: 1 });
	const appeal = { id: randomUUID(), kind: 'appeal', attempt: attempt.id, text: 'The room was too loud.', locale: 'pl', at: Date.now() };
	expect((await maria.ask('POST', '/appeal', appeal)).json).toMatchObject({ rule: 'undecided' });
	expect((await people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'She was kind.' })).json).toMatchObject({
		rule: 'below'
	});
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'One of four.' }));
	const { attempts, applications } = Mine.parse(await done(maria.get('/mine')));
	expect(attempts[0]).toMatchObject({ state: 'not-yet', result: { points: 1, of: 4, met: false } });
	expect(applications[0]!.again).toBe(attempts[0]!.decided! + 7 * day);
	expect(attempts[0]!.appealable).toBe(attempts[0]!.decided! + 30 * day);
	expect((await maria.apply()).json).toMatchObject({ error: 'rule', rule: 'wait' });

	for (const again of [1, 2])
		expect(Numbered.parse(await done(maria.ask('POST', '/appeal', appeal))).number, `time ${again}`).toBe('R-000001');
	const anna = here.candidate('Anna Rossi');
	await done(anna.apply());
	expect((await anna.ask('POST', '/appeal', { ...appeal, id: randomUUID() })).json).toMatchObject({ rule: 'not-yours' });
	const complaint = { id: randomUUID(), kind: 'complaint', text: 'Nobody answers.', locale: 'it', at: Date.now() };
	expect(Numbered.parse(await done(anna.ask('POST', '/appeal', complaint))).number).toBe('R-000002');

	const { appeals } = Appeals.parse(await done(people.reviewer.get('/appeals')));
	expect(appeals).toMatchObject([{ number: 'R-000001', text: 'The room was too loud.', attempt: attempt.id }, { kind: 'complaint' }]);
	await done(people.reviewer.post(`/appeals/${appeal.id}`, { upheld: true, answer: 'It was loud.' }));
	expect((await people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'Still.' })).json).toMatchObject({
		rule: 'decider'
	});
	const other = here.person(['decider']);
	await done(other.post(`/attempts/${attempt.id}`, { decision: 'void', note: 'The room was loud.' }));
	const mine = Mine.parse(await done(maria.get('/mine')));
	expect(mine.applications[0]!.state).toBe('accepted');
	expect(mine.appeals).toMatchObject([{ number: 'R-000001', state: 'upheld', answer: 'It was loud.' }]);

	here.clock.ahead = 31 * day;
	const late = { ...appeal, id: randomUUID() };
	expect((await maria.ask('POST', '/appeal', late)).json).toMatchObject({ rule: 'appeal-late' });
});

it('passes nobody below the pass rule, but after an appeal that was upheld', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria, { good: 1 });
	const passed = { decision: 'passed', note: 'One question was wrong itself.' };
	expect((await people.decider.post(`/attempts/${attempt.id}`, passed)).json).toMatchObject({ rule: 'below' });
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'One of four.' }));
	const appeal = { id: randomUUID(), kind: 'appeal', attempt: attempt.id, text: 'A question is wrong.', locale: 'pl', at: Date.now() };
	await done(maria.ask('POST', '/appeal', appeal));
	await done(people.reviewer.post(`/appeals/${appeal.id}`, { upheld: true, answer: 'It is.' }));
	const other = here.person(['decider']);
	expect(Evidence.parse(await done(other.get(`/attempts/${attempt.id}`)))).toMatchObject({ state: 'checking', upheld: true });
	await done(other.post(`/attempts/${attempt.id}`, passed));
	expect(Mine.parse(await done(maria.get('/mine'))).attempts[0]).toMatchObject({ state: 'passed' });
});

it('lets her apply again when the wait is over', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria, { good: 0 });
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'None.' }));
	here.clock.ahead = 7 * day + 1000;
	expect((await maria.apply()).status).toBe(200);
});

it('exports what it holds of a person, erases her, keeps what it must and no longer', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate('Zofia Wyjątkowa', '1971-01-31');
	const { attempt, form, session } = await handedIn(here, people, maria, { accommodations: ['spoken'] });
	await done(people.invigilator.post(`/sessions/${session}/report`, { seats: [{ form: form.id, seen: 1, note: 'Asked for water.' }] }));
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Well done, a note.' }));
	await done(maria.apply({ course: course(2) }));
	await done(maria.ask('POST', '/appeal', { id: randomUUID(), kind: 'complaint', text: 'My own words.', locale: 'pl', at: 1 }));
	const exported = JSON.stringify(await done(people.registrar.get(`/candidates/${maria.id}/export`)));
	for (const held of ['Zofia', '1971-01-31', 'Asked for water.', 'Well done, a note.', 'My own words.', '[\\"spoken\\"]', attempt.id])
		expect(exported).toContain(held);
	expect(exported).not.toContain('\\"right\\"');
	expect((await people.decider.get(`/candidates/${maria.id}/export`)).json).toMatchObject({ rule: 'role' });
	expect((await people.registrar.get(`/candidates/${randomUUID()}/export`)).status).toBe(404);

	const { kept } = Erased.parse(await done(people.registrar.post(`/candidates/${maria.id}/erase`, {})));
	expect(kept.map(({ what }) => what)).toEqual([`attempt ${attempt.id}`, 'credential C-000001']);
	const until = Math.max(...kept.map((one) => one.until));
	expect(until).toBeGreaterThan(here.now() + 5.9 * 365 * day);
	const after = JSON.stringify(await done(people.registrar.get(`/candidates/${maria.id}/export`)));
	for (const gone of ['Asked for water.', 'Well done, a note.', 'My own words.', '[\\"spoken\\"]', maria.key.x])
		expect(after).not.toContain(gone);
	expect(after).toContain('C-000001');
	expect((await maria.get('/mine')).json).toMatchObject({ error: 'revoked' });
	expect((await maria.apply({ course: course(3) })).json).toMatchObject({ error: 'revoked' });
	expect(Erased.parse(await done(people.registrar.post(`/candidates/${maria.id}/erase`, {}))).kept).toEqual(kept);
	expect(Evidence.parse(await done(people.decider.get(`/attempts/${attempt.id}`))).person.name).not.toContain('Zofia');

	const inFiles = () =>
		readdirSync(here.at).some((file) => file.startsWith('certification.db') && readFileSync(`${here.at}/${file}`).includes('Zofia'));
	expect(here.records.retention.purge(until - 1000)).toBe(0);
	expect(inFiles()).toBe(true);
	expect(here.records.retention.purge(until + 1000)).toBe(2);
	expect(inFiles()).toBe(false);
	expect(here.records.register.holds()).toBe(true);
	expect((await people.decider.get(`/attempts/${attempt.id}`)).status).toBe(404);
});

it('leaves no byte of a person who came to no decision', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate('Zofia Wyjątkowa');
	await handedIn(here, people, maria);
	const found = () =>
		readdirSync(here.at).some((file) => file.startsWith('certification.db') && readFileSync(`${here.at}/${file}`).includes('Zofia'));
	expect(found()).toBe(true);
	expect(Erased.parse(await done(people.registrar.post(`/candidates/${maria.id}/erase`, {}))).kept).toEqual([]);
	expect(found()).toBe(false);
});

it('tells who she is to one of its people, and nothing to a stranger', async () => {
	const here = await house();
	const { invigilator } = crew(here);
	const me = Me.parse(await done(invigilator.get('/me')));
	expect(me).toMatchObject({ staff: invigilator.id, roles: ['invigilator'], stated: true, code: invigilator.code });
	for (const authorization of ['', 'Bearer ', 'Bearer 0123456789012345678901234567890123', `Basic ${invigilator.key}`]) {
		const reply = await fetch(`${here.url}/v1/office/attempts`, { headers: { authorization } });
		expect(reply.status).toBe(401);
	}
	expect((await fetch(`${here.url}/v1/exam/mine`)).status).toBe(401);
	await invited(here, crew(here), here.candidate());
});
