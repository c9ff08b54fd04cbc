import type { Office } from '#app/certification/office.svelte.ts';

/** The parts of the office that are hers by her roles: first those where work waits, in the order of an application's way, then those to look things up. */
export const desks = ({ can }: Pick<Office, 'can'>) => {
	const keeps = can('registrar') || can('decider') || can('reviewer');
	return (
		[
			{ href: '/office/applications', title: 'office.desk.applications', hers: can('registrar'), work: true },
			{ href: '/office/sessions', title: 'office.desk.sessions', hers: can('invigilator'), work: true },
			{ href: '/office/attempts', title: 'office.desk.attempts', hers: can('decider'), work: true },
			{ href: '/office/appeals', title: 'office.desk.appeals', hers: can('reviewer'), work: true },
			{ href: '/office/credentials', title: 'office.desk.credentials', hers: can('registrar'), work: false },
			{ href: '/office/items', title: 'office.desk.items', hers: keeps, work: false },
			{ href: '/office/register', title: 'office.desk.register', hers: keeps, work: false }
		] as const
	).filter(({ hers }) => hers);
};
