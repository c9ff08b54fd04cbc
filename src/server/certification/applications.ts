import type { Application, CandidateRule } from '#core/candidate.ts';
import type { Answer, Applications as Listed } from '#core/office.ts';
import type { Scheme } from '#core/scheme.ts';
import type { PublicKey } from '#core/wire.ts';
import type * as z from 'zod/mini';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';
import { createTries } from './tries.ts';

type Row = {
	n: number;
	id: string;
	candidate: string;
	course: string;
	locale: string;
	asked: string;
	granted: string;
	state: string;
	at: number;
	name: string;
	born: string;
};
export type Applications = ReturnType<typeof createApplications>;

const day = 86_400_000;
/** Days before the end of a certificate from when on it can be made anew. */
export const renewal = 90;
/** The number of an application, as `A-000012`. */
export const applicationNumber = (n: number): string => `A-${String(n).padStart(6, '0')}`;

/** Who asked to be certified, and what was answered. */
export function createApplications(database: Database, register: Register, staff: Staff) {
	const { all, get, run, transact } = database;
	const { again, undecided } = createTries(database);
	/** The key of a candidate; undefined if she never applied, `erased` if she was. */
	function key(candidate: string): PublicKey | 'erased' | undefined {
		const row = get<{ key: string | null }>('SELECT key FROM candidates WHERE id = ?', candidate);
		if (!row) return undefined;
		return row.key === null ? 'erased' : (JSON.parse(row.key) as PublicKey);
	}

	function stands(candidate: string, course: string, now: number): CandidateRule | undefined {
		const open = get(
			`SELECT 1 FROM applications WHERE candidate = ? AND course = ? AND state IN ('received', 'accepted', 'invited')`,
			candidate,
			course
		);
		const held = get(
			`SELECT 1 FROM credentials WHERE candidate = ? AND course = ? AND standing <> 'revoked' AND (until IS NULL OR until > ?)`,
			candidate,
			course,
			now + renewal * day
		);
		if (open || held || undecided(candidate, course)) return 'open-application';
		return (again(candidate, course) ?? 0) > now ? 'wait' : undefined;
	}

	return {
		key,
		again,
		/** Takes an application, once by its id. `taken`: the candidate's number belongs to another key; `erased`: she was erased under it. */
		apply: (
			{ id, candidate, key: own, person, course, locale, accommodations, coaches, agreed }: Application,
			scheme: Pick<Scheme, 'id' | 'version'>,
			now: number
		): { number: string } | { rule: CandidateRule } | 'taken' | 'erased' =>
			transact(() => {
				const text = JSON.stringify({ kty: own.kty, crv: own.crv, x: own.x, y: own.y });
				const known = get<{ key: string | null; name: string; born: string }>(
					'SELECT key, name, born FROM candidates WHERE id = ?',
					candidate
				);
				if (known?.key === null) return 'erased';
				if (known && known.key !== text) return 'taken';
				const before = get<{ n: number; candidate: string }>('SELECT n, candidate FROM applications WHERE id = ?', id);
				if (before) return before.candidate === candidate ? { number: applicationNumber(before.n) } : { rule: 'not-yours' };
				if (known && (known.name !== person.name || known.born !== person.born)) return { rule: 'person' };
				if (agreed.scheme !== scheme.id || agreed.version !== scheme.version) return { rule: 'scheme' };
				if (!known) run('INSERT INTO candidates (id, key, name, born) VALUES (?, ?, ?, ?)', candidate, text, person.name, person.born);
				const rule = stands(candidate, course, now);
				if (rule && !known) run('DELETE FROM candidates WHERE id = ?', candidate);
				if (rule) return { rule };
				run(
					`INSERT INTO applications (id, candidate, course, locale, asked, granted, state, agreed, at) VALUES (?, ?, ?, ?, ?, '[]', 'received', ?, ?)`,
					...[id, candidate, course, locale, JSON.stringify(accommodations), JSON.stringify(agreed), now]
				);
				const { n } = get<{ n: number }>('SELECT n FROM applications WHERE id = ?', id)!;
				register.append(now, candidate, 'applied', id, `${course} ${agreed.scheme} ${agreed.version}`);
				for (const code of new Set(coaches)) {
					const coach = staff.byCode(code);
					if (coach) staff.coach(coach.id, candidate, candidate, now);
					else register.append(now, candidate, 'coach-unknown', id, code);
				}
				return { number: applicationNumber(n) };
			}),
		/** Takes one back, for its candidate, as long as nothing was sat under it and she was not seen in the room; a form that was drawn for it falls away. Again is harmless. */
		withdraw: (candidate: string, id: string, now: number): CandidateRule | undefined =>
			transact(() => {
				const row = get<{ candidate: string; state: string }>('SELECT candidate, state FROM applications WHERE id = ?', id);
				if (row?.candidate !== candidate) return 'not-yours';
				if (row.state === 'withdrawn' || row.state === 'refused') return undefined;
				if (row.state === 'sat' || get(`SELECT 1 FROM attempts WHERE application = ? AND state <> 'void'`, id)) return 'sat';
				if (get('SELECT 1 FROM forms WHERE application = ? AND absent = 0 AND seen IS NOT NULL', id)) return 'sat'; // she was in the room
				run(`UPDATE applications SET state = 'withdrawn' WHERE id = ?`, id);
				run('UPDATE forms SET absent = 1 WHERE application = ? AND id NOT IN (SELECT form FROM attempts)', id);
				register.append(now, candidate, 'withdrawn', id);
				return undefined;
			}),
		/** Accepts or refuses one that was received, by a registrar. The same answer again is harmless. */
		answer: (actor: string, id: string, answer: z.infer<typeof Answer>, now: number): Fault | undefined =>
			transact(() => {
				const bar = staff.barred(actor, ['registrar'], now);
				if (bar) return bar;
				const row = get<{ state: string }>('SELECT state FROM applications WHERE id = ?', id);
				if (!row) return 'not-found';
				const state = answer.accept ? 'accepted' : 'refused';
				if (row.state !== 'received' && row.state !== state) return 'state';
				const [granted, reason] = answer.accept ? [JSON.stringify(answer.granted), null] : ['[]', answer.reason];
				run('UPDATE applications SET state = ?, granted = ?, reason = ? WHERE id = ?', state, granted, reason, id);
				register.append(now, actor, state, id);
				return undefined;
			}),
		/** At most 200 of a state; of those that wait for somebody the oldest, else the newest; in the order in which they came. */
		list(actor: string, state: string | undefined, now: number): OfficeList | Fault {
			const bar = staff.barred(actor, ['registrar', 'invigilator'], now);
			if (bar) return bar;
			const order = state === 'received' || state === 'accepted' ? 'ASC' : 'DESC';
			const [where, values] = state === undefined ? ['', []] : ['AND state = ?', [state]];
			return all<Row>(
				`SELECT applications.*, name, born FROM applications JOIN candidates ON candidates.id = candidate
				WHERE erased IS NULL ${where} ORDER BY n ${order} LIMIT 200`,
				...values
			)
				.sort((a, b) => a.n - b.n)
				.map(({ n, name, born, asked, granted, ...row }) => ({
					id: row.id,
					number: applicationNumber(n),
					candidate: row.candidate,
					person: { name, born },
					course: row.course,
					locale: row.locale as OfficeList[number]['locale'],
					state: row.state as OfficeList[number]['state'],
					asked: JSON.parse(asked) as OfficeList[number]['asked'],
					granted: JSON.parse(granted) as OfficeList[number]['granted'],
					coached: staff.coached(actor, row.candidate),
					at: row.at
				}));
		}
	};
}
type OfficeList = z.infer<typeof Listed>['applications'];
