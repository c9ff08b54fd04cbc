import { createHash } from 'node:crypto';
import type { RegisterEvent } from '#core/office.ts';
import type { Database } from './database.ts';

/** A line of the register: who did what to what. Numbers and codes only, never a name, so that it can stay when a person is erased. */
export type Line = { n: number; at: number; actor: string; event: string; subject: string; detail: string; prev: string; hash: string };
export type Register = ReturnType<typeof createRegister>;

/** What stands before the first line. */
const origin = 'passport-register';

const hashed = ({ n, at, actor, event, subject, detail, prev }: Omit<Line, 'hash'>): string =>
	createHash('sha256')
		.update(JSON.stringify([prev, n, at, actor, event, subject, detail]))
		.digest('hex');

/**
 * The register of the certification body: append-only, each line chained to the one before. Written in the transaction of what it tells.
 *
 * The number and hash of the newest line are kept beside it as its head, and a new line follows the head. So lines that were cut off at the end are
 * noticed, also after others were added. What cannot be noticed from inside the file: an older copy of the whole file put in its place, or somebody
 * who can write to it and makes all the hashes and the head anew. Who wants to notice that keeps a number and its hash elsewhere (`/office` shows them).
 */
export function createRegister({ all, get, run, transact }: Database) {
	const head = () => get<Pick<Line, 'n' | 'hash'>>('SELECT n, hash FROM head');
	return {
		/** Adds a line. `actor` is a number of a person, or `operator`, `endpoint`, `carrier`. */
		append: (at: number, actor: string, event: RegisterEvent, subject: string, detail = ''): void =>
			transact(() => {
				const last = head();
				const line = { n: (last?.n ?? 0) + 1, at: Math.trunc(at), actor, event, subject, detail, prev: last?.hash ?? origin };
				const hash = hashed(line);
				run('INSERT INTO register VALUES (?, ?, ?, ?, ?, ?, ?, ?)', line.n, line.at, actor, event, subject, detail, line.prev, hash);
				run('INSERT INTO head VALUES (1, ?1, ?2) ON CONFLICT (one) DO UPDATE SET n = ?1, hash = ?2', line.n, hash);
			}),
		/** At most `limit` lines before `n`, or the newest, the newest first. */
		before: (n: number | undefined, limit: number): Line[] =>
			all<Line>('SELECT * FROM register WHERE ?1 IS NULL OR n < ?1 ORDER BY n DESC LIMIT ?2', n, limit),
		/** Whether no line was changed, taken out or put between, from the first on, and none is missing at the end. */
		holds(): boolean {
			const last = head();
			let [n, prev] = [0, origin];
			for (;;) {
				const lines = all<Line>('SELECT * FROM register WHERE n > ? ORDER BY n LIMIT 5000', n);
				for (const line of lines) {
					if (line.n !== n + 1 || line.prev !== prev || line.hash !== hashed(line)) return false;
					[n, prev] = [line.n, line.hash];
				}
				if (lines.length < 5000) return n === (last?.n ?? 0) && prev === (last?.hash ?? origin);
			}
		}
	};
}
