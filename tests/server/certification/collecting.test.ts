import { describe, expect, it } from 'vitest';
import { Collected, Mine } from '#core/candidate.ts';
import { GivenCode } from '#core/office.ts';
import { course } from '../../core/awards.ts';
import { crew, day, done, handedIn, house, invited, registered, sat, type Candidate, type Crew, type House } from './house.ts';

type Phone = Pick<Candidate, 'id' | 'key' | 'ask'>;
const code = async ({ registrar }: Pick<Crew, 'registrar'>, candidate: string) =>
	GivenCode.parse(await done(registrar.post(`/candidates/${candidate}/code`, { seen: true })));
const collect = ({ id, key, ask }: Phone, typed: string) => ask('POST', '/collect', { candidate: id, key, code: typed });
const held = async (phone: Candidate, who: string) => Mine.parse(await done(phone.ask('GET', '/mine', undefined, who)));

/** Maria passed one exam, and lost her phone. */
async function lost(more: Parameters<typeof house>[0] = {}) {
	const here = await house(more);
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria);
	await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'All points.' }));
	return { here, people, maria };
}
const another = (here: House, name?: string, born?: string) => here.candidate(name, born);

describe('a candidate who lost her phone', () => {
	it('gets all that is hers on a new one with a code, and the lost phone gets nothing any more', async () => {
		const { here, people, maria } = await lost();
		const phone = another(here);
		const given = await code(people, maria.id);
		for (const time of [1, 2]) expect(Collected.parse(await done(collect(phone, given.code))).candidate, `time ${time}`).toBe(maria.id);
		const mine = await held(phone, maria.id);
		expect(mine).toMatchObject({ applications: [{ state: 'sat' }], attempts: [{ state: 'passed' }], credentials: [{ course: course(1) }] });
		await done(phone.ask('GET', `/credential/${encodeURIComponent(mine.credentials[0]!.id)}`, undefined, maria.id));
		expect((await maria.get('/mine')).status).toBe(401);
		const { entries, holds } = await registered(people);
		expect(entries.map(({ event }) => event).filter((event) => /code|collected/.test(event))).toEqual(['code-given', 'collected']);
		expect(holds).toBe(true);
	});

	it('keeps what she did under another number meanwhile, and the rules go on to hold', async () => {
		const { here, people, maria } = await lost();
		const phone = another(here, 'maria NOWAK');
		await handedIn(here, people, phone, { course: course(2) });
		await done(collect(phone, (await code(people, maria.id)).code));
		const mine = await held(phone, maria.id);
		expect(mine.applications.map((one) => one.course)).toEqual([course(1), course(2)]);
		expect((await phone.get('/mine')).status).toBe(403);
		const again = phone.application({ candidate: maria.id, course: course(1), person: { name: 'Maria Nowak', born: '1985-04-12' } });
		expect((await phone.ask('POST', '/apply', again, maria.id)).json).toMatchObject({ rule: 'open-application' });
	});

	it('gets the Passport when what she passed under two numbers makes the whole', async () => {
		const { here, people, maria } = await lost({ courses: [course(1), course(2)] });
		const phone = another(here);
		const { attempt } = await handedIn(here, people, phone, { course: course(2) });
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'All points.' }));
		await done(collect(phone, (await code(people, maria.id)).code));
		expect((await held(phone, maria.id)).credentials.map((one) => one.course)).toEqual([course(1), course(2), null]);
	});

	it('can go back to the lost phone when she finds it, with another code', async () => {
		const { here, people, maria } = await lost();
		const phone = another(here);
		const first = (await code(people, maria.id)).code;
		await done(collect(phone, first));
		await done(collect(maria, (await code(people, maria.id)).code));
		expect((await held(maria, maria.id)).credentials).toHaveLength(1);
		expect((await collect(phone, first)).json).toMatchObject({ rule: 'code' });
	});

	it('comes through with another code when the reply to the first was lost on the line', async () => {
		const { here, people, maria } = await lost();
		const phone = another(here);
		await done(phone.apply({ course: course(2) }));
		await done(collect(phone, (await code(people, maria.id)).code));
		const again = Collected.parse(await done(collect(phone, (await code(people, maria.id)).code)));
		expect(again.candidate).toBe(maria.id);
		expect((await held(phone, maria.id)).applications).toHaveLength(2);
	});

	it('may be known under several numbers: the office reads that there are others, and each gets a code', async () => {
		const { here, people, maria } = await lost();
		const second = another(here);
		await done(second.apply({ course: course(2) }));
		await done(another(here, 'Anna Rossi').apply());
		const phone = another(here);
		const given = await code(people, maria.id);
		expect(given.others).toBe(1);
		await done(collect(phone, given.code));
		const now = Collected.parse(
			await done(
				phone.ask('POST', '/collect', { candidate: maria.id, key: phone.key, code: (await code(people, second.id)).code }, maria.id)
			)
		);
		expect((await held(phone, now.candidate)).applications.map((one) => one.course)).toEqual([course(1), course(2)]);
		expect((await code(people, now.candidate)).others).toBe(0);
	});

	it('loses no responses that are on their way from the lost phone', async () => {
		const here = await house();
		const people = crew(here);
		const maria = here.candidate();
		const { form } = await invited(here, people, maria);
		const sealed = maria.seal(sat(form));
		const phone = another(here);
		await done(collect(phone, (await code(people, maria.id)).code));
		expect((await done(here.send(sealed))) as object).toMatchObject({ verdict: 'received' });
	});

	it('gets told again that responses are kept which were handed in under a number that was joined to hers', async () => {
		const { here, people, maria } = await lost();
		const phone = another(here);
		const { attempt } = await handedIn(here, people, phone, { course: course(2) });
		await done(collect(phone, (await code(people, maria.id)).code));
		expect((await done(here.send(phone.seal(attempt)))) as object).toMatchObject({ verdict: 'again' });
		expect((await held(phone, maria.id)).attempts).toHaveLength(2);
	});

	it('gets the same answer to the same code when the reply was lost, and a plain reason when the code is gone', async () => {
		const { here, people, maria } = await lost();
		const phone = another(here);
		await done(phone.apply({ course: course(2) }));
		const given = await code(people, maria.id);
		for (const time of [1, 2, 3]) expect(Collected.parse(await done(collect(phone, given.code))).candidate, `time ${time}`).toBe(maria.id);
		here.records.retention.purge(given.until + 1);
		expect(await collect(phone, given.code)).toMatchObject({ status: 409, json: { error: 'rule', rule: 'code' } });
		expect((await held(phone, maria.id)).applications).toHaveLength(2);
	});

	it.each<[string, (given: string, here: House, people: Crew, maria: Candidate) => Promise<string> | string]>([
		['is wrong', () => '0000-0000-0000'],
		['is past its week', (given, here) => ((here.clock.ahead = 8 * day), given)],
		['was used by another phone', async (given, here) => (await done(collect(another(here), given)), given)],
		['was given before a newer one', async (given, _, people, maria) => (await code(people, maria.id), given)],
		[
			'is for somebody who was erased',
			async (given, _, people, maria) => (await done(people.registrar.post(`/candidates/${maria.id}/erase`, {})), given)
		]
	])('gets nothing with a code that %s', async (_, spoilt) => {
		const { here, people, maria } = await lost();
		const given = (await code(people, maria.id)).code;
		const typed = await spoilt(given, here, people, maria);
		expect((await collect(another(here), typed)).json).toMatchObject({ error: 'rule', rule: 'code' });
	});

	it('is not somebody else: the phone of another person, or one with an exam on it, gets nothing', async () => {
		const { here, people, maria } = await lost();
		const given = (await code(people, maria.id)).code;
		const other = another(here, 'Anna Rossi');
		await done(other.apply());
		expect((await collect(other, given)).json).toMatchObject({ rule: 'person' });
		const busy = another(here);
		await invited(here, people, busy, { course: course(2) });
		expect((await collect(busy, given)).json).toMatchObject({ rule: 'exam-open' });
		const forged = { ...another(here), id: other.id };
		expect((await collect(forged, given)).status).toBe(401);
		expect((await held(maria, maria.id)).credentials).toHaveLength(1);
	});

	it('finds in the export that a code waits, never the code', async () => {
		const { people, maria } = await lost();
		const { code: given, until } = await code(people, maria.id);
		const { json } = await people.registrar.get(`/candidates/${maria.id}/export`);
		expect(json).toMatchObject({ codes: [{ until, used: 0 }] });
		expect(JSON.stringify(json)).not.toContain(given);
	});

	it('may not guess for long', async () => {
		const phone = another(await house({ perPerson: { perMinute: 1, burst: 2 } }));
		const tries = [];
		for (const typed of ['0000-0000-0000', '1111-1111-1111', '2222-2222-2222']) tries.push((await collect(phone, typed)).status);
		expect(tries).toEqual([409, 409, 429]);
	});

	it('gets a code from a registrar alone, who has seen the document and did not teach her', async () => {
		const { here, people, maria } = await lost();
		const path = `/candidates/${maria.id}/code`;
		expect((await people.decider.post(path, { seen: true })).json).toMatchObject({ rule: 'role' });
		expect((await people.registrar.post(path, { seen: false })).status).toBe(400);
		expect((await people.registrar.post(`/candidates/${another(here).id}/code`, { seen: true })).status).toBe(404);
		await done(people.registrar.post('/coached', { candidate: maria.id, code: people.registrar.code }));
		expect((await people.registrar.post(path, { seen: true })).json).toMatchObject({ rule: 'coach' });
	});
});
