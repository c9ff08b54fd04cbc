import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';

type Value = string | number | null | undefined;
/** What is used of a driver. */
type Prepared = { run(...values: unknown[]): { changes: number | bigint }; all(...values: unknown[]): unknown[] };
type Driver = { exec(sql: string): unknown; prepare(sql: string): Prepared; close(): unknown };

/** The file of the certification body's records. What is written is on the disk when the call returns. */
export type Database = ReturnType<typeof openDatabase>;

/** Each step takes a database to the next version, which is kept in `user_version`. Steps are appended, never changed. */
const steps = [
	`CREATE TABLE register (
		n INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL,
		prev TEXT NOT NULL, hash TEXT NOT NULL
	) STRICT;
	CREATE TRIGGER register_stays BEFORE UPDATE ON register BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;
	CREATE TRIGGER register_keeps BEFORE DELETE ON register BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;
	CREATE TABLE staff (
		id TEXT PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, roles TEXT NOT NULL, until INTEGER NOT NULL, code TEXT NOT NULL UNIQUE,
		stated INTEGER
	) STRICT;
	CREATE TABLE candidates (id TEXT PRIMARY KEY, key TEXT, name TEXT, born TEXT, erased INTEGER) STRICT;
	CREATE TABLE coached (candidate TEXT NOT NULL, staff TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (candidate, staff)) STRICT;
	CREATE TABLE applications (
		n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, candidate TEXT NOT NULL, course TEXT NOT NULL, locale TEXT NOT NULL,
		asked TEXT NOT NULL, granted TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, agreed TEXT NOT NULL, at INTEGER NOT NULL
	) STRICT;
	CREATE INDEX applications_candidate ON applications (candidate);
	CREATE INDEX applications_state ON applications (state, n);
	CREATE TABLE schemes (id TEXT NOT NULL, version INTEGER NOT NULL, scheme TEXT NOT NULL, PRIMARY KEY (id, version)) STRICT;
	CREATE TABLE sessions (id TEXT PRIMARY KEY, invigilator TEXT NOT NULL, place TEXT NOT NULL, starts INTEGER NOT NULL, at INTEGER NOT NULL) STRICT;
	CREATE TABLE forms (
		n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, session TEXT NOT NULL, candidate TEXT NOT NULL, application TEXT NOT NULL,
		course TEXT NOT NULL, edition INTEGER NOT NULL, scheme TEXT NOT NULL, minutes REAL NOT NULL, granted TEXT NOT NULL, items TEXT NOT NULL,
		versions TEXT NOT NULL, code TEXT NOT NULL, envelope TEXT NOT NULL, seen INTEGER, absent INTEGER NOT NULL DEFAULT 0, note TEXT
	) STRICT;
	CREATE INDEX forms_session ON forms (session);
	CREATE INDEX forms_application ON forms (application);
	CREATE INDEX forms_candidate ON forms (candidate);
	CREATE TABLE exposure (course TEXT NOT NULL, item TEXT NOT NULL, version TEXT NOT NULL, outcome TEXT NOT NULL, drawn INTEGER NOT NULL, PRIMARY KEY (course, item, version)) STRICT;
	CREATE TABLE attempts (
		n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, sent TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, phone TEXT NOT NULL,
		form TEXT NOT NULL, session TEXT NOT NULL, candidate TEXT NOT NULL, application TEXT NOT NULL, course TEXT NOT NULL, state TEXT NOT NULL,
		received INTEGER NOT NULL, decided INTEGER, keep INTEGER, result TEXT NOT NULL, flags TEXT NOT NULL, answers TEXT NOT NULL, payload TEXT NOT NULL
	) STRICT;
	CREATE INDEX attempts_state ON attempts (state, n);
	CREATE INDEX attempts_form ON attempts (form);
	CREATE INDEX attempts_session ON attempts (session, course);
	CREATE INDEX attempts_candidate ON attempts (candidate);
	CREATE INDEX attempts_application ON attempts (application);
	CREATE INDEX attempts_course ON attempts (course, n);
	CREATE TABLE decisions (
		n INTEGER PRIMARY KEY AUTOINCREMENT, attempt TEXT NOT NULL, staff TEXT NOT NULL, decision TEXT NOT NULL, at INTEGER NOT NULL
	) STRICT;
	CREATE INDEX decisions_attempt ON decisions (attempt);
	CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
	CREATE TRIGGER decisions_keep BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END;
	CREATE TABLE grounds (decision INTEGER PRIMARY KEY, attempt TEXT NOT NULL, note TEXT NOT NULL) STRICT;
	CREATE TABLE appeals (
		n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, candidate TEXT NOT NULL, kind TEXT NOT NULL, attempt TEXT, text TEXT NOT NULL,
		locale TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, answer TEXT, answered INTEGER, staff TEXT
	) STRICT;
	CREATE INDEX appeals_candidate ON appeals (candidate);
	CREATE TABLE credentials (
		n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, number TEXT NOT NULL UNIQUE, candidate TEXT NOT NULL, course TEXT,
		attempt TEXT, award TEXT, parts TEXT, standing TEXT NOT NULL, list TEXT NOT NULL, place INTEGER NOT NULL, issued INTEGER NOT NULL,
		until INTEGER, keep INTEGER NOT NULL, edc TEXT, badge TEXT, qr TEXT, UNIQUE (list, place)
	) STRICT;
	CREATE INDEX credentials_candidate ON credentials (candidate);
	CREATE INDEX credentials_standing ON credentials (standing) WHERE standing <> 'valid';
	CREATE INDEX credentials_waiting ON credentials (n) WHERE edc IS NULL AND award IS NOT NULL;
	CREATE TABLE standings (credential TEXT NOT NULL, standing TEXT NOT NULL, reason TEXT NOT NULL, staff TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
	CREATE TABLE refused (
		n INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, hash TEXT NOT NULL UNIQUE, reason TEXT NOT NULL, form TEXT, box TEXT NOT NULL
	) STRICT;`,
	`CREATE INDEX candidates_born ON candidates (born);
	CREATE INDEX credentials_attempt ON credentials (attempt);
	CREATE INDEX refused_form ON refused (form, n);`,
	`ALTER TABLE candidates ADD COLUMN before TEXT;
	CREATE TABLE codes (hash TEXT PRIMARY KEY, candidate TEXT NOT NULL, until INTEGER NOT NULL, key TEXT) STRICT;
	CREATE INDEX codes_candidate ON codes (candidate);`,
	`CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
	INSERT INTO head SELECT 1, n, hash FROM register ORDER BY n DESC LIMIT 1;
	CREATE TRIGGER head_keeps BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;
	CREATE TRIGGER head_grows BEFORE UPDATE ON head WHEN NEW.n <= OLD.n BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END;`
];

/** Opens the file, and makes or renews its tables. WAL with synchronous FULL; what is deleted is overwritten. Its owner alone may read it. */
export function openDatabase(path: string) {
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	closeSync(openSync(path, 'a', 0o600)); // the files beside it get the rights of this one
	const db: Driver = new Libsql(path);
	db.exec(
		'PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = 67108864'
	);
	const prepared = new Map<string, Prepared>();
	const statement = (sql: string) => {
		const found = prepared.get(sql) ?? db.prepare(sql);
		prepared.set(sql, found);
		return found;
	};
	const bound = (values: Value[]) => values.map((value) => value ?? null);
	const all = <T>(sql: string, ...values: Value[]): T[] => statement(sql).all(...bound(values)) as T[];
	const get = <T>(sql: string, ...values: Value[]): T | undefined => all<T>(sql, ...values)[0];
	let inside = false;

	/** Does all of it or nothing; what is asked for inside belongs to it. */
	function transact<T>(work: () => T): T {
		if (inside) return work();
		db.exec('BEGIN IMMEDIATE');
		inside = true;
		try {
			const done = work();
			db.exec('COMMIT');
			return done;
		} catch (cause) {
			try {
				db.exec('ROLLBACK');
			} catch {
				// SQLite had rolled back by itself; `cause` says why.
			}
			throw cause;
		} finally {
			inside = false;
		}
	}

	const version = get<{ user_version: number }>('PRAGMA user_version')!.user_version;
	if (version > steps.length) {
		db.close();
		throw new Error(`The records are of version ${version}, newer than this program, which knows ${steps.length}. Use the newer program.`);
	}
	for (let step = version; step < steps.length; step++)
		db.exec(`BEGIN IMMEDIATE; ${steps[step]} PRAGMA user_version = ${step + 1}; COMMIT`);

	return {
		all,
		get,
		transact,
		/** Writes, and says how many rows that changed. */
		run: (sql: string, ...values: Value[]): number => Number(statement(sql).run(...bound(values)).changes),
		/** Takes what was deleted out of the write-ahead log as well. */
		tidy: (): void => void db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all(),
		close: (): void => void db.close()
	};
}
