import { randomInt, randomUUID } from 'node:crypto';
import { Award } from '#core/award.ts';
import type { PassportAward } from '#core/edc.ts';
import type { Credentials as Listed, NewStanding } from '#core/office.ts';
import type { Scheme } from '#core/scheme.ts';
import { places, type Purpose } from '#core/status.ts';
import type * as z from 'zod/mini';
import { renewal } from './applications.ts';
import { later, year } from './calendar.ts';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';

/** A credential in the forms that its holder gets: the sealed European Digital Credential, the Open Badge, the text of the QR code. */
export type Papers = { edc: string; badge: string; qr: string };
/** A credential that was awarded and waits to be issued: of one course, or the Passport with the awards that it is made of. */
export type Waiting = { award: Award } | { passport: PassportAward; awards: Award[] };
/** What was decided, as far as a credential says it. `courses`: all of which the Passport is made; none, and there is no Passport. */
type Passed = { attempt: string; candidate: string; course: string; edition: number; score: number; scheme: Scheme; courses: string[] };
type Standing = z.infer<typeof NewStanding>['standing'];
export type Credentials = ReturnType<typeof createCredentials>;

type Row = {
	n: number;
	id: string;
	number: string;
	candidate: string;
	course: string | null;
	award: string;
	parts: string | null;
	standing: Standing;
	issued: number;
	until: number | null;
};

const day = 86_400_000;

/** Credentials that were awarded, and their standing. What is decided is never undone by a failure to issue: it waits. */
export function createCredentials({ all, get, run, transact }: Database, register: Register, staff: Staff) {
	/** A place in a status list that says nothing about its holder; a new list begins when one is half full. */
	function place(): Award['status'] {
		const { count } = get<{ count: number }>('SELECT count(*) AS count FROM credentials')!;
		const list = String(1 + Math.floor(count / (places / 2)));
		for (;;) {
			const index = randomInt(places);
			if (!get('SELECT 1 FROM credentials WHERE list = ? AND place = ?', list, index)) return { list, index };
		}
	}

	function add(candidate: string, scheme: Scheme, until: number | undefined, now: number) {
		const { n } = get<{ n: number }>(`SELECT coalesce(max(seq), 0) + 1 AS n FROM sqlite_sequence WHERE name = 'credentials'`)!;
		const { name, born } = get<{ name: string; born: string }>('SELECT name, born FROM candidates WHERE id = ?', candidate)!;
		return {
			id: `urn:uuid:${randomUUID()}`,
			number: `C-${String(n).padStart(6, '0')}`,
			holder: { name, born },
			issued: now,
			...(until === undefined ? {} : { until }),
			scheme: { id: scheme.id, version: scheme.version, edition: scheme.edition.value },
			status: place()
		} satisfies PassportAward;
	}

	function keep(
		candidate: string,
		award: PassportAward | Award,
		scheme: Scheme,
		more: { course?: string; attempt?: string; parts?: string[] }
	) {
		const { id, number, issued, until, status } = award;
		const kept = Math.trunc(Math.max(issued, until ?? 0) + scheme.keep.value * year);
		const texts = [JSON.stringify(award), more.parts && JSON.stringify(more.parts)];
		run(
			`INSERT INTO credentials (id, number, candidate, course, attempt, award, parts, standing, list, place, issued, until, keep)
			VALUES (?, ?, ?, ?, ?, ?, ?, 'valid', ?, ?, ?, ?, ?)`,
			...[id, number, candidate, more.course, more.attempt, ...texts, status.list, status.index, issued, until, kept]
		);
		register.append(issued, 'endpoint', more.course ? 'awarded' : 'passport', id, number);
	}

	/**
	 * Awards the Passport to a candidate who holds all of them in force, and has none; or has one that ends soon, while none of those that it would
	 * be made of does.
	 */
	function complete(candidate: string, scheme: Scheme, courses: string[], now: number): void {
		if (!courses.length) return;
		const had = get<Pick<Row, 'until'>>(
			`SELECT until FROM credentials WHERE candidate = ?1 AND course IS NULL AND standing <> 'revoked' AND (until IS NULL OR until > ?2)
			ORDER BY n DESC LIMIT 1`,
			candidate,
			now
		);
		const soon = now + renewal * day;
		if (had && (had.until === null || had.until > soon)) return;
		const held = all<Row>(
			`SELECT id, course, until FROM credentials WHERE candidate = ? AND course IS NOT NULL AND standing = 'valid' AND (until IS NULL OR until > ?) ORDER BY n`,
			candidate,
			now
		);
		const parts = courses.map((course) => held.filter((row) => row.course === course).at(-1));
		if (parts.some((part) => !part)) return;
		const ends = parts.flatMap((part) => part!.until ?? []);
		if (had && ends.some((end) => end <= soon)) return;
		const passport = add(candidate, scheme, ends.length ? Math.min(...ends) : undefined, now);
		keep(candidate, passport, scheme, { parts: parts.map((part) => part!.id) });
	}

	/** The scheme by which a credential of one course was decided, as long as its attempt is kept. */
	function schemeOf(id: string): Scheme | undefined {
		const found = get<{ scheme: string }>(
			`SELECT forms.scheme FROM credentials JOIN attempts ON attempts.id = attempt JOIN forms ON forms.id = attempts.form
			WHERE credentials.id = ? AND award IS NOT NULL`,
			id
		);
		return found && (JSON.parse(found.scheme) as Scheme);
	}

	function stands(id: string, standing: Standing, reason: string, actor: string, now: number): void {
		run('UPDATE credentials SET standing = ? WHERE id = ?', standing, id);
		run('INSERT INTO standings VALUES (?, ?, ?, ?, ?)', id, standing, reason, actor, now);
		register.append(now, actor, standing === 'valid' ? 'reinstated' : standing, id);
	}

	/** The worst standing of the parts of a Passport. */
	function worstOf(parts: string[]): Standing {
		const each = parts.map((id) => get<Pick<Row, 'standing'>>('SELECT standing FROM credentials WHERE id = ?', id)!.standing);
		return (['revoked', 'suspended'] as const).find((one) => each.includes(one)) ?? 'valid';
	}

	/** A Passport stands no better than the worst of its parts; it is reinstated with them only if it fell with them. */
	function follow({ id: part, candidate }: Pick<Row, 'id' | 'candidate'>, now: number): void {
		const whole = `SELECT id, parts, standing FROM credentials WHERE candidate = ? AND parts IS NOT NULL AND standing <> 'revoked'`;
		for (const { id, parts, standing } of all<Row>(whole, candidate)) {
			const ids = JSON.parse(parts!) as string[];
			if (!ids.includes(part)) continue;
			const worst = worstOf(ids);
			const last = get<{ staff: string }>('SELECT staff FROM standings WHERE credential = ? ORDER BY rowid DESC LIMIT 1', id);
			if (worst !== standing && (worst !== 'valid' || last?.staff === 'endpoint')) stands(id, worst, part, 'endpoint', now);
		}
	}

	return {
		/** Awards a credential for what was passed, and the Passport if it was the last. Belongs to the transaction of the decision. */
		award({ attempt, candidate, course, edition, score, scheme, courses }: Passed, now: number): void {
			if (get('SELECT 1 FROM credentials WHERE attempt = ?', attempt)) return;
			const months = scheme.validity.value;
			const own = add(candidate, scheme, months === null ? undefined : later(now, months), now);
			const award = Award.parse({ ...own, course, edition, score });
			keep(candidate, award, scheme, { course, attempt });
			complete(candidate, scheme, courses, now);
		},
		/** Awards the Passport if what was held under two numbers makes the whole. Belongs to the transaction that put them together. */
		joined(candidate: string, courses: string[], now: number): void {
			const last = get<Pick<Row, 'id'>>(
				`SELECT id FROM credentials WHERE candidate = ? AND attempt IN (SELECT id FROM attempts) ORDER BY n DESC LIMIT 1`,
				candidate
			);
			const scheme = last && schemeOf(last.id);
			if (scheme) complete(candidate, scheme, courses, now);
		},
		/** Those that were awarded and not issued yet, oldest first. */
		waiting: (): Waiting[] =>
			all<Row>('SELECT * FROM credentials WHERE edc IS NULL AND award IS NOT NULL ORDER BY n').map(({ award, parts }) =>
				parts
					? {
							passport: JSON.parse(award) as PassportAward,
							awards: (JSON.parse(parts) as string[]).map(
								(id) => JSON.parse(get<Row>('SELECT award FROM credentials WHERE id = ?', id)!.award) as Award
							)
						}
					: { award: JSON.parse(award) as Award }
			),
		/** Keeps what was issued. */
		issued: (id: string, { edc, badge, qr }: Papers, now: number): void =>
			transact(() => {
				if (run('UPDATE credentials SET edc = ?, badge = ?, qr = ? WHERE id = ? AND edc IS NULL AND award IS NOT NULL', edc, badge, qr, id))
					register.append(now, 'endpoint', 'issued', id);
			}),
		/** The papers of a credential, for its holder alone. `waiting`: it is awarded, and not issued yet. */
		papers(candidate: string, id: string): (Papers & { course: string | null }) | 'waiting' | 'not-found' {
			const row = get<{ [name in keyof Papers]: string | null } & { course: string | null }>(
				'SELECT course, edc, badge, qr FROM credentials WHERE id = ? AND candidate = ? AND award IS NOT NULL',
				id,
				candidate
			);
			if (!row) return 'not-found';
			return row.edc === null ? 'waiting' : (row as Papers & { course: string | null });
		},
		/** The newest 500, or the one of a number; for a registrar. */
		list(actor: string, number: string | undefined, now: number): z.infer<typeof Listed>['credentials'] | Fault {
			const bar = staff.barred(actor, ['registrar'], now);
			if (bar) return bar;
			const [where, values] = number === undefined ? ['', []] : ['AND number = ?', [number]];
			return all<Row>(
				`SELECT id, number, candidate, course, award, issued, until, standing FROM credentials WHERE award IS NOT NULL ${where} ORDER BY n DESC LIMIT 500`,
				...values
			).map(({ id, number, candidate, course, award, issued, until, standing }) => ({
				id,
				number,
				candidate,
				course,
				person: (JSON.parse(award) as Award).holder,
				issued,
				...(until === null ? {} : { until }),
				standing
			}));
		},
		/**
		 * Suspends, withdraws or reinstates, by a registrar, with the reason. What was withdrawn stays so, and a Passport waits for its parts. Again is
		 * harmless. Was the last of `courses` reinstated, then the Passport is awarded.
		 */
		stand: (
			actor: string,
			id: string,
			{ standing, reason }: z.infer<typeof NewStanding>,
			courses: string[],
			now: number
		): Fault | undefined =>
			transact(() => {
				const bar = staff.barred(actor, ['registrar'], now);
				if (bar) return bar;
				const row = get<Row>('SELECT id, candidate, course, parts, standing FROM credentials WHERE id = ?', id);
				if (!row) return 'not-found';
				if (row.standing === standing) return undefined;
				if (row.standing === 'revoked') return 'state';
				if (standing === 'valid' && row.parts !== null && worstOf(JSON.parse(row.parts) as string[]) !== 'valid') return 'state';
				stands(id, standing, reason, actor, now);
				if (row.course !== null) follow(row, now);
				const scheme = standing === 'valid' ? schemeOf(id) : undefined;
				if (scheme) complete(row.candidate, scheme, courses, now);
				return undefined;
			}),
		/** The indexes that are set in a status list. */
		set: (list: string, purpose: Purpose): number[] =>
			all<{ place: number }>(
				'SELECT place FROM credentials WHERE list = ? AND standing = ?',
				list,
				purpose === 'revocation' ? 'revoked' : 'suspended'
			).map(({ place }) => place),
		/** Whether a status list was begun; the first always is. */
		begun: (list: string): boolean => list === '1' || !!get('SELECT 1 FROM credentials WHERE list = ?', list)
	};
}
