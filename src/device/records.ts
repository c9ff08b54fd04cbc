import * as z from 'zod/mini';
import { Uuid } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import { Response } from '#core/item.ts';
import { Id } from '#core/text.ts';
import type { Database } from './db.ts';
import type { Mirror } from './mirror.ts';

const time = z.number().check(z.int(), z.gte(0));
const index = z.number().check(z.int(), z.gte(0));

/** Where she is in a lesson (`name` is `<course>/<lesson>`): the step, its half-made response, the responses of this run by step, the items that come back. `at`: when it was saved. */
export const Place = z.object({
	name: z.string(),
	step: z.string(),
	half: z.optional(Response),
	given: z.record(z.string(), Response),
	repeats: z.array(Id),
	at: time
});
export type Place = z.infer<typeof Place>;

/** A sitting of a self-assessment: the items drawn, the one shown, its half-made response. Its answers carry its number. */
export const Sitting = z.object({
	id: Uuid,
	course: Id,
	items: z.array(Id),
	step: index,
	half: z.optional(Response),
	begun: time,
	at: time,
	finished: z.boolean()
});
export type Sitting = z.infer<typeof Sitting>;

/** Small records that change, each in the database and in the mirror; the newer one counts. */
export type Records<T> = ReturnType<typeof createRecords<T & { at: number }>>;

/** Records of one table; `key` says the name of one. */
export function createRecords<T extends { at: number }>({
	database,
	mirror,
	table,
	key,
	schema
}: {
	database: Database;
	mirror: Mirror;
	table: 'places' | 'sittings';
	key: (record: T) => string;
	schema: z.ZodMiniType<T>;
}) {
	const mirrored = (): T[] => mirror.names(`${table}.`).flatMap((name) => schema.safeParse(mirror.read(name)).data ?? []);

	async function stored(): Promise<T[]> {
		try {
			return (await database.use((db) => db.table(table).toArray())) as T[];
		} catch (cause) {
			if (cause instanceof AppError) return []; // then the mirror has them
			throw cause;
		}
	}

	async function all(): Promise<T[]> {
		const newest = new Map<string, T>();
		for (const record of [...(await stored()), ...mirrored()]) {
			const before = newest.get(key(record));
			if (!before || before.at <= record.at) newest.set(key(record), record);
		}
		return [...newest.values()];
	}

	/** Keeps a record, at once in the mirror: it is there even if the browser is killed in this moment. Never fails. */
	async function save(record: T): Promise<void> {
		mirror.write(`${table}.${key(record)}`, record);
		try {
			await database.use((db) => db.table(table).put(record));
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause; // the mirror has it
		}
	}

	return {
		all,
		save,
		get: async (name: string): Promise<T | undefined> => (await all()).find((record) => key(record) === name),
		/** Takes records of a saved copy where they are newer. */
		async bring(records: T[]): Promise<void> {
			const own = new Map((await all()).map((record) => [key(record), record.at]));
			for (const record of records) if ((own.get(key(record)) ?? -1) < record.at) await save(record);
		},
		/** Fills the database and the mirror from each other. */
		async repair(): Promise<void> {
			for (const record of await all()) await save(record);
		}
	};
}
