import type { Mine } from '#core/candidate.ts';
import type { Granted } from '#core/exam.ts';
import type { Flag } from '#core/office.ts';
import type { Result, Scheme } from '#core/scheme.ts';
import { applicationNumber, type Applications } from './applications.ts';
import { appealNumber, appealable } from './appeals.ts';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';

type List<Name extends 'applications' | 'attempts' | 'appeals' | 'credentials'> = Mine[Name];
type Fields = Record<string, string | number | null>;

/** The lines of the register about a candidate: about her numbers, those that were joined to hers too, and about what is held under them. Not who acted. */
const lines = `WITH RECURSIVE
	numbers (id) AS (SELECT ?1 UNION SELECT detail FROM register JOIN numbers ON subject = numbers.id WHERE event = 'collected' AND detail <> ''),
	hers (id) AS (
		SELECT id FROM numbers UNION SELECT id FROM applications WHERE candidate = ?1 UNION SELECT id FROM forms WHERE candidate = ?1
		UNION SELECT id FROM attempts WHERE candidate = ?1 UNION SELECT id FROM appeals WHERE candidate = ?1
		UNION SELECT id FROM credentials WHERE candidate = ?1
	)
	SELECT n, at, event, subject, detail FROM register WHERE subject IN (SELECT id FROM hers) OR actor IN (SELECT id FROM numbers) ORDER BY n`;

/** What stood out in an attempt, without the number of the other attempt that it is like: that is somebody else's. */
const own = (flags: string | number | null | undefined): Flag[] =>
	(JSON.parse(String(flags)) as Flag[]).map((one) =>
		one.flag === 'copied' && one.detail ? { ...one, detail: one.detail.replace(/ .*/, '') } : one
	);

/** What is held of one person: for herself, and to be carried away. */
export function createPeople({ all, get, transact }: Database, register: Register, staff: Staff, applications: Applications) {
	/** Everything that is a candidate's own, in the words of `core/candidate`. */
	function mine(candidate: string): Pick<Mine, 'applications' | 'attempts' | 'appeals' | 'credentials'> {
		const asked = all<Fields>('SELECT * FROM applications WHERE candidate = ? ORDER BY n', candidate).map((row) => {
			const form = get<{ form: string; id: string; place: string; starts: number }>(
				`SELECT forms.id AS form, sessions.id, place, starts FROM forms JOIN sessions ON sessions.id = session
				WHERE application = ? AND absent = 0 ORDER BY forms.n DESC LIMIT 1`,
				row['id']
			);
			const again = row['state'] === 'sat' ? applications.again(candidate, String(row['course'])) : undefined;
			return {
				id: String(row['id']),
				number: applicationNumber(Number(row['n'])),
				course: String(row['course']),
				state: row['state'] as List<'applications'>[number]['state'],
				granted: JSON.parse(String(row['granted'])) as Granted,
				...(row['reason'] === null ? {} : { reason: String(row['reason']) }),
				...(form ? { session: { id: form.id, place: form.place, starts: form.starts }, form: form.form } : {}),
				...(again === undefined ? {} : { again })
			};
		});
		const sat = all<Fields>(
			'SELECT attempts.id, attempts.application, attempts.course, attempts.state, received, decided, result, forms.scheme FROM attempts JOIN forms ON forms.id = form WHERE attempts.candidate = ? ORDER BY attempts.n',
			candidate
		).map((row) => ({
			id: String(row['id']),
			application: String(row['application']),
			course: String(row['course']),
			state: row['state'] as List<'attempts'>[number]['state'],
			received: Number(row['received']),
			...(row['decided'] === null
				? {}
				: {
						decided: Number(row['decided']),
						result: JSON.parse(String(row['result'])) as Result,
						appealable: appealable(Number(row['decided']), JSON.parse(String(row['scheme'])) as Scheme)
					})
		}));
		const appeals = all<Fields>('SELECT * FROM appeals WHERE candidate = ? ORDER BY n', candidate).map((row) => ({
			id: String(row['id']),
			number: appealNumber(Number(row['n'])),
			kind: row['kind'] as List<'appeals'>[number]['kind'],
			state: row['state'] as List<'appeals'>[number]['state'],
			...(row['answer'] === null ? {} : { answer: String(row['answer']) }),
			...(row['attempt'] === null ? {} : { attempt: String(row['attempt']) })
		}));
		const credentials = all<Fields>(
			'SELECT id, course, standing, issued, until FROM credentials WHERE candidate = ? AND edc IS NOT NULL ORDER BY n',
			candidate
		).map((row) => ({
			id: String(row['id']),
			course: row['course'] === null ? null : String(row['course']),
			standing: row['standing'] as List<'credentials'>[number]['standing'],
			issued: Number(row['issued']),
			...(row['until'] === null ? {} : { until: Number(row['until']) })
		}));
		return { applications: asked, attempts: sat, appeals, credentials };
	}

	return {
		mine,
		/** The number by which people know a thing: that of an application, also for its form and its attempts, of an appeal, of a certificate. */
		known(id: string): string | undefined {
			const application = get<{ n: number }>(
				`SELECT n FROM applications WHERE id IN
				(SELECT ?1 UNION SELECT application FROM forms WHERE id = ?1 UNION SELECT application FROM attempts WHERE id = ?1)`,
				id
			);
			if (application) return applicationNumber(application.n);
			const appeal = get<{ n: number }>('SELECT n FROM appeals WHERE id = ?', id);
			return appeal ? appealNumber(appeal.n) : get<{ number: string }>('SELECT number FROM credentials WHERE id = ?', id)?.number;
		},
		/** Everything that is held about a candidate, by table; without the keys of exam items, which are not hers. */
		export: (actor: string, candidate: string, now: number): Record<string, Fields[]> | Fault =>
			transact(() => {
				const bar = staff.barred(actor, ['registrar'], now);
				if (bar) return bar;
				if (!get('SELECT 1 FROM candidates WHERE id = ?', candidate)) return 'not-found';
				const of = (sql: string) => all<Fields>(sql, candidate);
				register.append(now, actor, 'exported', candidate);
				return {
					candidate: of('SELECT * FROM candidates WHERE id = ?'),
					applications: of('SELECT * FROM applications WHERE candidate = ?'),
					coached: of('SELECT * FROM coached WHERE candidate = ?'),
					forms: of(
						'SELECT id, session, application, course, edition, scheme, minutes, granted, versions, seen, absent, note FROM forms WHERE candidate = ?'
					),
					attempts: of('SELECT * FROM attempts WHERE candidate = ?').map((row) => ({ ...row, flags: JSON.stringify(own(row['flags'])) })),
					decisions: of(
						`SELECT decisions.*, note FROM decisions LEFT JOIN grounds ON grounds.decision = decisions.n
						WHERE decisions.attempt IN (SELECT id FROM attempts WHERE candidate = ?)`
					),
					appeals: of('SELECT * FROM appeals WHERE candidate = ?'),
					credentials: of('SELECT * FROM credentials WHERE candidate = ?'),
					standings: of('SELECT * FROM standings WHERE credential IN (SELECT id FROM credentials WHERE candidate = ?)'),
					codes: of('SELECT until, key IS NOT NULL AS used FROM codes WHERE candidate = ?'),
					refused: of('SELECT * FROM refused WHERE form IN (SELECT id FROM forms WHERE candidate = ?)'),
					register: of(lines)
				};
			})
	};
}
