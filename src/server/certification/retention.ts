import type { Erased } from '#core/office.ts';
import type * as z from 'zod/mini';
import { year } from './calendar.ts';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';

type Kept = Pick<z.infer<typeof Erased>, 'erased' | 'kept'>;

/** How long what is held of people stays: until they are erased, as far as a certification body may, and until its date. */
export function createRetention({ all, get, run, transact, tidy }: Database, register: Register, staff: Staff) {
	/** Removes attempts and all that belongs to them alone. */
	function remove(attempts: { id: string; form: string }[]): void {
		for (const { id, form } of attempts) {
			run('DELETE FROM grounds WHERE attempt = ?', id);
			run('DELETE FROM appeals WHERE attempt = ?', id);
			run('DELETE FROM attempts WHERE id = ?', id);
			run('DELETE FROM refused WHERE form = ?', form);
			run('DELETE FROM forms WHERE id = ? AND id NOT IN (SELECT form FROM attempts)', form);
		}
	}
	/** Takes out what a candidate said and what names her, as far as nothing that was decided needs it. */
	function wipe(candidate: string, actor: string, now: number): void {
		const fresh = run(
			'UPDATE candidates SET key = NULL, name = NULL, born = NULL, before = NULL, erased = ? WHERE id = ? AND erased IS NULL',
			now,
			candidate
		);
		run('DELETE FROM codes WHERE candidate = ?', candidate);
		remove(all(`SELECT id, form FROM attempts WHERE candidate = ? AND state IN ('checking', 'review')`, candidate));
		run('DELETE FROM refused WHERE form IN (SELECT id FROM forms WHERE candidate = ?)', candidate);
		run('DELETE FROM forms WHERE candidate = ? AND id NOT IN (SELECT form FROM attempts)', candidate);
		run(`UPDATE forms SET granted = '[]', note = NULL, code = '', envelope = '' WHERE candidate = ?`, candidate);
		run('DELETE FROM applications WHERE candidate = ? AND id NOT IN (SELECT application FROM attempts)', candidate);
		run(`UPDATE applications SET asked = '[]', granted = '[]', reason = NULL WHERE candidate = ?`, candidate);
		run('DELETE FROM appeals WHERE candidate = ? AND attempt IS NULL', candidate);
		run(`UPDATE appeals SET text = '', answer = NULL WHERE candidate = ?`, candidate);
		run(`UPDATE grounds SET note = '' WHERE attempt IN (SELECT id FROM attempts WHERE candidate = ?)`, candidate);
		run(`UPDATE standings SET reason = '' WHERE credential IN (SELECT id FROM credentials WHERE candidate = ?)`, candidate);
		run(`UPDATE credentials SET edc = '', badge = '', qr = '' WHERE candidate = ? AND award IS NOT NULL`, candidate); // the award is the record
		run('DELETE FROM coached WHERE candidate = ? AND NOT EXISTS (SELECT 1 FROM attempts WHERE candidate = ?1)', candidate);
		if (fresh) register.append(now, actor, 'erased', candidate);
	}

	return {
		/**
		 * Erases a candidate: name, birth, key, texts and what was granted go at once, with every application that came to no decision. Each
		 * decided attempt and each credential is kept as long as its scheme demands, and then goes by itself. Her number stays, so that nothing
		 * comes back under it. Again is harmless.
		 */
		erase(actor: string, candidate: string, now: number): Kept | Fault {
			const done = transact((): Kept | Fault => {
				const bar = staff.barred(actor, ['registrar'], now);
				if (bar) return bar;
				if (!get('SELECT 1 FROM candidates WHERE id = ?', candidate)) return 'not-found';
				wipe(candidate, actor, now);
				const attempts = all<{ id: string; keep: number }>('SELECT id, keep FROM attempts WHERE candidate = ? ORDER BY n', candidate);
				const held = all<{ number: string; keep: number }>(
					'SELECT number, keep FROM credentials WHERE candidate = ? AND award IS NOT NULL ORDER BY n',
					candidate
				);
				return {
					erased: ['person', 'key', 'applications', 'accommodations', 'texts'],
					kept: [
						...attempts.map(({ id, keep }) => ({ what: `attempt ${id}`, until: keep })),
						...held.map(({ number, keep }) => ({ what: `credential ${number}`, until: keep }))
					]
				};
			});
			tidy();
			return done;
		},
		/**
		 * Removes what is past its date: decided attempts of anybody; credentials of those who were erased, and of others when they are out of
		 * force; after so many `years` what came to no decision and everything of whom nothing else is held, and responses that could not be taken. A credential leaves its number,
		 * its place in the status list and its standing, so that it is never called what it is not.
		 */
		purge(now: number, years = Infinity): number {
			const gone = transact(() => {
				const since = now - years * year;
				const attempts = all<{ id: string; form: string }>(
					'SELECT id, form FROM attempts WHERE keep < ? OR (keep IS NULL AND received < ?)',
					now,
					since
				);
				remove(attempts);
				for (const { id } of attempts) register.append(now, 'endpoint', 'purged', id);
				const credentials = all<{ id: string }>(
					`SELECT credentials.id FROM credentials JOIN candidates ON candidates.id = candidate
					WHERE award IS NOT NULL AND keep < ?1 AND (erased IS NOT NULL OR until < ?1 OR standing = 'revoked')`,
					now
				);
				for (const { id } of credentials) {
					run('UPDATE credentials SET award = NULL, parts = NULL, edc = NULL, badge = NULL, qr = NULL WHERE id = ?', id);
					run('DELETE FROM standings WHERE credential = ?', id);
					register.append(now, 'endpoint', 'purged', id);
				}
				run(`DELETE FROM applications WHERE candidate IN (SELECT id FROM candidates WHERE erased IS NOT NULL)
					AND id NOT IN (SELECT application FROM attempts)`);
				run(`DELETE FROM coached WHERE candidate IN (SELECT id FROM candidates WHERE erased IS NOT NULL)
					AND candidate NOT IN (SELECT candidate FROM attempts)`);
				const idle = all<{ id: string }>(
					`SELECT id FROM candidates WHERE erased IS NULL AND id NOT IN (SELECT candidate FROM attempts)
					AND NOT EXISTS (SELECT 1 FROM credentials WHERE candidate = candidates.id AND award IS NOT NULL)
					AND NOT EXISTS (SELECT 1 FROM applications WHERE candidate = candidates.id AND at >= ?1)
					AND NOT EXISTS (SELECT 1 FROM appeals WHERE candidate = candidates.id AND at >= ?1)`,
					since
				);
				for (const { id } of idle) wipe(id, 'endpoint', now);
				run('DELETE FROM codes WHERE until < ?', now);
				const boxes = run('DELETE FROM refused WHERE at < ?', since);
				return attempts.length + credentials.length + idle.length + boxes;
			});
			if (gone) tidy();
			return gone;
		}
	};
}
