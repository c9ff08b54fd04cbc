import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { expect, it } from 'vitest';
import { Statement, statement } from '#core/wire.ts';
import { createSqlite } from '#server/sqlite.ts';
import { row } from '#server/store.ts';
import { createPhone } from './client.ts';
import { folder } from './endpoint.ts';
import { promises } from './store.ts';

promises('the store in SQLite', async () => {
	const path = join(folder(), 'passport.db');
	return { open: async () => createSqlite(path) };
});

it('leaves no byte of an erased answer in the files', async () => {
	const at = folder();
	const store = createSqlite(join(at, 'passport.db'));
	const phone = await createPhone('');
	await store.enrol(phone, 0);
	const rows = Array.from({ length: 200 }, () => phone.answer()).map((answer) => row(Statement.parse(statement(answer)), answer));
	await store.push(phone, rows, 0);
	const found = () => readdirSync(at).some((file) => rows.some(({ answer }) => readFileSync(join(at, file)).includes(answer.id)));
	expect(found()).toBe(true);
	await store.erase(phone.learner, 0);
	expect(found()).toBe(false);
	await store.close();
});

it('does not touch a database that a newer program made', () => {
	const path = join(folder(), 'passport.db');
	const db = new Database(path);
	db.exec('PRAGMA user_version = 1000');
	db.close();
	expect(() => createSqlite(path)).toThrow('newer than this program');
});
