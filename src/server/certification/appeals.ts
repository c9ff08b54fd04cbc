import type { Appeal, CandidateRule } from '#core/candidate.ts';
import type { AppealAnswer, Appeals as Listed } from '#core/office.ts';
import type { Scheme } from '#core/scheme.ts';
import type * as z from 'zod/mini';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';

type List = z.infer<typeof Listed>['appeals'];
type Row = Omit<List[number], 'number' | 'attempt' | 'answer' | 'barred'> & {
	n: number;
	candidate: string;
	attempt: string | null;
	answer: string | null;
};
export type Appeals = ReturnType<typeof createAppeals>;

/** The number of an appeal, as `R-000004`. */
export const appealNumber = (n: number): string => `R-${String(n).padStart(6, '0')}`;
/** Until when a candidate may appeal against what was decided. */
export const appealable = (decided: number, scheme: Scheme): number => decided + scheme.appeal.value * 86_400_000;

/** Appeals against decisions, and complaints: each is answered by somebody who had nothing to do with it. */
export function createAppeals({ all, get, run, transact }: Database, register: Register, staff: Staff) {
	/** Why a person may not answer: her roles, or what she has to do with the candidate or the attempt. */
	function barred(actor: string, { candidate, attempt }: Row, now: number): Fault | undefined {
		const bar = staff.barred(actor, ['reviewer'], now);
		if (bar) return bar;
		if (staff.coached(actor, candidate)) return 'coach';
		if (get('SELECT 1 FROM attempts JOIN sessions ON sessions.id = session WHERE attempts.id = ? AND invigilator = ?', attempt, actor))
			return 'invigilator';
		return get('SELECT 1 FROM decisions WHERE attempt = ? AND staff = ?', attempt, actor) ? 'decider' : undefined;
	}

	return {
		/** Takes an appeal or a complaint, once by its id. An appeal is about an attempt of hers that was decided, and in time. */
		appeal: (candidate: string, { id, kind, attempt, text, locale }: Appeal, now: number): { number: string } | { rule: CandidateRule } =>
			transact(() => {
				const before = get<{ n: number; candidate: string }>('SELECT n, candidate FROM appeals WHERE id = ?', id);
				if (before) return before.candidate === candidate ? { number: appealNumber(before.n) } : { rule: 'not-yours' };
				const found = get<{ decided: number | null; scheme: string }>(
					'SELECT decided, scheme FROM attempts JOIN forms ON forms.id = form WHERE attempts.id = ? AND attempts.candidate = ?',
					attempt,
					candidate
				);
				if (!found && (attempt !== undefined || kind === 'appeal')) return { rule: 'not-yours' };
				if (found && kind === 'appeal') {
					if (found.decided === null) return { rule: 'undecided' };
					if (now > appealable(found.decided, JSON.parse(found.scheme) as Scheme)) return { rule: 'appeal-late' };
				}
				run(
					`INSERT INTO appeals (id, candidate, kind, attempt, text, locale, at, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'received')`,
					...[id, candidate, kind, attempt, text, locale, now]
				);
				register.append(now, candidate, kind, id, attempt ?? '');
				return { number: appealNumber(get<{ n: number }>('SELECT n FROM appeals WHERE id = ?', id)!.n) };
			}),
		/** Those that wait, oldest first and of nobody so many that they hide another's, and the newest 100 that were answered; with what bars the one who asks. */
		list(actor: string, now: number): List | Fault {
			const bar = staff.barred(actor, ['reviewer', 'registrar'], now);
			if (bar) return bar;
			const open = all<Row>(
				`SELECT * FROM (SELECT *, row_number() OVER (PARTITION BY candidate ORDER BY n) AS turn FROM appeals WHERE state = 'received')
				ORDER BY turn, n LIMIT 500`
			).sort((a, b) => a.n - b.n);
			const closed = all<Row>(`SELECT * FROM appeals WHERE state <> 'received' ORDER BY n DESC LIMIT 100`);
			return [...open, ...closed].map((row) => {
				const { id, kind, text, locale, at, state } = row;
				const against = barred(actor, row, now);
				return {
					...{ id, number: appealNumber(row.n), kind, text, locale, at, state },
					...(row.attempt === null ? {} : { attempt: row.attempt }),
					...(row.answer === null ? {} : { answer: row.answer }),
					...(against ? { barred: against === 'coach' || against === 'invigilator' || against === 'decider' ? against : 'role' } : {})
				};
			});
		},
		/** Answers one. An appeal that is upheld puts an attempt that was not passed back to `checking`, for another decider. */
		answer: (actor: string, id: string, { upheld, answer }: z.infer<typeof AppealAnswer>, now: number): Fault | undefined =>
			transact(() => {
				const row = get<Row>('SELECT * FROM appeals WHERE id = ?', id);
				const bar = row ? barred(actor, row, now) : (staff.barred(actor, ['reviewer'], now) ?? 'not-found');
				if (!row || bar) return bar;
				const state = upheld ? 'upheld' : 'not-upheld';
				if (row.state !== 'received') return row.state === state && row.answer === answer ? undefined : 'state';
				run('UPDATE appeals SET state = ?, answer = ?, answered = ?, staff = ? WHERE id = ?', state, answer, now, actor, id);
				register.append(now, actor, state, id, row.attempt ?? '');
				const reopened =
					upheld &&
					row.kind === 'appeal' &&
					run(`UPDATE attempts SET state = 'checking', decided = NULL WHERE id = ? AND state IN ('not-yet', 'void')`, row.attempt);
				if (reopened) register.append(now, actor, 'reopened', row.attempt!, id);
				return undefined;
			})
	};
}
