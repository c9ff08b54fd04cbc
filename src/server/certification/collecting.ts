import { createHash } from 'node:crypto';
import type { CandidateRule, Collection } from '#core/candidate.ts';
import type { Credentials } from './credentials.ts';
import type { Database } from './database.ts';
import { createCode } from './envelope.ts';
import type { Register } from './register.ts';
import { createSame, plain } from './same.ts';
import type { Fault, Staff } from './staff.ts';

type Person = { key: string | null; name: string | null; born: string | null; before: string | null };

/** How long a code for a new phone can be used. */
const lasts = 7 * 86_400_000;
/** Codes are kept as their hash alone. They have 60 bits and a week: guessing them is hopeless. */
const hashed = (code: string): string => createHash('sha256').update(code).digest('hex');

/** The way back to what is hers for a candidate who lost her phone: a code for her new one, from a person who has seen her document. */
export function createCollecting(database: Database, register: Register, staff: Staff, credentials: Pick<Credentials, 'joined'>) {
	const { get, run, transact } = database;
	const same = createSame(database);
	const person = (candidate: string) => get<Person>('SELECT key, name, born, before FROM candidates WHERE id = ?', candidate);

	/** Whether a form of hers was given out and nothing came of it yet. */
	const sitting = (candidate: string): boolean =>
		!!get('SELECT 1 FROM forms WHERE candidate = ? AND absent = 0 AND id NOT IN (SELECT form FROM attempts)', candidate);

	/** Makes what is held under another number of the same person hers. That number and its name end. */
	function move(from: string, to: string, now: number): void {
		for (const table of ['applications', 'forms', 'attempts', 'appeals', 'credentials', 'codes'])
			run(`UPDATE ${table} SET candidate = ? WHERE candidate = ?`, to, from);
		run('INSERT INTO coached SELECT ?, staff, at FROM coached WHERE candidate = ? ON CONFLICT DO NOTHING', to, from);
		run('DELETE FROM coached WHERE candidate = ?', from);
		run('UPDATE candidates SET key = NULL, name = NULL, born = NULL, before = NULL, erased = ? WHERE id = ?', now, from);
	}

	return {
		/**
		 * A code for a candidate whose document a registrar has seen, who did not teach her. A code that was not used before it ends. `others`: how many
		 * more numbers have her name and date of birth. What is under them is not in this code, for they may be another person's.
		 */
		give: (actor: string, candidate: string, now: number): { code: string; until: number; others: number } | Fault =>
			transact(() => {
				const bar = staff.barred(actor, ['registrar'], now);
				if (bar) return bar;
				if (!person(candidate)?.name) return 'not-found';
				if (staff.coached(actor, candidate)) return 'coach';
				const code = createCode();
				run('DELETE FROM codes WHERE candidate = ? AND key IS NULL', candidate);
				run('INSERT INTO codes (hash, candidate, until) VALUES (?, ?, ?)', hashed(code), candidate, now + lasts);
				register.append(now, actor, 'code-given', candidate);
				return { code, until: now + lasts, others: same(candidate).length - 1 };
			}),
		/**
		 * Gives the records that a code is for to the phone that asks: her number answers to its key from now on, and no longer to the lost one's.
		 * Was the phone known under a number of its own, of the same person, then what is held under that is hers as well; if that makes the whole of
		 * `courses`, the Passport is awarded. Again with the same code and key is harmless. `taken`: the phone's number belongs to another key; `erased`:
		 * it was erased.
		 */
		collect: (
			{ candidate: phone, key, code }: Collection,
			courses: string[],
			now: number
		): { candidate: string } | { rule: CandidateRule } | 'taken' | 'erased' =>
			transact(() => {
				const text = JSON.stringify({ kty: key.kty, crv: key.crv, x: key.x, y: key.y });
				const found = get<{ candidate: string; until: number; key: string | null }>(
					'SELECT candidate, until, key FROM codes WHERE hash = ?',
					hashed(code)
				);
				const her = found && person(found.candidate);
				if (!found || !her?.name) return { rule: 'code' };
				const known = her.key === text;
				if (known && found.key === text) return { candidate: found.candidate };
				if (found.key !== null || found.until < now) return { rule: 'code' };
				const own = known || phone === found.candidate ? undefined : person(phone);
				if (own?.key === null) return 'erased';
				if (own && own.key !== text) return 'taken';
				if (own) {
					if (own.born !== her.born || plain(own.name!) !== plain(her.name)) return { rule: 'person' };
					if (sitting(phone)) return { rule: 'exam-open' };
					move(phone, found.candidate, now);
					credentials.joined(found.candidate, courses, now);
				}
				const before = [...(JSON.parse(her.before ?? '[]') as string[]), ...(known ? [] : [her.key!])];
				run('UPDATE candidates SET key = ?, before = ? WHERE id = ?', text, JSON.stringify(before), found.candidate);
				run('UPDATE codes SET key = ? WHERE hash = ?', text, hashed(code));
				register.append(now, found.candidate, 'collected', found.candidate, own ? phone : '');
				return { candidate: found.candidate };
			})
	};
}
