import type { Scheme } from '#core/scheme.ts';
import type { Database } from './database.ts';
import { createSame } from './same.ts';

const day = 86_400_000;

/** What a person has tried of a course, under all her numbers. */
export function createTries(database: Pick<Database, 'all' | 'get'>) {
	const { get } = database;
	const same = createSame(database);
	return {
		/** Whether an attempt of hers waits for a decision. */
		undecided: (candidate: string, course: string): boolean =>
			same(candidate).some(
				(one) => !!get(`SELECT 1 FROM attempts WHERE candidate = ? AND course = ? AND state IN ('checking', 'review')`, one, course)
			),
		/** From when on another attempt is possible, after one that was not passed. */
		again(candidate: string, course: string): number | undefined {
			const ends = same(candidate).flatMap((one) => {
				const row = get<{ decided: number; scheme: string }>(
					`SELECT attempts.decided, forms.scheme FROM attempts JOIN forms ON forms.id = attempts.form
					WHERE attempts.candidate = ? AND attempts.course = ? AND attempts.state = 'not-yet' ORDER BY attempts.decided DESC LIMIT 1`,
					one,
					course
				);
				return row ? [row.decided + (JSON.parse(row.scheme) as Scheme).wait.value * day] : [];
			});
			return ends.length ? Math.max(...ends) : undefined;
		}
	};
}
