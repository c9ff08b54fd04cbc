import type { Answer } from '#core/answer.ts';
import { Receipt } from '#core/wire.ts';
import type { Answers } from './answers.ts';
import type { Database, Outgoing } from './db.ts';
import type { Learner } from './learner.ts';

/** An answer that the endpoint refused, and why. */
export type RefusedAnswer = { answer: Answer; reason: string; where: string | undefined };

export type Outbox = ReturnType<typeof createOutbox>;

type Parts = { database: Database; learner: Learner; answers: Answers; now: () => number };

const same = (one: Answer, other: Answer | undefined) =>
	one.course === other?.course &&
	one.item === other.item &&
	one.identity === other.identity &&
	one.at === other.at &&
	JSON.stringify(one.response) === JSON.stringify(other.response);

const inTurn = (answers: Answer[]) => answers.sort((a, b) => a.at - b.at || a.seq - b.seq);

/** What is not yet safe at the endpoint. An answer leaves it when the endpoint has signed for it, and in no other way. All throw `AppError`. */
export function createOutbox({ database, learner, answers, now }: Parts) {
	const wait = ({ id, at }: Answer): Outgoing => ({ id, state: 'waiting', at });

	/** The answers of this learner that are in one state. */
	async function inState(state: Outgoing['state']): Promise<{ answer: Answer; row: Outgoing }[]> {
		const { learner: hers } = await learner.who();
		return database.use(async (db) => {
			const rows = await db.outbox.where('state').equals(state).toArray();
			const kept = await db.answers.bulkGet(rows.map(({ id }) => id));
			return rows.flatMap((row, at) => (kept[at]?.learner === hers ? [{ answer: kept[at], row }] : []));
		});
	}

	return {
		/** At most `limit` answers that are to be sent, the oldest first. Those of another phone of hers are not: see `foreign`. */
		async waiting(limit: number): Promise<Answer[]> {
			if (answers.aside().length) await answers.repair(); // so that what is said of one has a place to be kept
			const { device } = await learner.who();
			const open = [...(await inState('waiting')).map(({ answer }) => answer), ...answers.aside()];
			return inTurn(open.filter((answer) => answer.device === device)).slice(0, limit);
		},
		/** What the endpoint refused and why. */
		refused: async (): Promise<RefusedAnswer[]> =>
			(await inState('refused')).map(({ answer, row: { reason = 'invalid', where } }) => ({ answer, reason, where })),
		/** How many answers are hers, how many wait, how many were refused; the rest is safe at the endpoint. `own`: the safe ones of this phone. */
		async tally(): Promise<{ of: number; waiting: number; refused: number; own: number }> {
			const { learner: hers, device } = await learner.who();
			const mine = (await answers.all()).filter((answer) => answer.learner === hers);
			const states = new Map((await database.use((db) => db.outbox.toArray())).map(({ id, state }) => [id, state]));
			for (const { id } of answers.aside()) states.set(id, 'waiting');
			const counted = (state: Outgoing['state']) => mine.filter(({ id }) => states.get(id) === state).length;
			return {
				of: mine.length,
				waiting: counted('waiting'),
				refused: counted('refused'),
				own: mine.filter((answer) => answer.device === device && !states.has(answer.id)).length
			};
		},
		/** The endpoint has these for certain and signed for them. */
		async markSafe(ids: string[], receipt: { payload: string; signature: string }): Promise<void> {
			answers.settle(ids);
			await database.use((db) => db.outbox.bulkDelete(ids)); // first: on a full phone deleting works when writing does not
			await database.use((db) => db.receipts.add({ payload: receipt.payload, signature: receipt.signature }));
		},
		/** When the last receipt was made, in milliseconds by the endpoint's clock; undefined if there is none. */
		async lastReceipt(): Promise<number | undefined> {
			const last = await database.use((db) => db.receipts.toCollection().last());
			return last ? Receipt.parse(JSON.parse(last.payload)).at : undefined;
		},
		/** The endpoint refused it; it stays on the phone. */
		async markRefused(id: string, reason: string, where?: string): Promise<void> {
			await database.use((db) => db.outbox.put({ id, state: 'refused', reason, ...(where ? { where } : {}), at: now() }));
		},
		/** Puts the safe answers of this phone back: the endpoint lost some. Says how many. */
		async requeue(): Promise<number> {
			const { learner: hers, device } = await learner.who();
			return database.use((db) =>
				db.transaction('rw', db.answers, db.outbox, async () => {
					const known = new Set(await db.outbox.toCollection().primaryKeys());
					const own = await db.answers
						.filter((answer) => answer.learner === hers && answer.device === device && !known.has(answer.id))
						.toArray();
					await db.outbox.bulkPut(own.map(wait));
					return own.length;
				})
			);
		},
		/** Takes answers that the endpoint holds. One that is here too, and says the same, is safe from now on. Says how many were new. */
		async merge(theirs: Answer[]): Promise<number> {
			const added = await answers.add(theirs, () => false);
			const settled = await database.use((db) =>
				db.transaction('rw', db.answers, db.outbox, async () => {
					const ids = theirs.map(({ id }) => id);
					const open = new Set(await db.outbox.where('id').anyOf(ids).primaryKeys());
					const kept = await db.answers.bulkGet(ids);
					const settled = theirs.filter((answer, at) => open.has(answer.id) && same(answer, kept[at]));
					await db.answers.bulkPut(settled);
					await db.outbox.bulkDelete(settled.map(({ id }) => id));
					return settled;
				})
			);
			settled.forEach(answers.reflect);
			return added;
		},
		/** How many answers wait that another phone of hers gave: it, or its key, is lost. */
		async foreign(): Promise<number> {
			const { device } = await learner.who();
			return (await inState('waiting')).filter(({ answer }) => answer.device !== device).length;
		},
		/** Makes the waiting answers of another phone this one's, with new places in its counter, so that it may send them. */
		async adopt(): Promise<void> {
			const { learner: hers, device } = await learner.who();
			const adopted = await database.use((db) =>
				db.transaction('rw', db.answers, db.outbox, db.settings, async () => {
					const ids = await db.outbox.where('state').equals('waiting').primaryKeys();
					const strange = (await db.answers.bulkGet(ids)).filter(
						(answer) => answer !== undefined && answer.learner === hers && answer.device !== device
					) as Answer[];
					const own: Answer[] = [];
					for (const answer of inTurn(strange)) own.push({ ...answer, device, seq: await answers.next(db, device) });
					await db.answers.bulkPut(own);
					return own;
				})
			);
			adopted.forEach(answers.reflect);
		}
	};
}
