import { createHash, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Accepted, Mine } from '#core/candidate.ts';
import type { Attempt } from '#core/exam.ts';
import { Appeals, Attempts, Evidence, RefusedResponses, Register, Reported, type Role } from '#core/office.ts';
import { createRecords } from '#server/certification/records.ts';
import { course } from '../../core/awards.ts';
import { endpoint } from '../endpoint.ts';
import { crew, done, handedIn, house, invited, registered, sat, scheme, seated } from './house.ts';

describe('whoever coached, invigilated or decided is kept out by the records', () => {
	const every: Role[] = ['registrar', 'invigilator', 'decider', 'reviewer', 'coach'];

	it('does not let a coach open a session with her learner, or decide on her', async () => {
		const here = await house();
		const people = crew(here);
		const coach = here.person(every);
		const maria = here.candidate();
		const application = maria.application({ coaches: [coach.code, 'ZZZZZZ'] });
		await done(maria.ask('POST', '/apply', application));
		await done(people.registrar.post(`/applications/${application.id}`, { accept: true, granted: [] }));
		const session = { id: randomUUID(), place: 'Here', starts: 1, applications: [application.id] };
		expect((await coach.post('/sessions', session)).json).toMatchObject({ error: 'rule', rule: 'coach' });
		expect(here.records.sessions.due(coach.id, session, here.now())).toBe('coach');
		const anna = here.candidate('Anna Rossi');
		const { attempt } = await handedIn(here, people, anna);
		await done(coach.post('/coached', { candidate: anna.id, code: coach.code }));
		expect((await coach.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'My learner.' })).json).toMatchObject({
			rule: 'coach'
		});
		expect(Evidence.parse(await done(coach.get(`/attempts/${attempt.id}`))).barred).toBe('coach');
		expect(Mine.parse(await done(anna.get('/mine'))).attempts[0]!.state).toBe('checking');
	});

	it('takes a seat away from an invigilator who turns out to have taught its candidate', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { session, form } = await invited(here, people, maria);
		await done(people.registrar.post('/coached', { candidate: maria.id, code: people.invigilator.code }));
		expect(here.records.sessions.room(people.invigilator.id, session, here.now())).toMatchObject({ seats: [] });
		const report = { seats: [{ form: form.id, seen: 1 }] };
		expect(Reported.parse(await done(people.invigilator.post(`/sessions/${session}/report`, report))).left).toEqual([form.id]);
		expect(Mine.parse(await done(maria.get('/mine'))).applications[0]!.state).toBe('accepted');
	});

	it('does not let an invigilator decide on her own session, or a decider answer the appeal against her', async () => {
		const here = await house();
		const people = { ...crew(here), invigilator: here.person(every), decider: here.person(every) };
		const maria = here.candidate();
		const { attempt } = await handedIn(here, people, maria, { good: 1 });
		const decision = { decision: 'not-yet', note: 'One of four.' };
		expect((await people.invigilator.post(`/attempts/${attempt.id}`, decision)).json).toMatchObject({ rule: 'invigilator' });
		await done(people.decider.post(`/attempts/${attempt.id}`, decision));
		const appeal = { id: randomUUID(), kind: 'appeal', attempt: attempt.id, text: 'Please look again.', locale: 'el', at: 1 };
		await done(maria.ask('POST', '/appeal', appeal));
		const coach = here.person(every);
		await done(coach.post('/coached', { candidate: maria.id, code: coach.code }));
		const answer = { upheld: false, answer: 'We looked again.' };
		for (const [person, rule] of [
			[people.invigilator, 'invigilator'],
			[people.decider, 'decider'],
			[coach, 'coach'],
			[people.registrar, 'role']
		] as const) {
			expect((await person.post(`/appeals/${appeal.id}`, answer)).json, rule).toMatchObject({ error: 'rule', rule });
			expect(Appeals.parse(await done(person.get('/appeals'))).appeals[0]!.barred).toBe(rule);
		}
		await done(people.reviewer.post(`/appeals/${appeal.id}`, answer));
		expect(Mine.parse(await done(maria.get('/mine'))).appeals[0]).toMatchObject({ state: 'not-upheld', answer: 'We looked again.' });
	});

	it('lets nobody act before the statement, after her time, or outside her role', async () => {
		const here = await house();
		const people = crew(here);
		const { attempt } = await handedIn(here, people, here.candidate());
		const decision = { decision: 'passed', note: 'Passed.' };
		const rule = async (person: ReturnType<typeof here.person>) => (await person.post(`/attempts/${attempt.id}`, decision)).json;
		const fresh = here.person(['decider'], { stated: false });
		expect(await rule(fresh)).toMatchObject({ rule: 'statement' });
		expect((await fresh.get('/attempts')).json).toMatchObject({ rule: 'statement' });
		expect((await fresh.get('/me')).json).toMatchObject({ stated: false });
		expect(await rule(here.person(['registrar', 'coach']))).toMatchObject({ rule: 'role' });
		const ended = here.person(['decider']);
		here.records.staff.end(ended.id, here.now());
		expect(await rule(ended)).toMatchObject({ rule: 'expired' });
		expect((await ended.get('/me')).json).toMatchObject({ rule: 'expired' });
		for (const path of ['/applications', '/sessions', '/appeals', '/credentials'])
			expect((await people.decider.get(path)).json, path).toMatchObject({ rule: 'role' });
		await done(fresh.post('/statement', { confidential: true, conflicts: true }));
		expect(await rule(fresh)).toMatchObject({ v: 1 });
	});

	it('shows a session, its codes and its report to nobody but its invigilator, and an envelope to nobody but its candidate', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { session, form } = await invited(here, people, maria);
		const other = here.person(['invigilator']);
		expect((await other.get(`/sessions/${session}`)).json).toMatchObject({ rule: 'not-yours' });
		expect((await other.post(`/sessions/${session}/report`, { seats: [] })).json).toMatchObject({ rule: 'not-yours' });
		const second = { id: session, place: 'There', starts: 1, applications: [randomUUID()] };
		expect((await other.post('/sessions', second)).json).toMatchObject({ rule: 'not-yours' });
		expect((await other.post('/sessions', { ...second, id: randomUUID() })).status).toBe(404);
		const anna = here.candidate('Anna Rossi');
		await done(anna.apply());
		expect((await anna.get(`/envelope/${form.id}`)).json).toMatchObject({ rule: 'not-yours' });
		expect((await anna.get(`/envelope/${randomUUID()}`)).status).toBe(404);
	});
});

describe('an application', () => {
	it('is refused for its reason, and the reason is one that a screen can say', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const rule = async (asked: Promise<{ json: object }>) => (await asked).json;
		expect(await rule(maria.apply({ course: 'nothing' }))).toMatchObject({ rule: 'course' });
		expect(await rule(maria.apply({ person: { name: 'Maria Nowak', born: '1985-02-30' } }))).toMatchObject({ rule: 'person' });
		expect(await rule(maria.apply({ person: { name: 'Maria Nowak', born: '2085-02-20' } }))).toMatchObject({ rule: 'person' });
		expect(await rule(maria.apply({ agreed: { scheme: scheme.id, version: 2, at: 1 } }))).toMatchObject({ rule: 'scheme' });
		const application = maria.application();
		await done(maria.ask('POST', '/apply', application));
		expect(await rule(maria.apply())).toMatchObject({ rule: 'open-application' });
		expect(await rule(maria.apply({ course: course(2), person: { name: 'Another Name', born: '1985-04-12' } }))).toMatchObject({
			rule: 'person'
		});
		const anna = here.candidate('Anna Rossi');
		expect(await rule(anna.ask('POST', '/apply', anna.application({ id: application.id })))).toMatchObject({ rule: 'not-yours' });
		expect((await anna.ask('POST', '/apply', anna.application({ candidate: maria.id }), maria.id)).json).toMatchObject({
			error: 'signature'
		});
		expect((await anna.ask('POST', '/apply', maria.application())).json).toMatchObject({ error: 'signature' });
		expect((await maria.ask('POST', '/apply', { ...application, extra: 1 })).json).toMatchObject({ error: 'body' });
		const answer = (body: object) => rule(people.registrar.post(`/applications/${application.id}`, body));
		expect(await answer({ accept: true, granted: ['diagnosis'] })).toMatchObject({ error: 'body' });
		expect(await answer({ accept: false, reason: 'Not the name on the document.' })).toMatchObject({ v: 1 });
		expect(await answer({ accept: true, granted: [] })).toMatchObject({ rule: 'state' });
		expect(Mine.parse(await done(maria.get('/mine'))).applications[0]).toMatchObject({
			state: 'refused',
			reason: 'Not the name on the document.'
		});
		const session = { id: randomUUID(), place: 'Here', starts: 1, applications: [application.id] };
		expect(await rule(people.invigilator.post('/sessions', session))).toMatchObject({ rule: 'not-accepted' });
	});

	it('is sat by the scheme that it says: a scheme that was changed without a new version draws no form', async () => {
		const here = await house();
		await invited(here, crew(here), here.candidate());
		here.certification.close();
		const changed = await house({ at: here.at, scheme: { ...scheme, minutes: { value: 5, provisional: true } } });
		const people = crew(changed);
		await expect(invited(changed, people, changed.candidate())).rejects.toThrow('bank');
	});
});

describe('responses', () => {
	async function room() {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		return { here, people, maria, ...(await invited(here, people, maria)) };
	}
	const verdict = async (asked: Promise<{ json: object }>) => {
		const { verdict, reason } = Accepted.parse((await asked).json);
		return reason ?? verdict;
	};

	it('that cannot be taken are refused with their reason, kept for a person to look at, and written down once', async () => {
		const { here, people, maria, form } = await room();
		const anna = here.candidate('Anna Rossi');
		const other = await invited(here, people, anna);
		const attempt = sat(form);
		const good = maria.seal(attempt);
		const relinked = (change: (log: Attempt['log']) => Attempt['log']) =>
			maria.seal({ ...attempt, log: change(structuredClone(attempt.log)) });
		const cases: [string, unknown, string][] = [
			['truncated', { ...good, box: good.box.slice(0, -40) }, 'box'],
			['of another form, with the same box', { ...good, form: other.form.id, session: other.session }, 'box'],
			['from another session', { ...good, session: other.session }, 'session'],
			['of a form that nobody drew', { ...good, form: randomUUID() }, 'form'],
			['signed by somebody else', anna.seal(attempt), 'signature'],
			['of another candidate', maria.seal({ ...attempt, candidate: anna.id }), 'form'],
			['with a log from which a line was taken', relinked((log) => log.filter(({ n }) => n !== 3)), 'log'],
			[
				'with a log in which an answer was changed',
				relinked((log) => log.map((line) => (line.n === 3 ? { ...line, response: 'c' } : line))),
				'log'
			],
			['with responses that are not those of its log', maria.seal({ ...attempt, responses: {} }), 'log'],
			['with an item that is not in the form', maria.seal({ ...attempt, responses: { ...attempt.responses, other: 'a' } }), 'shape'],
			['without a box', { v: 1, attempt: attempt.id, form: form.id }, 'shape']
		];
		for (const [name, sealed, reason] of cases) expect(await verdict(here.send(sealed)), name).toBe(reason);
		for (const [name, sealed, reason] of cases) expect(await verdict(here.send(sealed)), `again: ${name}`).toBe(reason);
		expect((await here.send('{"v":1')).json).toMatchObject({ error: 'body' });
		expect((await here.send('[]')).json).toMatchObject({ error: 'body' });
		const { entries } = await registered(people);
		expect(entries.filter(({ event }) => event === 'refused').map(({ detail }) => detail)).toEqual(cases.map(([, , reason]) => reason));
		const db = new Database(join(here.at, 'certification.db'));
		onTestFinished(() => void db.close());
		const kept = db.prepare('SELECT box, reason FROM refused ORDER BY n').all() as { box: string; reason: string }[];
		expect(kept.map(({ box, reason }) => [JSON.parse(box), reason])).toEqual(cases.map(([, sealed, reason]) => [sealed, reason]));
		const listed = RefusedResponses.parse(await done(people.decider.get('/refused'))).refused;
		expect(listed.map(({ reason }) => reason)).toEqual(cases.map(([, , reason]) => reason).reverse());
		expect(listed.at(-1)).toMatchObject({ form: form.id, number: 'A-000001', place: 'Job centre' });
		expect((await people.invigilator.get('/refused')).json).toMatchObject({ rule: 'role' });
		expect(await verdict(here.send(good))).toBe('received');
		expect(Attempts.parse(await done(people.decider.get('/attempts'))).all).toBe(1);
	});

	it('of a second phone go to a person, and both are kept', async () => {
		const { here, people, maria, form, session } = await room();
		await done(people.invigilator.post(`/sessions/${session}/report`, { seats: [{ form: form.id, seen: 1 }] }));
		const [first, second] = [sat(form, { good: 4 }), sat(form, { good: 1 })];
		expect(await verdict(here.send(maria.seal(first)))).toBe('received');
		expect(await verdict(here.send(maria.seal(second)))).toBe('review');
		expect(await verdict(here.send(maria.seal(second)))).toBe('again');
		const changed = maria.seal({ ...sat(form, { good: 3, phone: first.phone }), id: first.id });
		expect(await verdict(here.send(changed))).toBe('review');
		const { attempts } = Attempts.parse(await done(people.decider.get('/attempts')));
		expect(attempts.map(({ state }) => state)).toEqual(['checking', 'review', 'review']);
		expect(new Set(attempts.map(({ id }) => id)).size).toBe(3);
		for (const { flags } of attempts) expect(flags.map(({ flag }) => flag)).toEqual(expect.arrayContaining(['second', 'two-phones']));
		await done(people.decider.post(`/attempts/${first.id}`, { decision: 'passed', note: 'The first one counts.' }));
		expect((await people.decider.post(`/attempts/${second.id}`, { decision: 'not-yet', note: 'And this?' })).json).toMatchObject({
			rule: 'state'
		});
		await done(people.decider.post(`/attempts/${second.id}`, { decision: 'void', note: 'A second try at one form.' }));
		expect(Mine.parse(await done(maria.get('/mine'))).applications[0]!.state).toBe('sat');
	});

	it('that somebody copied are seen in both', async () => {
		const here = await house({ scheme: { ...scheme, items: { value: 12, provisional: true } } });
		const people = crew(here);
		const both = [here.candidate('Maria Nowak'), here.candidate('Anna Rossi')];
		const { forms } = await seated(here, people, both);
		for (const [at, form] of forms.entries()) expect(await verdict(here.send(both[at]!.seal(sat(form, { good: 0 }))))).toBe('received');
		const { attempts } = Attempts.parse(await done(people.decider.get('/attempts')));
		for (const { flags } of attempts) expect(flags.map(({ flag }) => flag)).toEqual(['copied', 'unseen']);
	});

	it('that come from a seat which was reported empty count all the same, and the candidate can be seated again until then', async () => {
		const { here, people, maria, form, session } = await room();
		const report = (seat: object) => done(people.invigilator.post(`/sessions/${session}/report`, { seats: [{ form: form.id, ...seat }] }));
		const state = async () => Mine.parse(await done(maria.get('/mine'))).applications[0]!.state;
		await report({ absent: true });
		expect(await state()).toBe('accepted');
		await report({});
		expect(await state()).toBe('invited');
		await report({ absent: true });
		expect(await verdict(here.send(maria.seal(sat(form))))).toBe('received');
		expect(await state()).toBe('sat');
	});
});

describe('the register', () => {
	it('cannot be changed or shortened through the database, nor can decisions', async () => {
		const here = await house();
		const people = crew(here);
		const { attempt } = await handedIn(here, people, here.candidate());
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
		const db = new Database(join(here.at, 'certification.db'));
		onTestFinished(() => void db.close());
		for (const table of ['register', 'decisions']) {
			expect(() => db.exec(`DELETE FROM ${table}`), table).toThrow('append-only');
			expect(() => db.exec(`UPDATE ${table} SET at = 0`), table).toThrow('append-only');
		}
		expect(here.records.register.holds()).toBe(true);
	});

	it.each([
		['a line was changed', `UPDATE register SET detail = 'passed' WHERE n = 3`],
		['a line was taken out', 'DELETE FROM register WHERE n = 3'],
		['the first line was taken out', 'DELETE FROM register WHERE n = 1'],
		['the last lines were cut off', 'DELETE FROM register WHERE n > 5'],
		['all lines were cut off', 'DELETE FROM register']
	])('says that its chain does not hold when %s by force', async (_, sql) => {
		const here = await house();
		const people = crew(here);
		const db = new Database(join(here.at, 'certification.db'));
		onTestFinished(() => void db.close());
		db.exec('DROP TRIGGER register_stays; DROP TRIGGER register_keeps');
		db.exec(sql);
		expect(Register.parse(await done(people.registrar.get('/register'))).holds).toBe(false);
		const said = vi.spyOn(console, 'error').mockReturnValue();
		onTestFinished(() => said.mockRestore());
		await here.certification.start();
		expect(said).toHaveBeenCalledWith(expect.stringContaining('The register does not hold'));
		here.records.register.append(here.now(), 'operator', 'exported', 'later');
		expect(Register.parse(await done(people.registrar.get('/register'))).holds, 'after another line').toBe(false);
	});

	it('gives its lines page by page, the newest first', async () => {
		const here = await house();
		const people = crew(here);
		for (let n = 0; n < 600; n++) here.records.register.append(n, 'operator', 'exported', String(n));
		const first = Register.parse(await done(people.registrar.get('/register')));
		const second = Register.parse(await done(people.registrar.get(`/register?before=${first.next}`)));
		expect(first.entries).toHaveLength(500);
		expect(second.next).toBeUndefined();
		expect([...first.entries, ...second.entries].map(({ n }) => n)).toEqual(Array.from({ length: 608 }, (_, at) => 608 - at));
	});
});

it('is limited by address for whoever guesses keys or sends rubbish', async () => {
	const here = await house({ limits: { perMinute: 1, burst: 3 } });
	const guess = async () => (await fetch(`${here.url}/v1/office/me`, { headers: { authorization: `Bearer ${'x'.repeat(32)}` } })).status;
	expect([await guess(), await guess(), await guess(), await guess()]).toEqual([401, 401, 401, 429]);
	expect((await here.send('{}')).status).toBe(429);
});

it('is limited by address for whoever floods it with applications, each under a number of its own', async () => {
	const here = await house({ limits: { perMinute: 1, burst: 3 } });
	const replies = [];
	for (let n = 0; n < 4; n++) replies.push(await here.candidate(`Person ${n}`).apply());
	expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
	expect(replies[3]!.json).toMatchObject({ error: 'many' });
});

it('says that nothing can be certified where there is no seal, and learning goes on', async () => {
	const { url } = await endpoint();
	for (const path of ['/v1/exam/mine', '/v1/office/me', '/v1/status/1-revocation'])
		expect((await fetch(url + path)).status, path).toBe(503);
	expect((await fetch(`${url}/v1/health`)).status).toBe(200);
});

it('keeps everything over a restart, and keys as their hash alone', async () => {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	here.certification.close();
	const records = createRecords(join(here.at, 'certification.db'));
	onTestFinished(records.close);
	expect(records.register.holds()).toBe(true);
	expect(records.people.mine(maria.id).attempts).toMatchObject([{ id: attempt.id, state: 'checking' }]);
	expect(records.staff.byKey(people.decider.key)?.id).toBe(people.decider.id);
	const db = new Database(join(here.at, 'certification.db'));
	onTestFinished(() => void db.close());
	const kept = db.prepare('SELECT key FROM staff WHERE id = ?').all(people.decider.id) as { key: string }[];
	expect(kept).toMatchObject([{ key: createHash('sha256').update(people.decider.key).digest('hex') }]);
	db.exec('PRAGMA user_version = 1000');
	expect(() => createRecords(join(here.at, 'certification.db'))).toThrow('newer than this program');
});
