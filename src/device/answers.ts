import { Answer, uuidv7 } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import type { Database, Setting, Tables } from './db.ts';
import type { Learner, Numbers } from './learner.ts';
import type { Mirror } from './mirror.ts';

/** What is known of an answer before it is kept. */
export type Draft = Omit<Answer, 'id' | 'learner' | 'device' | 'seq' | 'at'>;

/** Where an answer is kept: best the database; its mirror when that refuses; else memory, as long as the tab lives. */
export type Kept = 'database' | 'mirror' | 'memory';

export type Answers = ReturnType<typeof createAnswers>;

type Parts = { database: Database; mirror: Mirror; learner: Learner; now: () => number; random: (length: number) => Uint8Array };

/** Her answers, each written once with its place in the outbox, and mirrored. */
export function createAnswers({ database, mirror, learner, now, random }: Parts) {
	/** Answers that the database could not take. */
	const aside = new Map<string, Answer>();
	/** Of those, the ones that the endpoint has. */
	const safeAside = new Set<string>();
	const unsent = (id: string) => aside.has(id) && !safeAside.has(id);
	const counters = new Map<string, number>();

	const mirroredCount = (device: string) => Math.max(counters.get(device) ?? 0, Number(mirror.read(`seq.${device}`) ?? 0) || 0);
	function count({ device, seq }: Answer): void {
		counters.set(device, Math.max(seq, mirroredCount(device)));
		mirror.write(`seq.${device}`, counters.get(device));
	}
	/** Mirrors an answer, and its number. */
	function reflect(answer: Answer): boolean {
		count(answer);
		return mirror.write(`answer.${answer.id}`, answer);
	}
	const mirrored = (): Answer[] => mirror.names('answer.').flatMap((name) => Answer.safeParse(mirror.read(name)).data ?? []);

	const after = (kept: Setting | undefined, device: string) => Math.max(Number(kept?.value ?? 0), mirroredCount(device)) + 1;

	/** The next number of a device's counter. Inside a transaction with `settings`, so that two tabs never get the same. */
	async function next(db: Tables, device: string): Promise<number> {
		const name = `seq/${device}`;
		const value = after(await db.settings.get(name), device);
		await db.settings.put({ name, value });
		return value;
	}

	async function raise(db: Tables, { device, seq }: Answer): Promise<void> {
		const name = `seq/${device}`;
		const kept = Number((await db.settings.get(name))?.value ?? 0);
		if (seq > kept) await db.settings.put({ name, value: seq });
	}

	/** An answer that was put aside, as it comes home: where its numbers were a guess, or another tab used its place in the counter, it gets new ones. */
	async function placed(db: Tables, answer: Answer): Promise<Answer> {
		const { learner: hers, device } = ((await db.settings.get('learner'))?.value as Numbers | undefined) ?? answer;
		const taken = await db.answers.where('[device+seq]').equals([answer.device, answer.seq]).count();
		if (hers === answer.learner && device === answer.device && !taken) return answer;
		return { ...answer, learner: hers, device, seq: await next(db, device) };
	}

	/** Adds answers that are missing; those for the outbox wait there. Says how many there were. */
	async function add(answers: Answer[], waits: (answer: Answer) => boolean): Promise<number> {
		const added = await database.use((db) =>
			db.transaction('rw', db.answers, db.outbox, db.settings, async () => {
				const known = new Set(
					await db.answers
						.where('id')
						.anyOf(answers.map(({ id }) => id))
						.primaryKeys()
				);
				const missing = answers.filter(({ id }) => !known.has(id) && !unsent(id));
				await db.answers.bulkAdd(missing);
				for (const answer of answers.filter(({ id }) => !known.has(id) && unsent(id))) {
					const own = await placed(db, answer);
					await db.answers.add(own);
					missing.push(own);
				}
				await db.outbox.bulkPut(missing.filter(waits).map(({ id, at }) => ({ id, state: 'waiting' as const, at })));
				for (const answer of missing) await raise(db, answer);
				return missing;
			})
		);
		added.forEach(reflect);
		return added.length;
	}

	async function rows(): Promise<Answer[]> {
		try {
			return await database.use((db) => db.answers.toArray());
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause;
			return mirrored(); // what the database would say, said by the mirror
		}
	}

	async function all(): Promise<Answer[]> {
		const found = new Map((await rows()).map((answer) => [answer.id, answer]));
		for (const [id, answer] of aside) if (!found.has(id)) found.set(id, answer);
		return [...found.values()];
	}

	async function record(draft: Draft): Promise<{ answer: Answer; kept: Kept }> {
		const numbers = await learner.who();
		const at = now();
		const id = uuidv7(at, random(10));
		try {
			const answer = await database.use((db) =>
				db.transaction('rw', db.answers, db.outbox, db.settings, async () => {
					const name = `seq/${numbers.device}`;
					const [owner, count] = await db.settings.bulkGet(['learner', name]);
					const { learner: hers, device } = (owner?.value as Numbers | undefined) ?? numbers;
					const same = device === numbers.device; // else another tab has just made this phone another
					const seq = same ? after(count, device) : await next(db, device);
					const answer: Answer = { ...draft, id, learner: hers, device, seq, at };
					await Promise.all([
						same && db.settings.put({ name, value: seq }),
						db.answers.add(answer),
						db.outbox.add({ id, state: 'waiting', at })
					]);
					return answer;
				})
			);
			reflect(answer);
			if (aside.size) await repair();
			return { answer, kept: 'database' };
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause;
			const own = (await all()).filter(({ device }) => device === numbers.device);
			const last = own.reduce((highest, { seq }) => Math.max(highest, seq), mirroredCount(numbers.device)); // now: nothing waits from here to `reflect`
			const answer: Answer = { ...draft, id, ...numbers, seq: last + 1, at };
			aside.set(id, answer);
			return { answer, kept: reflect(answer) ? 'mirror' : 'memory' };
		}
	}

	/** Brings back from the mirror what the database lacks, and fills the mirror from the database. Says how many came back. */
	async function repair(): Promise<number> {
		const { learner: hers } = await learner.who();
		const spare = new Map([...mirrored(), ...aside.values()].map((answer) => [answer.id, answer]));
		try {
			const back = await add([...spare.values()], (answer) => answer.learner === hers && !safeAside.has(answer.id));
			for (const id of spare.keys()) aside.delete(id);
			for (const answer of await rows()) if (!spare.has(answer.id)) reflect(answer);
			return back;
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause;
			const there = new Set((await rows()).map(({ id }) => id));
			for (const [id, answer] of spare) if (!there.has(id)) aside.set(id, answer);
			return 0;
		}
	}

	return {
		/** Keeps an answer, with its place in the outbox, in one durable transaction, and mirrors it. Never fails; `kept` says where it is. */
		record,
		repair,
		/** All of her answers, of all her phones. Never fails. */
		all,
		byCourse: async (course: string): Promise<Answer[]> => (await all()).filter((answer) => answer.course === course),
		/** Adds answers that are missing, those that `waits` names with a place in the outbox. Says how many were new. Throws `AppError`. */
		add,
		/** Takes answers of a saved copy; those of this learner go to the outbox. Says how many were new. Throws `AppError`. */
		async bring(answers: Answer[]): Promise<number> {
			const { learner: hers } = await learner.who();
			return add(answers, (answer) => answer.learner === hers);
		},
		/** Answers that only the mirror or memory has and the endpoint has not. */
		aside: (): Answer[] => [...aside.values()].filter(({ id }) => unsent(id)),
		/** The endpoint has these, wherever they are kept here. */
		settle(ids: string[]): void {
			for (const id of ids) if (aside.has(id)) safeAside.add(id);
		},
		next,
		/** Mirrors an answer that was written, and its number. */
		reflect,
		/** Forgets what is in memory, after everything was erased. */
		forget(): void {
			aside.clear();
			safeAside.clear();
			counters.clear();
		}
	};
}
