import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import type { PublicKey, Verdict } from '#core/wire.ts';
import type { Store } from './store.ts';

/** What is used of a driver. `libsql` and `node:sqlite` (Node 22) both have it: to change, replace `open`. */
type Prepared = {
	run(...values: unknown[]): { changes: number | bigint };
	get(...values: unknown[]): unknown;
	all(...values: unknown[]): unknown[];
};
type Driver = { exec(sql: string): unknown; prepare(sql: string): Prepared; close(): unknown };
const open = (path: string): Driver => new Database(path);

/** Each step takes a database to the next version, which is kept in `user_version`. Steps are appended, never changed. */
const steps = [
	`CREATE TABLE learners (learner TEXT PRIMARY KEY, version INTEGER NOT NULL, erased TEXT) STRICT, WITHOUT ROWID;
	CREATE TABLE devices (device TEXT PRIMARY KEY, learner TEXT NOT NULL, key TEXT NOT NULL, stored INTEGER NOT NULL, highest INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	CREATE INDEX devices_learner ON devices (learner);
	CREATE TABLE answers (
		id TEXT PRIMARY KEY, learner TEXT NOT NULL, version INTEGER NOT NULL, device TEXT NOT NULL, seq INTEGER NOT NULL,
		course TEXT NOT NULL, item TEXT NOT NULL, purpose TEXT NOT NULL, score REAL NOT NULL, at INTEGER NOT NULL, received INTEGER NOT NULL,
		hash BLOB NOT NULL, body TEXT NOT NULL
	) STRICT;
	CREATE UNIQUE INDEX answers_version ON answers (learner, version);`
];

/**
 * Answers in one SQLite file. WAL with synchronous FULL: a commit is on the disk when it returns. Writes that arrive
 * while others wait share a transaction, and so the cost of that. A learner's `version` is the cursor of a pull.
 */
export function createSqlite(path: string): Store {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	const db = open(path);
	db.exec(
		'PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864'
	);
	migrate(db);

	const findDevice = db.prepare('SELECT learner, key, stored, highest FROM devices WHERE device = ?');
	const addDevice = db.prepare('INSERT INTO devices VALUES (?, ?, ?, 0, 0)');
	const countDevice = db.prepare('UPDATE devices SET stored = ?, highest = ? WHERE device = ?');
	const clearDevices = db.prepare('UPDATE devices SET stored = 0, highest = 0 WHERE learner = ?');
	const findLearner = db.prepare('SELECT version, erased FROM learners WHERE learner = ?');
	const addLearner = db.prepare('INSERT INTO learners VALUES (?, 0, NULL) ON CONFLICT (learner) DO NOTHING');
	const moveLearner = db.prepare('UPDATE learners SET version = ? WHERE learner = ?');
	const eraseLearner = db.prepare('UPDATE learners SET version = 0, erased = ? WHERE learner = ? AND erased IS NULL');
	const addAnswer = db.prepare('INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING');
	const findHash = db.prepare('SELECT hash FROM answers WHERE id = ?');
	const listAnswers = db.prepare('SELECT version, body FROM answers WHERE learner = ? AND version > ? ORDER BY version LIMIT ?');
	const deleteAnswers = db.prepare('DELETE FROM answers WHERE learner = ?');

	const deviceOf = (device: string) =>
		findDevice.get(device) as { learner: string; key: string; stored: number; highest: number } | undefined;
	const learnerOf = (learner: string) => findLearner.get(learner) as { version: number; erased: string | null } | undefined;
	const { write, finish } = createGroup(db);

	return {
		async device(device) {
			const found = deviceOf(device);
			return found && { device, learner: found.learner, key: JSON.parse(found.key) as PublicKey };
		},
		enrol: ({ learner, device, key }) =>
			write(() => {
				if (learnerOf(learner)?.erased) return 'erased';
				const text = JSON.stringify({ kty: key.kty, crv: key.crv, x: key.x, y: key.y });
				const known = deviceOf(device);
				if (known) return known.learner === learner && known.key === text ? 'enrolled' : 'taken';
				addLearner.run(learner);
				addDevice.run(device, learner, text);
				return 'enrolled';
			}),
		push: ({ learner, device }, rows, received) =>
			write(() => {
				const before = learnerOf(learner)!;
				if (before.erased) return { verdicts: rows.map((): Verdict => ({ s: 'gone' })), stored: 0, highest: 0 };
				let { version } = before;
				let { stored, highest } = deviceOf(device)!;
				const verdicts = rows.map(({ answer, hash, body }): Verdict => {
					const { id, seq, course, item, purpose, score, at } = answer;
					const { changes } = addAnswer.run(id, learner, version + 1, device, seq, course, item, purpose, score, at, received, hash, body);
					if (!changes) return Buffer.compare((findHash.get(id) as { hash: Uint8Array }).hash, hash) === 0 ? 2 : { s: 'conflict' };
					version++;
					stored++;
					highest = Math.max(highest, seq);
					return 1;
				});
				if (version > before.version) {
					moveLearner.run(version, learner);
					countDevice.run(stored, highest, device);
				}
				return { verdicts, stored, highest };
			}),
		async pull(learner, after, limit) {
			if (learnerOf(learner)?.erased) return undefined;
			const found = listAnswers.all(learner, after, limit + 1) as { version: number; body: string }[];
			const page = found.slice(0, limit);
			return { items: page.map(({ body }) => body), next: page.at(-1)?.version ?? after, more: found.length > limit };
		},
		async erase(learner, at) {
			const erased = await write(() => {
				const { changes } = deleteAnswers.run(learner);
				eraseLearner.run(new Date(at).toISOString().slice(0, 10), learner);
				clearDevices.run(learner);
				return Number(changes);
			});
			db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
			return erased;
		},
		async close() {
			finish();
			db.close();
		}
	};
}

function migrate(db: Driver) {
	const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
	if (version > steps.length)
		throw new Error(`The database is of version ${version}, newer than this program, which knows ${steps.length}. Use the newer program.`);
	for (let step = version; step < steps.length; step++)
		db.exec(`BEGIN IMMEDIATE; ${steps[step]} PRAGMA user_version = ${step + 1}; COMMIT`);
}

/** Group commit: what is asked for in one turn of the event loop, and during a commit, shares the next transaction. */
function createGroup(db: Driver) {
	type Job = { work: () => unknown; resolve: (value: unknown) => void; reject: (cause: unknown) => void };
	let waiting: Job[] = [];

	function transact(group: Job[]) {
		db.exec('BEGIN IMMEDIATE');
		try {
			const results = group.map(({ work }) => work());
			db.exec('COMMIT');
			return results;
		} catch (cause) {
			try {
				db.exec('ROLLBACK');
			} catch {
				// SQLite had rolled back by itself; `cause` says why.
			}
			throw cause;
		}
	}
	function commit(group: Job[]) {
		try {
			const results = transact(group);
			group.forEach(({ resolve }, index) => resolve(results[index]));
		} catch (cause) {
			if (group.length === 1) group[0]!.reject(cause);
			else for (const job of group) commit([job]); // so that what cannot be written fails alone
		}
	}
	function finish() {
		const group = waiting;
		waiting = [];
		if (group.length) commit(group);
	}
	const write = <T>(work: () => T): Promise<T> =>
		new Promise<T>((resolve, reject) => {
			if (waiting.push({ work, resolve: resolve as Job['resolve'], reject }) === 1) setImmediate(finish);
		});
	return { write, finish };
}
