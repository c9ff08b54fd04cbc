import { describe, expect, it, onTestFinished } from 'vitest';
import fc from 'fast-check';
import { uuidv7, type Answer } from '#core/answer.ts';
import { answered, statement, Statement } from '#core/wire.ts';
import { row, type Store } from '#server/store.ts';
import { answer } from '../core/make.ts';

const uuid = () => crypto.randomUUID();
const key = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) } as const;
const at = Date.UTC(2026, 10, 23, 12);

/** The learner's answers of one phone, counted from 1. */
function createAnswers(learner: string, device: string) {
	let seq = 0;
	return (more: Partial<Answer> = {}): Answer => {
		const id = uuidv7(at + seq, crypto.getRandomValues(new Uint8Array(10)));
		return answer({ id, learner, device, seq: ++seq, purpose: 'review', response: ['b', 'a'], score: 0.5, at, locale: 'pl', ...more });
	};
}
const rowOf = (answer: Answer) => row(Statement.parse(statement(answer)), answer);
const idsOf = (items: string[]) => items.map((item) => (JSON.parse(item) as Statement).id);

/**
 * What every store promises. `create` makes an empty one and says how to open it again, by another connection, with
 * what is in it: as after the end of the program.
 */
export function promises(name: string, create: () => Promise<{ open: () => Promise<Store> }>) {
	async function fresh() {
		const { open } = await create();
		let store = await open();
		onTestFinished(() => store.close());
		const learner = uuid();
		const enrolled = async (device = uuid(), whose = learner) => {
			expect(await store.enrol({ learner: whose, device, key }, at)).toBe('enrolled');
			return { device, learner: whose, key };
		};
		const reopen = async () => {
			await store.close();
			return (store = await open());
		};
		return { store, learner, enrolled, reopen };
	}

	describe(name, () => {
		it('knows a device when it has enrolled, and no other', async () => {
			const { store, enrolled } = await fresh();
			const sender = await enrolled();
			expect(await store.device(sender.device)).toEqual(sender);
			expect(await store.device(uuid())).toBeUndefined();
		});

		it('lets a device enrol again, but gives its number to no other key and no other learner', async () => {
			const { store, enrolled } = await fresh();
			const sender = await enrolled();
			expect(await store.enrol(sender, at)).toBe('enrolled');
			expect(await store.enrol({ ...sender, key: { ...key, x: 'z'.repeat(43) } }, at)).toBe('taken');
			expect(await store.enrol({ ...sender, learner: uuid() }, at)).toBe('taken');
			expect(await store.device(sender.device)).toEqual(sender);
		});

		it('keeps each answer once, however often it is sent, and counts it once', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const answer = createAnswers(learner, sender.device);
			const rows = [answer(), answer(), answer({ seq: 9 })].map(rowOf);
			expect(await store.push(sender, rows, at)).toEqual({ verdicts: [1, 1, 1], stored: 3, highest: 9 });
			expect(await store.push(sender, [...rows, rows[0]!], at)).toEqual({ verdicts: [2, 2, 2, 2], stored: 3, highest: 9 });
			expect((await store.pull(learner, 0, 10))!.items).toEqual(rows.map(({ body }) => body));
		});

		it('knows an answer that comes twice in one batch', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const one = rowOf(createAnswers(learner, sender.device)());
			expect(await store.push(sender, [one, one], at)).toEqual({ verdicts: [1, 2], stored: 1, highest: 1 });
		});

		it('keeps the first answer when another comes under its id, also from another learner', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const other = await enrolled(uuid(), uuid());
			const answer = createAnswers(learner, sender.device)();
			await store.push(sender, [rowOf(answer)], at);
			expect((await store.push(sender, [rowOf({ ...answer, response: 'c' })], at)).verdicts).toEqual([{ s: 'conflict' }]);
			const foreign = { ...answer, learner: other.learner, device: other.device };
			expect(await store.push(other, [rowOf(foreign)], at)).toEqual({ verdicts: [{ s: 'conflict' }], stored: 0, highest: 0 });
			expect((await store.pull(learner, 0, 10))!.items).toEqual([rowOf(answer).body]);
			expect((await store.pull(other.learner, 0, 10))!.items).toEqual([]);
		});

		it('counts each device by itself and gives a learner the answers of all her devices', async () => {
			const { store, learner, enrolled } = await fresh();
			const [first, second] = [await enrolled(), await enrolled()];
			const rows = [first, second, first].map(({ device }, index) => rowOf(createAnswers(learner, device)({ seq: index + 1 })));
			await store.push(first, [rows[0]!], at);
			expect(await store.push(second, [rows[1]!], at)).toMatchObject({ stored: 1, highest: 2 });
			expect(await store.push(first, [rows[2]!], at)).toMatchObject({ stored: 2, highest: 3 });
			expect((await store.pull(learner, 0, 10))!.items).toEqual(rows.map(({ body }) => body));
		});

		it('gives a learner her answers page by page, each once, in the order in which they came, whatever was sent when', async () => {
			const { store } = await fresh();
			await fc.assert(
				fc.asyncProperty(
					fc.array(fc.array(fc.nat(30), { maxLength: 6 }), { maxLength: 8 }),
					fc.integer({ min: 1, max: 5 }),
					async (batches, limit) => {
						const sender = { learner: uuid(), device: uuid(), key };
						await store.enrol(sender, at);
						const answer = createAnswers(sender.learner, sender.device);
						const rows = Array.from({ length: 31 }, () => rowOf(answer()));
						await Promise.all(
							batches.map((batch) =>
								store.push(
									sender,
									batch.map((index) => rows[index]!),
									at
								)
							)
						);
						const expected = [...new Set(batches.flat())].map((index) => rows[index]!.body);
						const read: string[] = [];
						for (let after = 0, more = true; more;) {
							const page = (await store.pull(sender.learner, after, limit))!;
							expect(page.items.length).toBeLessThanOrEqual(limit);
							read.push(...page.items);
							({ next: after, more } = page);
						}
						expect(read).toEqual(expected);
					}
				),
				{ numRuns: 30 }
			);
		});

		it('goes on from a cursor with what came later', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const answer = createAnswers(learner, sender.device);
			const [one, two] = [rowOf(answer()), rowOf(answer())];
			await store.push(sender, [one], at);
			const page = (await store.pull(learner, 0, 10))!;
			expect(await store.pull(learner, page.next, 10)).toEqual({ items: [], next: page.next, more: false });
			await store.push(sender, [one, two], at);
			expect((await store.pull(learner, page.next, 10))!.items).toEqual([two.body]);
		});

		it('takes many pushes at once, each with its own verdicts', async () => {
			const { store, enrolled } = await fresh();
			const senders = await Promise.all(Array.from({ length: 20 }, () => enrolled(uuid(), uuid())));
			const batches = senders.map(({ learner, device }) => {
				const answer = createAnswers(learner, device);
				return Array.from({ length: 10 }, () => rowOf(answer()));
			});
			const replies = await Promise.all([...senders, ...senders].map((sender, index) => store.push(sender, batches[index % 20]!, at)));
			for (const [index, { verdicts, stored }] of replies.entries()) {
				expect(verdicts).toEqual(Array(10).fill(index < 20 ? 1 : 2));
				expect(stored).toBe(10);
			}
		});

		it('fails one push that cannot be written, alone, and writes nothing of it', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const answer = createAnswers(learner, sender.device);
			const broken = [rowOf(answer()), rowOf(answer({ course: null as unknown as string, seq: 2 }))];
			const good = [rowOf(answer())];
			const [first, second, third] = await Promise.allSettled([
				store.push(sender, good, at),
				store.push(sender, broken, at),
				store.push(sender, good, at)
			]);
			expect(first).toMatchObject({ status: 'fulfilled', value: { verdicts: [1] } });
			expect(second).toMatchObject({ status: 'rejected' });
			expect(third).toMatchObject({ status: 'fulfilled', value: { verdicts: [2], stored: 1 } });
			expect(idsOf((await store.pull(learner, 0, 10))!.items)).toEqual([good[0]!.answer.id]);
		});

		it('forgets an erased learner but for her number, and nothing comes back', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const other = await enrolled(uuid(), uuid());
			const answer = createAnswers(learner, sender.device);
			const rows = [rowOf(answer()), rowOf(answer())];
			const kept = rowOf(createAnswers(other.learner, other.device)());
			await store.push(sender, rows, at);
			await store.push(other, [kept], at);
			expect(await store.erase(learner, at)).toBe(2);
			expect(await store.erase(learner, at)).toBe(0);
			expect(await store.push(sender, rows, at)).toEqual({ verdicts: [{ s: 'gone' }, { s: 'gone' }], stored: 0, highest: 0 });
			expect(await store.pull(learner, 0, 10)).toBeUndefined();
			expect(await store.enrol(sender, at)).toBe('erased');
			expect(await store.enrol({ learner, device: uuid(), key }, at)).toBe('erased');
			expect((await store.pull(other.learner, 0, 10))!.items).toEqual([kept.body]);
		});

		it('has everything still after the program ended and began again', async () => {
			const { store, learner, enrolled, reopen } = await fresh();
			const sender = await enrolled();
			const gone = await enrolled(uuid(), uuid());
			const answer = createAnswers(learner, sender.device);
			const rows = [rowOf(answer()), rowOf(answer())];
			await store.push(sender, rows, at);
			await store.erase(gone.learner, at);
			const again = await reopen();
			expect(await again.device(sender.device)).toEqual(sender);
			expect(await again.push(sender, [...rows, rowOf(answer())], at)).toEqual({ verdicts: [2, 2, 1], stored: 3, highest: 3 });
			expect((await again.pull(learner, 0, 2))!).toMatchObject({ items: rows.map(({ body }) => body), more: true });
			expect(await again.enrol(gone, at)).toBe('erased');
		});

		it('finishes what was asked of it before it closes', async () => {
			const { store, learner, enrolled, reopen } = await fresh();
			const sender = await enrolled();
			const one = rowOf(createAnswers(learner, sender.device)());
			const pushed = store.push(sender, [one], at);
			const again = await reopen();
			expect(await pushed).toMatchObject({ verdicts: [1] });
			expect((await again.pull(learner, 0, 10))!.items).toEqual([one.body]);
		});

		it('keeps a statement from which the same answer can be read', async () => {
			const { store, learner, enrolled } = await fresh();
			const sender = await enrolled();
			const answer = createAnswers(learner, sender.device)({ sitting: uuid(), response: { a: 'b', c: 'd' } });
			await store.push(sender, [rowOf(answer)], at);
			const { items } = (await store.pull(learner, 0, 1))!;
			expect(answered(Statement.parse(JSON.parse(items[0]!)))).toEqual(answer);
		});
	});
}
