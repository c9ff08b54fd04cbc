import { expect, it } from 'vitest';
import { course } from '../../core/awards.ts';
import { stated } from '../../core/make.ts';
import { crew, done, handedIn, house, sat, scheme, seated, type Candidate, type Crew } from './house.ts';

type Line = { event: string; subject: string };
const exported = async ({ registrar }: Crew, { id }: Pick<Candidate, 'id'>) =>
	((await done(registrar.get(`/candidates/${id}/export`))) as unknown as { register: Line[] }).register;

it('the export has the lines of the register about her, her attempt and her credential, and nobody else’s', async () => {
	const here = await house();
	const people = crew(here);
	const [maria, anna] = [here.candidate(), here.candidate('Anna Rossi')];
	const hers = await handedIn(here, people, maria);
	const other = await handedIn(here, people, anna);
	for (const { attempt } of [hers, other])
		await done(people.decider.post(`/attempts/${attempt.id}`, { decision: 'passed', note: 'Passed.' }));
	const lines = await exported(people, maria);
	expect(lines.map(({ event }) => event)).toEqual([
		'applied',
		'accepted',
		'form',
		'attempt',
		'reported',
		'decided',
		'awarded',
		'issued',
		'exported'
	]);
	for (const secret of [anna.id, other.application.id, other.form.id, other.attempt.id, people.decider.id])
		expect(JSON.stringify(lines)).not.toContain(secret);
});

it('the export has the lines about a number that was joined to hers', async () => {
	const here = await house();
	const people = crew(here);
	const [maria, phone] = [here.candidate(), here.candidate()];
	await done(maria.apply());
	await done(phone.apply({ course: course(2) }));
	await done(people.registrar.post(`/candidates/${phone.id}/code`, { seen: true }));
	const { code } = (await done(people.registrar.post(`/candidates/${maria.id}/code`, { seen: true }))) as unknown as { code: string };
	await done(phone.ask('POST', '/collect', { candidate: phone.id, key: phone.key, code }));
	const lines = await exported(people, maria);
	expect(lines.map(({ event }) => event)).toEqual(['applied', 'applied', 'code-given', 'code-given', 'collected', 'exported']);
	expect(lines.filter(({ subject }) => subject === phone.id)).toHaveLength(1);
});

it('the export says that her answers are like somebody’s, and not whose', async () => {
	const here = await house({ scheme: { ...scheme, items: stated(12) } });
	const people = crew(here);
	const both = [here.candidate('Maria Nowak'), here.candidate('Anna Rossi')] as const;
	const { forms } = await seated(here, people, [...both]);
	const attempts = forms.map((form) => sat(form, { good: 0 }));
	for (const [at, attempt] of attempts.entries()) await done(here.send(both[at]!.seal(attempt)));
	const held = JSON.stringify(await done(people.registrar.get(`/candidates/${both[0].id}/export`)));
	expect(held).toMatch(/copied\W+detail\W+\d+\/\d+\W/);
	expect(held).not.toContain(attempts[1]!.id);
});
