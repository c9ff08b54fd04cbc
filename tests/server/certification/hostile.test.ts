import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Bank } from '#core/bank.ts';
import { Accepted, Mine } from '#core/candidate.ts';
import { Appeals, Applications, Attempts, Evidence, type Role } from '#core/office.ts';
import { locales } from '#core/text.ts';
import { createForm } from '#server/certification/form.ts';
import { createIssue } from '#server/certification/issue.ts';
import { createProofs } from '#server/certification/proof.ts';
import { course, described } from '../../core/awards.ts';
import { crew, day, done, handedIn, house, invited, registered, sat, scheme, type Candidate, type Crew, type House } from './house.ts';

const every: Role[] = ['registrar', 'invigilator', 'decider', 'reviewer', 'coach'];
const mine = async (candidate: Candidate) => Mine.parse(await done(candidate.get('/mine')));
const register = async (people: Crew) => (await registered(people)).entries;
const stand = (people: Crew, id: string, standing: string) =>
	people.registrar.post(`/credentials/${encodeURIComponent(id)}`, { standing, reason: 'Asked by a court.' });

/** Passes these of the twenty; `until` is the last of them. */
async function passed(here: House, people: Crew, candidate: Candidate, from: number, until = from) {
	for (let place = from; place <= until; place++) {
		const { attempt } = await handedIn(here, people, candidate, { course: course(place) });
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	}
	return (await mine(candidate)).credentials;
}

describe('nobody examines herself, or alone', () => {
	it('whoever has the name of the candidate neither invigilates nor decides nor answers', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.person(every);
		const own = here.candidate(`  ${'Person registrar invigilator decider reviewer coach'.toUpperCase()}`);
		const application = own.application();
		await done(own.ask('POST', '/apply', application));
		await done(people.registrar.post(`/applications/${application.id}`, { accept: true, granted: [] }));
		const session = { id: randomUUID(), place: 'Here', starts: 1, applications: [application.id] };
		expect((await maria.post('/sessions', session)).json).toMatchObject({ rule: 'coach' });
		expect(Applications.parse(await done(maria.get('/applications'))).applications[0]!.coached).toBe(true);
		const { attempt } = await handedIn(here, people, own, { course: course(2) });
		expect((await maria.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'I am good.' })).json).toMatchObject({ rule: 'coach' });
		expect(Evidence.parse(await done(maria.get(`/attempts/${attempt.id}`))).barred).toBe('coach');
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	});

	it('whoever upheld an appeal does not decide on it', async () => {
		const here = await house();
		const people = crew(here);
		const both = here.person(['reviewer', 'decider']);
		const maria = here.candidate();
		const { attempt } = await handedIn(here, people, maria, { good: 0 });
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'None.' }));
		const appeal = { id: randomUUID(), kind: 'appeal', attempt: attempt.id, text: 'Look again.', locale: 'pl', at: 1 };
		await done(maria.ask('POST', '/appeal', appeal));
		await done(both.post(`/appeals/${appeal.id}`, { upheld: true, answer: 'She is right.' }));
		expect((await both.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'I said so.' })).json).toMatchObject({
			rule: 'decider'
		});
		expect(Evidence.parse(await done(both.get(`/attempts/${attempt.id}`))).barred).toBe('decider');
		const other = here.person(['decider']);
		await done(other.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'After the appeal.' }));
	});

	it('an erasure that a rule forbids stands in the register as every other action', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		await done(maria.apply());
		expect((await people.decider.post(`/candidates/${maria.id}/erase`, {})).json).toMatchObject({ rule: 'role' });
		expect((await mine(maria)).applications).toHaveLength(1);
		expect((await register(people)).at(-1)).toMatchObject({ event: 'barred', actor: people.decider.id, subject: maria.id, detail: 'role' });
	});
});

describe('the Passport', () => {
	it('stands no better than its parts, whoever reinstates it', async () => {
		const here = await house({ courses: [course(1), course(2), course(3)] });
		const people = crew(here);
		const maria = here.candidate();
		const credentials = await passed(here, people, maria, 1, 3);
		const whole = credentials.find((one) => one.course === null)!.id;
		const [one, two] = credentials.filter((one) => one.course !== null).map(({ id }) => id) as [string, string];
		const standing = async () => (await mine(maria)).credentials.find(({ id }) => id === whole)!.standing;
		await done(stand(people, one, 'suspended'));
		expect((await stand(people, whole, 'valid')).json).toMatchObject({ rule: 'state' });
		expect(await standing()).toBe('suspended');
		await done(stand(people, two, 'suspended'));
		await done(stand(people, one, 'valid'));
		expect(await standing()).toBe('suspended');
		await done(stand(people, two, 'valid'));
		expect(await standing()).toBe('valid');
		await done(stand(people, whole, 'suspended'));
		await done(stand(people, whole, 'valid'));
		expect(await standing()).toBe('valid');
	});

	it('is awarded when the last that it waited for is reinstated', async () => {
		const here = await house({ courses: [course(1), course(2)] });
		const people = crew(here);
		const maria = here.candidate();
		const [first] = await passed(here, people, maria, 1, 1);
		await done(stand(people, first!.id, 'suspended'));
		expect(await passed(here, people, maria, 2, 2)).toHaveLength(2);
		await done(stand(people, first!.id, 'valid'));
		expect((await mine(maria)).credentials.filter((one) => one.course === null)).toMatchObject([{ standing: 'valid' }]);
	});

	it('is awarded anew when its parts were renewed, from 90 days before its end on', async () => {
		const here = await house({
			scheme: { ...scheme, validity: { value: 12, provisional: true } },
			courses: [course(1), course(2), course(3)]
		});
		const people = crew(here);
		const maria = here.candidate();
		const wholes = (all: Mine['credentials']) => all.filter((one) => one.course === null);
		expect(wholes(await passed(here, people, maria, 1, 3))).toHaveLength(1);
		here.clock.ahead = 280 * day;
		expect(wholes(await passed(here, people, maria, 1, 2))).toHaveLength(1);
		const both = wholes(await passed(here, people, maria, 3));
		expect(both).toHaveLength(2);
		expect(both[1]!.until!).toBeGreaterThan(both[0]!.until! + 270 * day);
	});
});

it('a form says nothing of the order that the bank has its options in', () => {
	const bank = (targets: string[]): Bank => ({
		format: 1,
		course: 'demo',
		edition: 1,
		outcomes: ['first'],
		items: [
			{
				item: {
					...{ id: 'first-x0', outcome: 'first', kind: 'match', options: ['a', 'b', 'c'], targets },
					right: { a: 'pan', b: 'cup', c: 'jug' }
				},
				version: '0123456789abcdef-01234567'
			}
		],
		words: Object.fromEntries(
			locales.map((locale) => [
				locale,
				Object.fromEntries(
					['question', ...['a', 'b', 'c', ...targets].map((one) => `${one}.text`)].map((name) => [`first-x0.${name}`, name])
				)
			])
		) as Bank['words']
	});
	const id = randomUUID();
	const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
	const own = { id, session: id, candidate: id, application: id, seal: { kty: 'EC', crv: 'P-256', x: pair.x!, y: pair.y! } as const };
	const keys = (targets: string[]) =>
		createForm({
			...own,
			bank: bank(targets),
			scheme: { ...scheme, items: { value: 1, provisional: true } },
			granted: [],
			exposure: {},
			chance: () => 0.3
		}).form.keys;
	expect(keys(['cup', 'pan', 'jug'])).toEqual(keys(['jug', 'cup', 'pan']));
});

describe('what anybody can send', () => {
	it('does not fill the register: of rubbish a day has its most', async () => {
		const here = await house();
		const people = crew(here);
		const { form } = await invited(here, people, here.candidate());
		for (let n = 0; n < 70; n++) await here.send({ attempt: randomUUID(), n });
		for (let n = 0; n < 30; n++) await here.send({ attempt: randomUUID(), form: form.id, n });
		const refused = async () => (await register(people)).filter(({ event }) => event === 'refused').length;
		expect(await refused()).toBe(70);
		here.clock.ahead = day + 1000;
		await here.send({ attempt: randomUUID(), tomorrow: true });
		expect(await refused()).toBe(71);
	});

	it('is kept of one form only so often as a person can look at', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { form } = await invited(here, people, maria);
		const verdicts = [];
		for (let n = 0; n < 13; n++) verdicts.push(Accepted.parse(await done(here.send(maria.seal(sat(form))))).verdict);
		expect(verdicts.slice(0, 10)).toEqual(['received', ...Array.from({ length: 9 }, () => 'review')]);
		expect(verdicts.slice(10)).toEqual(['refused', 'refused', 'refused']);
		expect(Attempts.parse(await done(people.decider.get('/attempts'))).all).toBe(10);
	});

	it('hides nobody else’s complaint', async () => {
		const here = await house();
		const people = crew(here);
		const [loud, anna] = [here.candidate('Eva Klein'), here.candidate('Anna Rossi')];
		for (const one of [loud, anna]) await done(one.apply());
		const complain = (one: Candidate, text: string) =>
			here.records.appeals.appeal(one.id, { id: randomUUID(), kind: 'complaint', text, locale: 'it', at: 1 }, here.now());
		here.records.transact(() => {
			for (let n = 0; n < 600; n++) complain(loud, `Number ${n}`);
		});
		complain(anna, 'Nobody answers.');
		const { appeals } = Appeals.parse(await done(people.reviewer.get('/appeals')));
		expect(appeals.some(({ text }) => text === 'Nobody answers.')).toBe(true);
		expect(appeals.map(({ number }) => number)).toEqual(appeals.map(({ number }) => number).sort());
	});

	it('is no name that reads as another than it is written', async () => {
		const here = await house();
		for (const name of ['\u202Ekawon airam', 'Maria\u2066 Nowak', 'Maria\nNowak', 'Maria\0Nowak', 'Maria\uD800Nowak', '   '])
			expect((await here.candidate(name).apply()).json, JSON.stringify(name)).toMatchObject({ rule: 'person' });
		for (const name of ['Ζωή Παπαδοπούλου', "Maria D'Àngelo-Żółć", 'نور علي', '李小龍'])
			expect((await here.candidate(name).apply()).status, name).toBe(200);
	});

	it('is no attempt whose log has a time that no calendar has', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { form } = await invited(here, people, maria);
		for (const begun of [1e300, -1e300, 8.64e15])
			expect((await done(here.send(maria.seal(sat(form, { begun }))))) as object, `${begun}`).toMatchObject({ reason: 'shape' });
	});
});

describe('a second number of one person', () => {
	it('gives no second try before the first is decided, and none before the wait is over', async () => {
		const here = await house();
		const people = crew(here);
		const [one, two, three] = [here.candidate(), here.candidate('MARIA  Nowak'), here.candidate()];
		const application = two.application();
		await done(two.ask('POST', '/apply', application));
		await done(people.registrar.post(`/applications/${application.id}`, { accept: true, granted: [] }));
		const { attempt } = await handedIn(here, people, one, { good: 0 });
		const seat = (starts = here.now()) =>
			people.invigilator.post('/sessions', { id: randomUUID(), place: 'Here', starts, applications: [application.id] });
		expect((await seat()).json).toMatchObject({ rule: 'wait' });
		expect((await three.apply()).json).toMatchObject({ rule: 'open-application' });
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'not-yet', note: 'None.' }));
		expect((await seat()).json).toMatchObject({ rule: 'wait' });
		expect((await seat(here.now() + 8 * day)).status).toBe(200);
	});
});

it('whoever was seen at an exam does not take the application back, to try with other questions', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { application, session, form } = await invited(here, people, maria);
	const report = (seat: object) => done(people.invigilator.post(`/sessions/${session}/report`, { seats: [{ form: form.id, ...seat }] }));
	const back = () => maria.ask('POST', '/withdraw', { application: application.id });
	await report({ seen: here.now() });
	expect((await back()).json).toMatchObject({ rule: 'sat' });
	expect((await maria.apply()).json).toMatchObject({ rule: 'open-application' });
	await report({ absent: true });
	expect((await back()).status).toBe(200);
});

describe('what is held', () => {
	it('of a person whose attempt nobody ever decided on has an end', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate('Zofia Wyjątkowa');
		await handedIn(here, people, maria);
		expect(here.records.retention.purge(here.now() + 5.9 * 366 * day - 1, 6)).toBe(0);
		expect((await mine(maria)).attempts).toHaveLength(1);
		expect(here.records.retention.purge(here.now() + 6.1 * 366 * day, 6)).toBeGreaterThan(0);
		expect((await maria.get('/mine')).json).toMatchObject({ error: 'revoked' });
		expect(Attempts.parse(await done(people.decider.get('/attempts'))).all).toBe(0);
	});

	it('lies in files that their owner alone can read', async () => {
		const here = await house();
		await done(here.candidate().apply());
		for (const file of ['certification.db', 'certification.db-wal', 'certification.db-shm'])
			expect((statSync(join(here.at, file)).mode & 0o077).toString(8), file).toBe('0');
	});

	it('of somebody who was erased draws no form', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { application, attempt } = await handedIn(here, people, maria);
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'void', note: 'A fire alarm.' }));
		await done(people.registrar.post(`/candidates/${maria.id}/erase`, {}));
		const session = { id: randomUUID(), place: 'Here', starts: 1, applications: [application.id] };
		expect((await people.invigilator.post('/sessions', session)).status).toBe(404);
	});
});

it('no code leaves whose signature does not hold: the credential waits', async () => {
	const works = { now: false };
	const made = await house();
	let turn = 0;
	const sign = async (input: Uint8Array) => {
		const signature = await made.seal.sign(input);
		return ++turn % 2 || works.now ? signature : new Uint8Array(64).fill(1); // the second, that of the code
	};
	const seal = { ...made.seal, sign };
	const proofs = await createProofs(join(made.at, 'badge.json'));
	const parts = { seal, proofs, described, base: 'https://passport.example', portraits: join(made.at, 'portraits') };
	const here = await house({ issue: createIssue(parts) });
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	expect((await mine(maria)).credentials).toEqual([]);
	works.now = true;
	here.clock.ahead = 31_000;
	expect((await mine(maria)).credentials).toHaveLength(1);
});

it('nothing is sealed when the certificate of the seal has ended: it waits, and the decision holds', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	here.clock.ahead = 6 * 366 * day;
	const decider = here.person(['decider']);
	await done(decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	const { attempts, credentials } = await mine(maria);
	expect(attempts[0]!.state).toBe('passed');
	expect(credentials).toEqual([]);
	expect(here.records.credentials.waiting()).toHaveLength(1);
	expect((await fetch(`${here.url}/v1/status/1-revocation`)).status).toBe(503);
});
