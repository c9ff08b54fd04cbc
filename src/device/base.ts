import { createDatabase } from './db.ts';
import { createMirror } from './mirror.ts';
import { createPreferences } from './preferences.ts';

export type Base = ReturnType<typeof createBase>;

/** What the first screen needs of the phone, before the rest of the device is even loaded: the two stores, and her choices in them. */
export function createBase({ indexedDB, localStorage }: { indexedDB?: IDBFactory; localStorage?: Storage } = {}) {
	const database = createDatabase(indexedDB);
	const mirror = createMirror(localStorage);
	return { database, mirror, preferences: createPreferences({ database, mirror }) };
}
