import { link, type Entry } from '#core/exam.ts';
import type { Response } from '#core/item.ts';
import type { Locale } from '#core/text.ts';
import type { Database, Tables } from '../db.ts';
import { sha256 } from '../keys.ts';

/** An exam that is sat or was sat on this phone. The key opens its envelope; it goes with the end. */
export type Sat = {
	id: string;
	form: string;
	session: string;
	candidate: string;
	application: string;
	course: string;
	/** A random number of this phone, for this attempt alone. */
	phone: string;
	key?: CryptoKey | undefined;
	/** Where she is: the place of the item. */
	place: number;
	/** Items that she marked to come back to. */
	later: string[];
	/** Milliseconds of exam time that were counted. */
	spent: number;
	locale: Locale;
	/** By the phone's clock; not there before she began, before it ended. */
	started?: number;
	ended?: number;
};

/** What she answered to an item: `half` as the screen has it; `response` once it is complete. */
export type Answered = { attempt: string; item: string; half: Response; response?: Response | undefined };

/** A line for the log, before it is chained. */
export type Line = Omit<Entry, 'n' | 'hash'>;

/** What is written with the lines. */
export type Written = { sat?: Partial<Sat> | undefined; answered?: Answered[] | undefined };

type Logged = Entry & { attempt: string };
export type Attempts = ReturnType<typeof createAttempts>;

export const sats = (db: Tables) => db.table<Sat, string>('attempts');
export const replies = (db: Tables) => db.table<Answered, [string, string]>('replies');
export const entries = (db: Tables) => db.table<Logged, [string, number]>('entries');
const own = (db: Tables, attempt: string) => entries(db).where('[attempt+n]').between([attempt, 0], [attempt, Infinity]);

/** Lines of leaving, returning and the like stop here, and lines of answers there (the end brings the last ones): a log that grows without end could not be carried. */
const most = { other: 800, answer: 1600 };

/** The attempts on this phone and their logs. Each write is one transaction: what she answered, its line, where she is. */
export function createAttempts(database: Database) {
	let queue: Promise<unknown> = Promise.resolve();

	/** The lines, chained to the last one of the log. */
	async function chained(attempt: string, last: Entry | undefined, form: string, lines: Line[]): Promise<Logged[]> {
		let [n, before, spent] = last ? [last.n, last.hash, last.spent] : [0, form, 0];
		const chain: Logged[] = [];
		for (const line of lines) {
			n += 1;
			spent = Math.max(spent, Math.round(line.spent));
			const entry = { ...line, n, spent };
			before = await sha256(link(entry, before));
			chain.push({ attempt, ...entry, hash: before });
		}
		return chain;
	}
	const fitting = (lines: Line[], n: number) => lines.filter(({ event }, at) => n + at < (event === 'answer' ? most.answer : most.other));

	async function write({ id, form }: Pick<Sat, 'id' | 'form'>, lines: Line[], { sat, answered = [] }: Written): Promise<boolean> {
		for (;;) {
			const last = await database.use((db) => own(db, id).last());
			const chain = await chained(id, last, form, fitting(lines, last?.n ?? 0));
			const done = await database.use((db) =>
				db.transaction('rw', [sats(db), replies(db), entries(db)], async () => {
					if ((await sats(db).get(id))?.ended !== undefined) return 'ended';
					if ((await own(db, id).last())?.hash !== last?.hash) return 'again'; // another tab wrote a line meanwhile
					await entries(db).bulkAdd(chain);
					await replies(db).bulkPut(answered);
					if (sat) await sats(db).update(id, sat);
					return 'written';
				})
			);
			if (done !== 'again') return done === 'written';
		}
	}
	/** One write after the other, in the order in which they were asked for. */
	function inTurn<T>(work: () => Promise<T>): Promise<T> {
		const mine = queue.then(work, work);
		queue = mine.catch(() => undefined);
		return mine;
	}

	return {
		all: (): Promise<Sat[]> => database.use((db) => sats(db).toArray()),
		/** The attempt at a form, if there is one on this phone. */
		of: (form: string): Promise<Sat | undefined> => database.use((db) => sats(db).where('form').equals(form).first()),
		/** Begins an attempt, with its first line; the one that is there already stays and is returned. */
		begin: (sat: Sat, line: Line): Promise<Sat> =>
			inTurn(async () => {
				const chain = await chained(sat.id, undefined, sat.form, [line]);
				return database.use((db) =>
					db.transaction('rw', [sats(db), entries(db)], async () => {
						const before = await sats(db).where('form').equals(sat.form).first();
						if (before) return before;
						await sats(db).add(sat);
						await entries(db).bulkAdd(chain);
						return sat;
					})
				);
			}),
		answered: (attempt: string): Promise<Answered[]> => database.use((db) => replies(db).where('attempt').equals(attempt).toArray()),
		/** The log, in order. */
		log: (attempt: string): Promise<Entry[]> =>
			database.use(async (db) => (await own(db, attempt).toArray()).map(({ attempt: _, ...entry }) => entry)),
		/** Writes lines, answers and the attempt's own fields, all or nothing; false if it has ended: then nothing is written. Throws `AppError`. */
		write: (sat: Pick<Sat, 'id' | 'form'>, lines: Line[], written: Written = {}): Promise<boolean> =>
			inTurn(() => write(sat, lines, written)),
		/**
		 * Ends an attempt: `seal` makes the parcel of the whole log and of what it says she answered last; parcel, last lines and end are
		 * written in one transaction. An attempt that has ended stays as it is. Throws `AppError`.
		 */
		end: (sat: Sat, line: Line, seal: (log: Entry[], responses: Record<string, Response>) => Promise<{ attempt: string }>): Promise<void> =>
			inTurn(async () => {
				for (;;) {
					const [log, answered] = await database.use((db) =>
						Promise.all([own(db, sat.id).toArray(), replies(db).where('attempt').equals(sat.id).toArray()])
					);
					const missing = unlogged(log, answered).map(({ item, response }): Line => ({ ...line, event: 'answer', item, response }));
					const chain = await chained(sat.id, log.at(-1), sat.form, [...missing, line]);
					const whole = [...log, ...chain].map(({ attempt: _, ...entry }) => entry);
					const parcel = await seal(whole, noted(whole));
					const done = await database.use((db) =>
						db.transaction('rw', [sats(db), entries(db), db.table('parcels')], async () => {
							const now = await sats(db).get(sat.id);
							if (!now || now.ended !== undefined) return true;
							if ((await own(db, sat.id).last())?.hash !== log.at(-1)?.hash) return false;
							await entries(db).bulkAdd(chain);
							await db.table('parcels').put(parcel);
							const { key: _, ...rest } = now;
							await sats(db).put({ ...rest, spent: Math.max(now.spent, line.spent), ended: line.at });
							return true;
						})
					);
					if (done) return;
				}
			})
	};
}

/** What she answered last to each item, as the log says it. */
function noted(log: Entry[]): Record<string, Response> {
	const last = new Map<string, Response | undefined>();
	for (const { event, item, response } of log) if (event === 'answer' && item) last.set(item, response);
	return Object.fromEntries([...last].filter((pair): pair is [string, Response] => pair[1] !== undefined));
}

/** Answers that the log has not, or has otherwise: a log that was too long did not take them. */
function unlogged(log: Entry[], answered: Answered[]): Answered[] {
	const last = noted(log);
	return answered.filter(({ item, response }) => JSON.stringify(last[item]) !== JSON.stringify(response));
}
