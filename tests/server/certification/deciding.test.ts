import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { Evidence, type Decision } from '#core/office.ts';
import { crew, done, handedIn, house, registered, type Candidate, type Crew } from './house.ts';

/** A body with one attempt that was handed in: `good` answers of four are right. Three are enough. */
async function marked(good: number) {
	const here = await house();
	const people = crew(here);
	const maria = here.candidate();
	const { attempt } = await handedIn(here, people, maria, { good });
	const decide = (who: Crew['decider'], decision: Decision['decision'], note: string) =>
		who.post(`/attempts/${attempt.id}`, { decision, note });
	const state = async () => Evidence.parse(await done(people.decider.get(`/attempts/${attempt.id}`))).state;
	return { here, people, maria, attempt: attempt.id, decide, state };
}
/** She objects, and a reviewer answers. */
async function objected(maria: Candidate, { reviewer }: Crew, kind: 'appeal' | 'complaint', attempt: string, upheld: boolean) {
	const id = randomUUID();
	await done(maria.ask('POST', '/appeal', { id, kind, attempt, text: 'The room was loud.', locale: 'pl', at: Date.now() }));
	await done(reviewer.post(`/appeals/${id}`, { upheld, answer: 'We looked at it.' }));
}

it('a pass below the pass rule is refused by the store, stands in the register, and the attempt stays open', async () => {
	const { people, decide, state } = await marked(1);
	expect(await decide(people.decider, 'passed', 'She was kind.')).toMatchObject({ status: 409, json: { error: 'rule', rule: 'below' } });
	expect(await state()).toBe('checking');
	const { entries } = await registered(people);
	expect(entries.at(-1)).toMatchObject({ event: 'barred', detail: 'below', actor: people.decider.id });
	await done(decide(people.decider, 'not-yet', 'One of four is right.'));
	expect(await state()).toBe('not-yet');
});

it('half of the points are below the rule too', async () => {
	const { people, decide } = await marked(2);
	expect((await decide(people.decider, 'passed', 'Half is enough.')).json).toMatchObject({ rule: 'below' });
});

it('neither a complaint that was upheld nor an appeal that was not makes a pass below the rule possible', async () => {
	const { people, maria, attempt, decide, here } = await marked(1);
	await objected(maria, people, 'complaint', attempt, true);
	expect((await decide(people.decider, 'passed', 'Her complaint was right.')).json).toMatchObject({ rule: 'below' });
	await done(decide(people.decider, 'not-yet', 'One of four is right.'));
	await objected(maria, people, 'appeal', attempt, false);
	expect((await decide(here.person(['decider']), 'passed', 'She appealed.')).json).toMatchObject({ rule: 'state' });
	await objected(maria, people, 'complaint', attempt, true);
	expect((await decide(here.person(['decider']), 'passed', 'She complained.')).json).toMatchObject({ rule: 'state' });
});

it('an appeal that was upheld frees that attempt alone', async () => {
	const { people, maria, attempt, decide, here } = await marked(1);
	await done(decide(people.decider, 'not-yet', 'One of four is right.'));
	await objected(maria, people, 'appeal', attempt, true);
	const jan = here.candidate('Jan Kowalski', '1990-01-01');
	const his = await handedIn(here, people, jan, { good: 1 });
	const other = here.person(['decider']);
	expect((await other.post(`/attempts/${his.attempt.id}`, { decision: 'passed', note: 'As for her.' })).json).toMatchObject({
		rule: 'below'
	});
	await done(decide(other, 'passed', 'Two questions were wrong themselves.'));
});

it('no decision is taken without a written reason, also not “not yet” above the pass rule', async () => {
	const { people, decide, state } = await marked(4);
	for (const decision of ['not-yet', 'passed', 'void'] as const)
		for (const note of ['', ' \n\t ']) expect((await decide(people.decider, decision, note)).status, decision).toBe(400);
	expect(await state()).toBe('checking');
	await done(decide(people.decider, 'not-yet', 'She had another phone in her hand.'));
	expect(await state()).toBe('not-yet');
});
