import type { Envelope, Granted } from '#core/exam.ts';
import type { Item } from '#core/item.ts';
import type { NewSession, Report, Room, Sessions as Listed } from '#core/office.ts';
import type { Scheme } from '#core/scheme.ts';
import type { PublicKey } from '#core/wire.ts';
import type * as z from 'zod/mini';
import { applicationNumber } from './applications.ts';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Awaited } from './sealed.ts';
import type { Fault, Staff } from './staff.ts';
import { createTries } from './tries.ts';

/** Who is to sit a form in a session. */
export type Due = { application: string; candidate: string; course: string; granted: Granted };
/** A form as it is kept: with the keys of its items and the scheme of its day, to be marked by even if both have changed since. */
export type Drawn = {
	id: string;
	application: string;
	candidate: string;
	course: string;
	edition: number;
	scheme: Scheme;
	minutes: number;
	granted: Granted;
	items: Item[];
	versions: Record<string, string>;
	code: string;
	envelope: Envelope;
};
export type Sessions = ReturnType<typeof createSessions>;

type Row = { [name in keyof Drawn]: Drawn[name] extends string | number ? Drawn[name] : string } & {
	session: string;
	seen: number | null;
	absent: number;
	note: string | null;
};
type Session = { id: string; invigilator: string; place: string; starts: number };

/** Sessions that invigilators open, the forms that are sat in them, and what was seen there. */
export function createSessions(database: Database, register: Register, staff: Staff) {
	const { all, get, run, transact } = database;
	const { again, undecided } = createTries(database);
	const session = (id: string) => get<Session>('SELECT id, invigilator, place, starts FROM sessions WHERE id = ?', id);

	/** Who is to get a form: each accepted and free to try, none taught by the invigilator. `again`: the session is open already. */
	function due(actor: string, { id, applications, starts }: NewSession, now: number): Due[] | Fault | 'again' {
		const bar = staff.barred(actor, ['invigilator'], now);
		if (bar) return bar;
		const known = session(id);
		if (known) return known.invigilator === actor ? 'again' : 'not-yours';
		const list: Due[] = [];
		for (const application of new Set(applications)) {
			const row = get<{ candidate: string; course: string; granted: string; state: string }>(
				`SELECT candidate, course, granted, state FROM applications JOIN candidates ON candidates.id = candidate
				WHERE applications.id = ? AND erased IS NULL`,
				application
			);
			if (!row) return 'not-found';
			if (row.state !== 'accepted') return 'not-accepted';
			if (staff.coached(actor, row.candidate)) return 'coach';
			const free = again(row.candidate, row.course) ?? 0;
			if (undecided(row.candidate, row.course) || free > Math.max(starts, now)) return 'wait';
			list.push({ application, candidate: row.candidate, course: row.course, granted: JSON.parse(row.granted) as Granted });
		}
		return list;
	}

	/** Writes what the invigilator saw of a seat; of one whose attempt is decided nothing changes. */
	function see(actor: string, { form, seen, absent = false, note }: Report['seats'][number], now: number): void {
		const row = get<Pick<Row, 'seen' | 'absent' | 'note' | 'application'>>(
			'SELECT seen, absent, note, application FROM forms WHERE id = ?',
			form
		)!;
		const next = { seen: seen === undefined ? null : Math.trunc(seen), absent: absent ? 1 : 0, note: note || null };
		if (row.seen === next.seen && row.absent === next.absent && row.note === next.note) return;
		run('UPDATE forms SET seen = ?, absent = ?, note = ? WHERE id = ?', next.seen, next.absent, next.note, form);
		if (absent) run(`UPDATE applications SET state = 'accepted' WHERE id = ? AND state = 'invited'`, row.application);
		else if (row.absent && !get('SELECT 1 FROM forms WHERE application = ? AND absent = 0 AND id <> ?', row.application, form))
			run(`UPDATE applications SET state = 'invited' WHERE id = ? AND state = 'accepted'`, row.application);
		const said = [next.seen && 'seen', next.absent && 'absent', next.note && 'note'].filter(Boolean);
		register.append(now, actor, 'reported', form, said.join(' '));
	}

	return {
		due,
		/** How often each item of a course was drawn, by id. */
		exposure: (course: string): Record<string, number> =>
			Object.fromEntries(
				all<{ item: string; drawn: number }>('SELECT item, sum(drawn) AS drawn FROM exposure WHERE course = ? GROUP BY item', course).map(
					({ item, drawn }) => [item, drawn]
				)
			),
		/** The scheme that forms of this version were drawn by; undefined if none was. */
		scheme(id: string, version: number): Scheme | undefined {
			const row = get<{ scheme: string }>('SELECT scheme FROM schemes WHERE id = ? AND version = ?', id, version);
			return row && (JSON.parse(row.scheme) as Scheme);
		},
		/** Opens a session with the forms that were drawn for it. All of it or nothing; again is harmless. */
		open: (actor: string, asked: NewSession, forms: Drawn[], now: number): Fault | undefined =>
			transact(() => {
				const list = due(actor, asked, now);
				if (list === 'again') return undefined;
				if (typeof list === 'string') return list;
				run('INSERT INTO sessions VALUES (?, ?, ?, ?, ?)', asked.id, actor, asked.place, Math.trunc(asked.starts), now);
				register.append(now, actor, 'session', asked.id, String(forms.length));
				for (const form of forms) {
					const { id, application, candidate, course, edition, scheme, minutes, granted, items, versions, code, envelope } = form;
					const [text, ...parts] = [scheme, granted, items, versions, envelope].map((part) => JSON.stringify(part)) as [
						string,
						...string[]
					];
					run('INSERT INTO schemes VALUES (?, ?, ?) ON CONFLICT DO NOTHING', scheme.id, scheme.version, text);
					run(
						`INSERT INTO forms (id, session, candidate, application, course, edition, scheme, minutes, granted, items, versions, code, envelope)
						VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
						...[id, asked.id, candidate, application, course, edition, text, minutes, parts[0], parts[1], parts[2], code, parts[3]]
					);
					run(`UPDATE applications SET state = 'invited' WHERE id = ?`, application);
					for (const { id: item, outcome } of items)
						run(
							'INSERT INTO exposure VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET drawn = drawn + 1',
							...[course, item, versions[item], outcome]
						);
					register.append(now, actor, 'form', id, `${application} ${course} ${scheme.id} ${scheme.version}`);
				}
				return undefined;
			}),
		/** The sessions of an invigilator, newest first. */
		list(actor: string, now: number): z.infer<typeof Listed>['sessions'] | Fault {
			const bar = staff.barred(actor, ['invigilator'], now);
			if (bar) return bar;
			return all(
				`SELECT id, place, starts, (SELECT count(*) FROM forms WHERE session = sessions.id) AS candidates,
				(SELECT count(DISTINCT form) FROM attempts WHERE session = sessions.id) AS received
				FROM sessions WHERE invigilator = ? ORDER BY starts DESC LIMIT 200`,
				actor
			);
		},
		/** A session with its seats and their codes, for its invigilator alone; not those of candidates whom she taught. */
		room(actor: string, id: string, now: number): Omit<Room, 'v' | 'now'> | Fault {
			const bar = staff.barred(actor, ['invigilator'], now);
			if (bar) return bar;
			const found = session(id);
			if (!found) return 'not-found';
			if (found.invigilator !== actor) return 'not-yours';
			const rows = all<Row & { number: number; name: string; born: string; received: number }>(
				`SELECT forms.*, applications.n AS number, name, born, EXISTS (SELECT 1 FROM attempts WHERE form = forms.id) AS received
				FROM forms JOIN candidates ON candidates.id = forms.candidate JOIN applications ON applications.id = forms.application
				WHERE session = ? AND erased IS NULL AND applications.state <> 'withdrawn' ORDER BY forms.n`,
				id
			);
			const seats = rows
				.filter(({ candidate }) => !staff.coached(actor, candidate))
				.map((row) => ({
					form: row.id,
					application: row.application,
					number: applicationNumber(row.number),
					person: { name: row.name, born: row.born },
					course: row.course,
					granted: JSON.parse(row.granted) as Granted,
					code: row.code,
					envelope: JSON.parse(row.envelope) as Envelope,
					...(row.seen === null ? {} : { seen: row.seen }),
					received: !!row.received
				}));
			return { id, place: found.place, starts: found.starts, seats };
		},
		/**
		 * What the invigilator saw; later, and again, as often as she likes until it is decided. All seats are of her session, or nothing is written.
		 * `left`: the seats of candidates whom she taught, of which nothing is taken.
		 */
		report: (actor: string, id: string, { seats }: Report, now: number): { left: string[] } | Fault =>
			transact(() => {
				const bar = staff.barred(actor, ['invigilator'], now);
				if (bar) return bar;
				const found = session(id);
				if (!found) return 'not-found';
				if (found.invigilator !== actor) return 'not-yours';
				const [open, left]: [Report['seats'], string[]] = [[], []];
				for (const seat of seats) {
					const row = get<{ session: string; candidate: string }>('SELECT session, candidate FROM forms WHERE id = ?', seat.form);
					if (!row) continue; // of somebody who was erased since: the report may still lie on her device
					if (row.session !== id) return 'not-yours';
					if (staff.coached(actor, row.candidate)) left.push(seat.form);
					else if (!get(`SELECT 1 FROM attempts WHERE form = ? AND decided IS NOT NULL`, seat.form)) open.push(seat);
				}
				for (const seat of open) see(actor, seat, now);
				for (const form of left) register.append(now, actor, 'barred', form, 'coach');
				return { left };
			}),
		/** The envelope of a form, for its candidate alone. */
		envelope(candidate: string, form: string): Envelope | 'not-yours' | 'not-found' {
			const row = get<{ candidate: string; envelope: string }>(
				`SELECT candidate, envelope FROM forms WHERE id = ? AND envelope <> ''`,
				form
			);
			if (!row) return 'not-found';
			return row.candidate === candidate ? (JSON.parse(row.envelope) as Envelope) : 'not-yours';
		},
		/**
		 * What is known of a form whose responses come in; undefined if there is none, or its candidate was erased. Its candidate is the number that it
		 * was drawn for: her phone goes on to say that one, also when it was joined to another number meanwhile.
		 */
		awaited(form: string): Awaited | undefined {
			const row = get<{ session: string; envelope: string; course: string; items: string; key: string; before: string | null }>(
				`SELECT session, envelope, course, items, key, before FROM forms JOIN candidates ON candidates.id = candidate
				WHERE forms.id = ? AND erased IS NULL`,
				form
			);
			if (!row) return undefined;
			const items = (JSON.parse(row.items) as Item[]).map(({ id }) => id);
			const keys = [row.key, ...(JSON.parse(row.before ?? '[]') as string[])].map((key) => JSON.parse(key) as PublicKey);
			const { candidate } = JSON.parse(row.envelope) as Envelope;
			return { session: row.session, candidate, course: row.course, keys, items };
		}
	};
}
