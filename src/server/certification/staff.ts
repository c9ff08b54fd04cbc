import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { OfficeRule, Role } from '#core/office.ts';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import { createSame, plain } from './same.ts';

/** One of the people of the certification body. `stated`: when she signed the statement on confidentiality and conflicts of interest. */
export type Person = { id: string; name: string; roles: Role[]; until: number; code: string; stated: number | undefined };
/** Why something is not done: a rule, or there is no such thing. */
export type Fault = OfficeRule | 'not-found';
export type Staff = ReturnType<typeof createStaff>;

type Row = { id: string; name: string; roles: string; until: number; code: string; stated: number | null };
const columns = 'id, name, roles, until, code, stated';
const person = ({ roles, stated, ...row }: Row): Person => ({ ...row, roles: roles.split(',') as Role[], stated: stated ?? undefined });
const letters = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const hashed = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Who may do what at the certification body, and who taught whom. The one place that knows: each action asks here. */
export function createStaff(database: Database, register: Register) {
	const { all, get, run, transact } = database;
	const same = createSame(database);
	const find = (id: string): Person | undefined => {
		const row = get<Row>(`SELECT ${columns} FROM staff WHERE id = ?`, id);
		return row && person(row);
	};

	/** Why a person may not act in any of these roles now; undefined if she may. */
	function barred(id: string, roles: Role[], now: number): OfficeRule | undefined {
		const found = find(id);
		if (!found || found.until < now) return 'expired';
		if (!found.stated) return 'statement';
		return roles.some((role) => found.roles.includes(role)) ? undefined : 'role';
	}
	/** Whether a person has the name of a candidate: then it may be she herself. */
	function namesake(staff: string, candidate: string): boolean {
		const her = get<{ name: string | null }>('SELECT name FROM candidates WHERE id = ?', candidate)?.name;
		return !!her && plain(her) === plain(find(staff)?.name ?? '');
	}
	/** Whether she taught this candidate, under whatever number, or has her name: nobody examines herself. */
	const coached = (staff: string, candidate: string): boolean =>
		namesake(staff, candidate) ||
		same(candidate).some((one) => !!get('SELECT 1 FROM coached WHERE candidate = ? AND staff = ?', one, staff));

	/** Notes that a person taught a candidate, once. What she was to invigilate for that candidate and was not sat yet falls away. */
	function coach(staff: string, candidate: string, actor: string, now: number): void {
		if (!run('INSERT INTO coached VALUES (?, ?, ?) ON CONFLICT DO NOTHING', candidate, staff, now)) return;
		register.append(now, actor, 'coached', candidate, staff);
		const open = same(candidate).flatMap((one) =>
			all<{ id: string; application: string }>(
				`SELECT id, application FROM forms WHERE candidate = ? AND session IN (SELECT id FROM sessions WHERE invigilator = ?)
				AND absent = 0 AND id NOT IN (SELECT form FROM attempts)`,
				one,
				staff
			)
		);
		for (const { id, application } of open) {
			run('UPDATE forms SET absent = 1 WHERE id = ?', id);
			run(`UPDATE applications SET state = 'accepted' WHERE id = ? AND state = 'invited'`, application);
			register.append(now, 'endpoint', 'form-withdrawn', id, 'coach');
		}
	}

	return {
		find,
		barred,
		coached,
		coach,
		/** Makes a person known, and her key, which is kept as its hash alone: it cannot be shown again. */
		add: (name: string, roles: Role[], until: number, now: number): { id: string; key: string; code: string } =>
			transact(() => {
				const [id, key] = [randomUUID(), randomBytes(24).toString('base64url')];
				let code: string;
				do code = Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('');
				while (get('SELECT 1 FROM staff WHERE code = ?', code));
				run('INSERT INTO staff VALUES (?, ?, ?, ?, ?, ?, NULL)', id, name, hashed(key), roles.join(','), Math.trunc(until), code);
				register.append(now, 'operator', 'staff-added', id, roles.join(','));
				return { id, key, code };
			}),
		/** Gives a person another key and another last day; her sessions and what she decided stay hers, and her old key opens nothing. */
		renew: (id: string, until: number, now: number): string | undefined =>
			transact(() => {
				const key = randomBytes(24).toString('base64url');
				if (!run('UPDATE staff SET key = ?, until = ? WHERE id = ?', hashed(key), Math.trunc(until), id)) return undefined;
				register.append(now, 'operator', 'staff-renewed', id);
				return key;
			}),
		/** Ends a person's rights now. False if there is no such person. */
		end: (id: string, now: number): boolean =>
			transact(() => {
				if (!run('UPDATE staff SET until = min(until, ?) WHERE id = ?', now - 1, id)) return false;
				register.append(now, 'operator', 'staff-ended', id);
				return true;
			}),
		all: (): Person[] => all<Row>(`SELECT ${columns} FROM staff ORDER BY name`).map(person),
		/** Whose key this is. */
		byKey(key: string): Person | undefined {
			const row = get<Row>(`SELECT ${columns} FROM staff WHERE key = ?`, hashed(key));
			return row && person(row);
		},
		byCode(code: string): Person | undefined {
			const row = get<Row>(`SELECT ${columns} FROM staff WHERE code = ?`, code);
			return row && person(row);
		},
		/** Signs the statement; again is harmless. */
		state: (id: string, now: number): OfficeRule | undefined =>
			transact(() => {
				const found = find(id);
				if (!found || found.until < now) return 'expired';
				if (run('UPDATE staff SET stated = ? WHERE id = ? AND stated IS NULL', now, id)) register.append(now, id, 'statement', id);
				return undefined;
			}),
		/** "I taught this candidate": by the coach herself, or by a registrar for her. */
		declare: (actor: string, candidate: string, code: string, now: number): Fault | undefined =>
			transact(() => {
				const own = find(actor)?.code === code;
				const bar = barred(actor, own ? ['coach', 'registrar', 'invigilator', 'decider', 'reviewer'] : ['registrar'], now);
				if (bar) return bar;
				const row = get<Row>(`SELECT ${columns} FROM staff WHERE code = ?`, code);
				if (!row || !get('SELECT 1 FROM candidates WHERE id = ? AND erased IS NULL', candidate)) return 'not-found';
				coach(row.id, candidate, actor, now);
				return undefined;
			})
	};
}
