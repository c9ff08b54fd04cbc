import { randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Accepted, Mine } from '#core/candidate.ts';
import { Attempts, Erased, Evidence, Reported, Room, type Role } from '#core/office.ts';
import { course } from '../../core/awards.ts';
import {
	crew,
	day,
	done,
	handedIn,
	house,
	invited,
	registered,
	sat,
	scheme,
	seated,
	type Candidate,
	type Crew,
	type House
} from './house.ts';

const every: Role[] = ['registrar', 'invigilator', 'decider', 'reviewer', 'coach'];
const mine = async (candidate: Candidate) => Mine.parse(await done(candidate.get('/mine')));
const barred = async (people: Crew) => (await registered(people)).entries.filter(({ event }) => event === 'barred');

describe('whoever taught a person is kept out', () => {
	it('also when the person applied again under another number and names nobody', async () => {
		const here = await house();
		const people = crew(here);
		const coach = here.person(every);
		const before = here.candidate('Zofia Wyjątkowa', '1971-01-31');
		await done(before.apply({ coaches: [coach.code] }));
		const again = here.candidate('zofia  WYJĄTKOWA', '1971-01-31');
		const { attempt } = await handedIn(here, people, again, { course: course(2) });
		expect(Evidence.parse(await done(coach.get(`/attempts/${attempt.id}`))).barred).toBe('coach');
		expect((await coach.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'My learner.' })).json).toMatchObject({
			rule: 'coach'
		});
		const other = here.candidate('Zofia Wyjątkowa', '1971-01-30');
		const { attempt: hers } = await handedIn(here, people, other);
		await done(coach.post(`/attempts/${hers.id}`, { decision: 'passed', note: 'Another person.' }));
	});

	it('and what she saw of the other seats is taken, without that of her learner', async () => {
		const here = await house();
		const people = crew(here);
		const [maria, anna] = [here.candidate(), here.candidate('Anna Rossi')];
		const { session, seats } = await seated(here, people, [maria, anna]);
		await done(people.registrar.post('/coached', { candidate: maria.id, code: people.invigilator.code }));
		const report = { seats: seats.map(({ form }) => ({ form, seen: 5 })) };
		for (const again of [1, 2])
			expect(Reported.parse(await done(people.invigilator.post(`/sessions/${session}/report`, report))).left, `time ${again}`).toEqual([
				seats[0]!.form
			]);
		expect(Room.parse(await done(people.invigilator.get(`/sessions/${session}`))).seats).toMatchObject([{ form: seats[1]!.form, seen: 5 }]);
		expect(await barred(people)).toMatchObject(Array.from({ length: 2 }, () => ({ subject: seats[0]!.form, detail: 'coach' })));
	});

	it('and nobody passes in a session whose invigilator turns out to have taught her', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { attempt } = await handedIn(here, people, maria);
		await done(people.registrar.post('/coached', { candidate: maria.id, code: people.invigilator.code }));
		expect((await people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'All right.' })).json).toMatchObject({
			rule: 'taught'
		});
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'void', note: 'Her coach was in the room.' }));
		expect((await mine(maria)).applications[0]!.state).toBe('accepted');
	});

	it('and every action that a rule forbids stands in the register, without a word of what was sent', async () => {
		const here = await house();
		const people = crew(here);
		const coach = here.person(every);
		const maria = here.candidate();
		const { attempt } = await handedIn(here, people, maria);
		await done(coach.post('/coached', { candidate: maria.id, code: coach.code }));
		await coach.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'My learner.' });
		await people.registrar.post(`/attempts/${encodeURIComponent('Maria Nowak')}`, { decision: 'passed', note: 'My learner.' });
		expect(await barred(people)).toMatchObject([
			{ actor: coach.id, subject: attempt.id, detail: 'coach' },
			{ actor: people.registrar.id, subject: '', detail: 'role' }
		]);
		expect(JSON.stringify(await barred(people))).not.toMatch(/Maria|learner/);
	});
});

it('makes a person wait after an attempt, also under another number', async () => {
	const here = await house();
	const people = crew(here);
	const { attempt } = await handedIn(here, people, here.candidate(), { good: 0 });
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'None.' }));
	const again = here.candidate();
	expect((await again.apply()).json).toMatchObject({ error: 'rule', rule: 'wait' });
	expect((await again.get('/mine')).json).toMatchObject({ error: 'unknown-device' });
	expect((await again.apply({ course: course(2) })).status).toBe(200);
	here.clock.ahead = 7 * day + 1000;
	expect((await again.apply()).status).toBe(200);
});

it('lets a certificate be made anew from 90 days before its end on, and not before', async () => {
	const here = await house({ scheme: { ...scheme, validity: { value: 12, provisional: true } } });
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	here.clock.ahead = 273 * day;
	expect((await maria.apply()).json).toMatchObject({ error: 'rule', rule: 'open-application' });
	here.clock.ahead = 277 * day;
	expect((await maria.apply()).status).toBe(200);
});

describe('an application that is taken back', () => {
	it('is closed, its seat is gone, and another can be made; again is harmless', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { application, session } = await invited(here, people, maria);
		for (const again of [1, 2])
			expect((await maria.ask('POST', '/withdraw', { application: application.id })).status, `time ${again}`).toBe(200);
		expect((await mine(maria)).applications).toMatchObject([{ id: application.id, state: 'withdrawn' }]);
		expect((await mine(maria)).applications[0]!.form).toBeUndefined();
		expect(Room.parse(await done(people.invigilator.get(`/sessions/${session}`))).seats).toEqual([]);
		expect((await people.registrar.post(`/applications/${application.id}`, { accept: true, granted: [] })).json).toMatchObject({
			rule: 'state'
		});
		expect((await maria.apply()).status).toBe(200);
		const { entries } = await registered(people);
		expect(entries.filter(({ event }) => event === 'withdrawn')).toMatchObject([{ actor: maria.id, subject: application.id }]);
	});

	it('must be hers, and nothing may have been sat under it; what was sat all the same is not lost', async () => {
		const here = await house();
		const people = crew(here);
		const [maria, anna] = [here.candidate(), here.candidate('Anna Rossi')];
		const { application, attempt } = await handedIn(here, people, maria);
		await done(anna.apply());
		expect((await anna.ask('POST', '/withdraw', { application: application.id })).json).toMatchObject({ rule: 'not-yours' });
		expect((await anna.ask('POST', '/withdraw', { application: randomUUID() })).json).toMatchObject({ rule: 'not-yours' });
		expect((await maria.ask('POST', '/withdraw', { application: application.id })).json).toMatchObject({ rule: 'sat' });
		expect((await mine(maria)).attempts).toMatchObject([{ id: attempt.id, state: 'checking' }]);

		const eva = here.candidate('Eva Klein');
		const hers = await invited(here, people, eva);
		await done(eva.ask('POST', '/withdraw', { application: hers.application.id }));
		expect(Accepted.parse(await done(here.send(eva.seal(sat(hers.form))))).verdict).toBe('received');
		expect((await mine(eva)).applications).toMatchObject([{ state: 'sat' }]);
		expect(Attempts.parse(await done(people.decider.get('/attempts'))).all).toBe(2);
	});
});

describe('what is held of a person has an end', () => {
	const inFiles = (here: House, text: string) =>
		readdirSync(here.at).some((file) => file.startsWith('certification.db') && readFileSync(join(here.at, file)).includes(text));

	it('also if nothing was ever decided', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate('Zofia Wyjątkowa');
		const { application } = await invited(here, people, maria);
		await done(maria.ask('POST', '/withdraw', { application: application.id }));
		await done(maria.ask('POST', '/appeal', { id: randomUUID(), kind: 'complaint', text: 'Nobody answers.', locale: 'pl', at: 1 }));
		await here.send({ attempt: randomUUID(), odd: 'Zofia Wyjątkowa' });
		expect(here.records.retention.purge(here.now() + 5.9 * 366 * day - 1, 6)).toBe(0);
		expect(inFiles(here, 'Zofia')).toBe(true);
		expect(here.records.retention.purge(here.now() + 6.1 * 366 * day, 6)).toBe(2);
		for (const text of ['Zofia', 'Nobody answers.', maria.key.x]) expect(inFiles(here, text), text).toBe(false);
		expect((await maria.get('/mine')).json).toMatchObject({ error: 'revoked' });
		expect(here.records.register.holds()).toBe(true);
	});

	it('and an attempt that waits for a new decision after an appeal goes with the person who is erased', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { attempt } = await handedIn(here, people, maria, { good: 0 });
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'None.' }));
		const appeal = { id: randomUUID(), kind: 'appeal', attempt: attempt.id, text: 'Look again.', locale: 'pl', at: 1 };
		await done(maria.ask('POST', '/appeal', appeal));
		await done(people.reviewer.post(`/appeals/${appeal.id}`, { upheld: true, answer: 'We look again.' }));
		expect(Erased.parse(await done(people.registrar.post(`/candidates/${maria.id}/erase`, {}))).kept).toEqual([]);
		const other = here.person(['decider']);
		expect((await other.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'After all.' })).status).toBe(404);
	});
});

it('keeps of each form the newest refused responses, so that nobody can push out those of others or fill the disk', async () => {
	const here = await house();
	const people = crew(here);
	const { form } = await invited(here, people, here.candidate());
	const { form: other } = await invited(here, people, here.candidate('Anna Rossi'));
	await here.send({ attempt: randomUUID(), form: other.id });
	for (let n = 0; n < 30; n++) await here.send({ attempt: randomUUID(), form: form.id, n });
	for (let n = 0; n < 60; n++) await here.send({ attempt: randomUUID(), n, long: n ? '' : 'x'.repeat(400_000) });
	const db = new Database(join(here.at, 'certification.db'));
	onTestFinished(() => void db.close());
	const kept = db.prepare('SELECT form, count(*) AS count, max(length(box)) AS longest FROM refused GROUP BY form').all();
	const counts = new Map((kept as { form: string | null; count: number }[]).map(({ form, count }) => [form, count]));
	expect(counts).toEqual(
		new Map([
			[null, 50],
			[form.id, 20],
			[other.id, 1]
		])
	);
	expect((kept as { longest: number }[]).every(({ longest }) => longest <= 300_000)).toBe(true);
});
