import type { Items } from '#core/office.ts';
import { behaviour } from '#core/statistics.ts';
import type { Database } from './database.ts';
import { named, type Marked } from './marking.ts';

/** How many marked forms it looks back on. */
const looked = 2000;

/** How the items of a course behave, by version, in the newest attempts that count; one that was drawn and not answered yet is there too. */
export function itemStatistics(all: Database['all'], course: string): Items['items'] {
	const forms = all<{ answers: string }>(
		`SELECT answers FROM attempts WHERE course = ? AND state NOT IN ('review', 'void') ORDER BY n DESC LIMIT ${looked}`,
		course
	).map(({ answers }) => JSON.parse(answers) as Marked[]);
	const found = behaviour(
		forms.map((form) => form.map((one) => ({ item: named(one), score: one.score, answered: one.response !== undefined })))
	);
	return all<{ item: string; version: string; outcome: string; drawn: number }>(
		'SELECT item, version, outcome, drawn FROM exposure WHERE course = ? ORDER BY item, version',
		course
	).map(({ item: id, version, outcome, drawn }) => ({
		id,
		version,
		outcome,
		drawn,
		answered: 0,
		...found.get(named({ id, version }))
	}));
}
