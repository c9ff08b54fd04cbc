import { hash } from 'node:crypto';
import type { Answer } from '#core/answer.ts';
import type { Enrol, PublicKey, Statement, Verdict } from '#core/wire.ts';

/** A phone that is known: whose it is, and the key that its requests are signed with. */
export type Sender = { device: string; learner: string; key: PublicKey };

/** An answer as it is kept: its parts as columns, the statement as the phone sent it, and the SHA-256 of that. */
export type Row = { answer: Answer; body: string; hash: Uint8Array };

/** What became of a push: a verdict for each row in order; of this device, how many answers are held and the highest counter. */
export type Stored = { verdicts: Verdict[]; stored: number; highest: number };

/** The row of a statement that came out of its schema: there the members have one order, so the same statement has the same hash. */
export function row(statement: Statement, answer: Answer): Row {
	const body = JSON.stringify(statement);
	return { answer, body, hash: hash('sha256', body, 'buffer') };
}

/**
 * Where answers are kept. Every promise that changes something is kept after the change is on the disk, not before; an
 * adapter passes the suite of `tests/server/store.ts`. Times are milliseconds since 1970.
 */
export type Store = {
	/** The sender of this number; undefined if it never enrolled. The sender of an erased learner stays, so that the phone can be told. */
	device(device: string): Promise<Sender | undefined>;
	/** Makes a device known. Again is harmless. `taken`: the number belongs to another key or learner; `erased`: the learner was erased. */
	enrol(enrol: Enrol, at: number): Promise<'enrolled' | 'taken' | 'erased'>;
	/** Keeps each row once by its id, the first to come for ever. An erased learner's rows are `gone`. */
	push(sender: Sender, rows: Row[], at: number): Promise<Stored>;
	/** At most `limit` statements (JSON) of the learner after a cursor, in the order in which they came; undefined if the learner was erased. */
	pull(learner: string, after: number, limit: number): Promise<{ items: string[]; next: number; more: boolean } | undefined>;
	/** Deletes the learner's answers for good and says how many there were. Her number, the day and her senders stay, so that nothing comes back. */
	erase(learner: string, at: number): Promise<number>;
	/** Finishes what was begun, and lets go. */
	close(): Promise<void>;
};
