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

/** The register of the certification body: append-only, each line chained to the one before. Written in the transaction of what it tells. */
export function createRegister({ all, get, run, transact }: Database) {
	return {
		/** Adds a line. `actor` is a number of a person, or `operator`, `endpoint`, `carrier`. */
		append: (at: number, actor: string, event: RegisterEvent, subject: string, detail = ''): void =>
			transact(() => {
				const last = get<Pick<Line, 'n' | 'hash'>>('SELECT n, hash FROM register ORDER BY n DESC LIMIT 1');
				const line = { n: (last?.n ?? 0) + 1, at: Math.trunc(at), actor, event, subject, detail, prev: last?.hash ?? origin };
				const values = [line.n, line.at, actor, event, subject, detail, line.prev, hashed(line)];
				run('INSERT INTO register VALUES (?, ?, ?, ?, ?, ?, ?, ?)', ...values);
			}),
		/** At most `limit` lines after `n`. */
		after: (n: number, limit: number): Line[] => all<Line>('SELECT * FROM register WHERE n > ? ORDER BY n LIMIT ?', n, limit),
		/** Whether no line was changed, taken out or put between, from the first on. */
		holds(): boolean {
			let [n, prev] = [0, origin];
			for (;;) {
				const lines = all<Line>('SELECT * FROM register WHERE n > ? ORDER BY n LIMIT 5000', n);
				for (const line of lines) {
					if (line.n !== n + 1 || line.prev !== prev || line.hash !== hashed(line)) return false;
					[n, prev] = [line.n, line.hash];
				}
				if (lines.length < 5000) return true;
			}
		}
	};
}
