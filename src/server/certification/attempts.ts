import { randomUUID } from 'node:crypto';
import type { Accepted, AttemptState } from '#core/candidate.ts';
import type { Attempt, Granted } from '#core/exam.ts';
import type { Item } from '#core/item.ts';
import type { Attempts as Listed, Decision, Evidence, Flag, Items } from '#core/office.ts';
import type { Result, Scheme } from '#core/scheme.ts';
import { conduct, copied, repeated } from '#core/statistics.ts';
import { applicationNumber } from './applications.ts';
import { year } from './calendar.ts';
import type { Credentials } from './credentials.ts';
import type { Database } from './database.ts';
import { itemStatistics } from './item-statistics.ts';
import { compared, marks, type Marked } from './marking.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';

export type Attempts = ReturnType<typeof createAttempts>;
type Form = {
	id: string;
	session: string;
	candidate: string;
	application: string;
	course: string;
	edition: number;
	scheme: string;
	minutes: number;
	granted: string;
	items: string;
	versions: string;
	seen: number | null;
	note: string | null;
};
type Row = {
	n: number;
	id: string;
	form: string;
	session: string;
	candidate: string;
	application: string;
	course: string;
	state: AttemptState;
	received: number;
	result: string;
	flags: string;
	answers: string;
	payload: string;
	number: number;
	seen: number | null;
};
type Short = Omit<Row, 'answers' | 'payload'>;

/** Attempts on a page, and those that are kept of one form. */
const page = 100;
const most = 10;

const head =
	'attempts.n, attempts.id, form, attempts.session, attempts.candidate, attempts.application, attempts.course, attempts.state, received, result, flags';
/** Attempts without what is long in them, and with it. */
const select = (columns: string) => `SELECT ${columns}, applications.n AS number, forms.seen FROM attempts
	JOIN forms ON forms.id = attempts.form JOIN applications ON applications.id = attempts.application`;

/** Attempts that came in, what they were marked, and what a person decided. */
export function createAttempts({ all, get, run, transact }: Database, register: Register, staff: Staff, credentials: Credentials) {
	const formOf = (id: string) => get<Form>('SELECT * FROM forms WHERE id = ?', id);
	const flagged = (id: string, flags: Flag[]) => run('UPDATE attempts SET flags = ? WHERE id = ?', JSON.stringify(flags), id);

	/** Adds flags to attempts that nobody decided on, where they stand beside one that came in now. */
	function mention(rows: Pick<Row, 'id' | 'state' | 'flags'>[], flagsOf: (id: string) => Flag[]): void {
		for (const { id, state, flags } of rows) {
			const before = JSON.parse(flags) as Flag[];
			const added = flagsOf(id).filter(({ flag }) => !before.some((one) => one.flag === flag));
			if (added.length && (state === 'checking' || state === 'review')) flagged(id, [...before, ...added]);
		}
	}

	const listed = ({ id, number, course, state, received, result, flags, seen }: Short) => ({
		id,
		number: applicationNumber(number),
		course,
		state,
		received,
		result: JSON.parse(result) as Result,
		flags: [...(JSON.parse(flags) as Flag[]), ...(seen === null ? [{ flag: 'unseen' as const }] : [])]
	});

	const invigilator = (session: string) =>
		get<{ invigilator: string }>('SELECT invigilator FROM sessions WHERE id = ?', session)!.invigilator;
	const upheld = (attempt: string) => !!get(`SELECT 1 FROM appeals WHERE attempt = ? AND kind = 'appeal' AND state = 'upheld'`, attempt);
	/** Why a person may not decide on an attempt: her roles, or what she has to do with the candidate or with it. */
	function barred(actor: string, { id, candidate, session }: Pick<Row, 'id' | 'candidate' | 'session'>, now: number): Fault | undefined {
		const bar = staff.barred(actor, ['decider'], now);
		if (bar) return bar;
		if (staff.coached(actor, candidate)) return 'coach';
		if (invigilator(session) === actor) return 'invigilator';
		const before = `SELECT 1 FROM decisions WHERE attempt = ?1 AND staff = ?2 UNION SELECT 1 FROM appeals WHERE attempt = ?1 AND staff = ?2`;
		return get(before, id, actor) ? 'decider' : undefined;
	}

	return {
		/**
		 * Keeps an attempt that was opened, marked. `hash`: of what its candidate signed; the same again adds nothing, and another for the form goes
		 * to review. `many`: of its form there are so many already that no person can look at another.
		 */
		receive: (attempt: Attempt, hash: string, now: number): Exclude<Accepted['verdict'], 'refused'> | { reason: 'many' } =>
			transact(() => {
				if (get('SELECT 1 FROM attempts WHERE hash = ?', hash)) return 'again';
				if (get<{ count: number }>('SELECT count(*) AS count FROM attempts WHERE form = ?', attempt.form)!.count >= most)
					return { reason: 'many' };
				const form = formOf(attempt.form)!;
				const scheme = JSON.parse(form.scheme) as Scheme;
				const { result, answers } = marks(
					{ items: JSON.parse(form.items) as Item[], versions: JSON.parse(form.versions) as Record<string, string>, scheme },
					attempt
				);
				const held = all<Row & { phone: string }>('SELECT id, phone, state, flags FROM attempts WHERE form = ?', form.id);
				const near = all<Row>(
					'SELECT id, state, flags, answers FROM attempts WHERE session = ? AND course = ? AND candidate <> ?',
					form.session,
					form.course,
					form.candidate
				);
				const id = get('SELECT 1 FROM attempts WHERE id = ?', attempt.id) ? randomUUID() : attempt.id;
				const own = { id, phone: attempt.phone };
				const mine = compared(id, answers);
				const others = near.map((row) => compared(row.id, JSON.parse(row.answers) as Marked[]));
				const flags = [...conduct(attempt, form.minutes), ...repeated(own, held), ...copied(mine, others)];
				const state = held.length ? 'review' : 'checking';
				const texts = [result, flags, answers, attempt].map((part) => JSON.stringify(part));
				run(
					`INSERT INTO attempts (id, sent, hash, phone, form, session, candidate, application, course, state, received, result, flags, answers, payload)
					VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
					...[id, attempt.id, hash, attempt.phone, form.id, form.session, form.candidate, form.application, form.course, state, now],
					...texts
				);
				mention(held, (one) =>
					repeated(
						held.find((row) => row.id === one)!,
						[own]
					)
				);
				mention(near, (one) =>
					copied(
						others.find((answers) => answers.attempt === one)!,
						[mine]
					)
				);
				run(`UPDATE applications SET state = 'sat' WHERE id = ? AND state IN ('invited', 'accepted', 'withdrawn')`, form.application);
				register.append(now, form.candidate, state === 'review' ? 'attempt-second' : 'attempt', id, `${form.id} ${hash}`);
				return state === 'review' ? 'review' : 'received';
			}),
		/** A page of attempts of a state, oldest first. */
		list(actor: string, state: string | undefined, after: number, now: number): Omit<Listed, 'v' | 'now'> | Fault {
			const bar = staff.barred(actor, ['decider', 'reviewer', 'registrar'], now);
			if (bar) return bar;
			const where = state === undefined ? '' : 'AND attempts.state = ?';
			const values = state === undefined ? [] : [state];
			const rows = all<Short>(`${select(head)} WHERE attempts.n > ? ${where} ORDER BY attempts.n LIMIT ?`, after, ...values, page + 1);
			const count = get<{ count: number }>(`SELECT count(*) AS count FROM attempts WHERE 1 ${where}`, ...values)!;
			const shown = rows.slice(0, page);
			return { attempts: shown.map(listed), ...(rows.length > page ? { next: shown.at(-1)!.n } : {}), all: count.count };
		},
		/** Everything that a decision is made on. */
		evidence(actor: string, id: string, now: number): Omit<Evidence, 'v' | 'now'> | Fault {
			const bar = staff.barred(actor, ['decider', 'reviewer'], now);
			if (bar) return bar;
			const row = get<Row>(`${select('attempts.*')} WHERE attempts.id = ?`, id);
			if (!row) return 'not-found';
			const form = formOf(row.form)!;
			const { id: scheme, version } = JSON.parse(form.scheme) as Scheme;
			const person = get<{ name: string | null; born: string | null }>('SELECT name, born FROM candidates WHERE id = ?', row.candidate);
			const session = get<{ place: string; starts: number; name: string }>(
				'SELECT place, starts, name FROM sessions JOIN staff ON staff.id = invigilator WHERE sessions.id = ?',
				row.session
			)!;
			const decision = get<{ decision: string; name: string; at: number; note: string | null }>(
				`SELECT decisions.decision, name, at, note FROM decisions JOIN staff ON staff.id = decisions.staff LEFT JOIN grounds ON grounds.decision = decisions.n
				WHERE decisions.attempt = ? ORDER BY decisions.n DESC LIMIT 1`,
				id
			);
			const against = barred(actor, row, now);
			return {
				...listed(row),
				person: { name: person?.name ?? '--', born: person?.born ?? '0000-00-00' },
				scheme: { id: scheme, version },
				granted: JSON.parse(form.granted) as Granted,
				session: {
					place: session.place,
					starts: session.starts,
					invigilator: session.name,
					...(form.seen === null ? {} : { seen: form.seen }),
					...(form.note === null ? {} : { note: form.note })
				},
				items: JSON.parse(row.answers) as Marked[],
				log: (JSON.parse(row.payload) as Attempt).log,
				upheld: upheld(id),
				...(against ? { barred: against === 'coach' || against === 'invigilator' || against === 'decider' ? against : 'role' } : {}),
				...(decision
					? { decision: { passed: decision.decision === 'passed', by: decision.name, at: decision.at, note: decision.note ?? '' } }
					: {})
			};
		},
		/**
		 * Records what a named person decided. On `passed` the award is made in the same step, and the Passport if it was the last of `courses`;
		 * an attempt that does not count leaves the candidate free to sit again. Below the pass rule nobody passes without an appeal that was upheld;
		 * above it she may still decide otherwise. Each decision has its reason in words.
		 */
		decide: (actor: string, id: string, { decision, note }: Decision, courses: string[], now: number): Fault | undefined =>
			transact(() => {
				const row = get<Row>(`${select('attempts.*')} WHERE attempts.id = ?`, id);
				const bar = row ? barred(actor, row, now) : (staff.barred(actor, ['decider'], now) ?? 'not-found');
				if (!row || bar) return bar;
				const other = get(
					`SELECT 1 FROM attempts WHERE application = ? AND id <> ? AND state IN ('passed', 'not-yet')`,
					row.application,
					id
				);
				if ((row.state !== 'checking' && row.state !== 'review') || (other && decision !== 'void')) return 'state';
				if (row.seen === null && decision === 'passed') return 'unseen';
				if (decision === 'passed' && staff.coached(invigilator(row.session), row.candidate)) return 'taught';
				if (decision === 'passed' && !(JSON.parse(row.result) as Result).met && !upheld(id)) return 'below';
				const form = formOf(row.form)!;
				const scheme = JSON.parse(form.scheme) as Scheme;
				run('INSERT INTO decisions (attempt, staff, decision, at) VALUES (?, ?, ?, ?)', id, actor, decision, now);
				const { n } = get<{ n: number }>('SELECT max(n) AS n FROM decisions')!;
				run('INSERT INTO grounds VALUES (?, ?, ?)', n, id, note);
				const keep = Math.trunc(now + scheme.keep.value * year);
				run('UPDATE attempts SET state = ?, decided = ?, keep = ? WHERE id = ?', decision, now, keep, id);
				register.append(now, actor, 'decided', id, decision);
				if (decision === 'void' && !get(`SELECT 1 FROM attempts WHERE application = ? AND state <> 'void'`, row.application))
					run(`UPDATE applications SET state = 'accepted' WHERE id = ?`, row.application);
				if (decision === 'passed') {
					const { points, of } = JSON.parse(row.result) as Result;
					const score = Math.round((100 * points) / of);
					credentials.award(
						{ attempt: id, candidate: row.candidate, course: row.course, edition: form.edition, score, scheme, courses },
						now
					);
				}
				return undefined;
			}),
		/** How the items of a course behave, by version. */
		items(actor: string, course: string, now: number): Items['items'] | Fault {
			const bar = staff.barred(actor, ['decider', 'reviewer', 'registrar'], now);
			if (bar) return bar;
			return itemStatistics(all, course);
		}
	};
}
