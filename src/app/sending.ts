import type { Answer } from '#core/answer.ts';
import type { ErrorCode } from '#core/errors.ts';
import { PublicKey, answered, limits, type Pushed } from '#core/wire.ts';
import type { Device } from '#device/index.ts';

/** How a run ended: all is done; she was erased there; or it is to be tried again, at the soonest `after` milliseconds. */
export type Ended = 'done' | 'erased' | { error: ErrorCode; after?: number | undefined };

type Refusal = { refused: string; status: number; now: number | undefined; after: number | undefined };
type Reply<T> = { ok: T } | Refusal;
type Parts = Pick<Device, 'database' | 'endpoint' | 'learner' | 'outbox' | 'preferences' | 'now'>;

const pullEvery = 4 * 60_000;

const failure = ({ refused, status, after }: Refusal): Ended => {
	if (refused === 'revoked') return 'erased';
	const error = status === 426 ? 'newer' : refused === 'not-found' ? 'not-found' : refused === 'signature' ? 'signature' : 'server';
	return { error, after };
};

/** Sends what waits, batch by batch, and brings what her other phones sent. An answer leaves the outbox only when a receipt names it. */
export function createSending({ database, endpoint, learner, outbox, preferences, now }: Parts) {
	/** The key that signs receipts. */
	let key: PublicKey | undefined;
	let pulled = -Infinity;
	/** Whether the endpoint was asked in this session how many answers it holds. */
	let checked = false;

	async function kept(): Promise<PublicKey | undefined> {
		return PublicKey.safeParse((await database.use((db) => db.settings.get('endpoint')))?.value).data;
	}

	/** Another tab may have turned it off. */
	const stopped = (signal: AbortSignal) => signal.aborted || preferences.read().sync !== 'on';

	/** Makes the phone known, and keeps the key that signs receipts. Says why not. */
	async function enrol(signal: AbortSignal): Promise<Ended | undefined> {
		let reply = await endpoint.enrol(signal);
		if ('refused' in reply && reply.refused === 'clock' && reply.now !== undefined) {
			endpoint.setClock(reply.now);
			reply = await endpoint.enrol(signal);
		}
		if ('refused' in reply) return failure(reply);
		const value = reply.ok.key;
		endpoint.setClock(reply.ok.now);
		await database.use((db) => db.settings.put({ name: 'endpoint', value }));
		key = value;
		return undefined;
	}

	/** Asks, and once more where the endpoint had to tell the time, and where it did not know this phone. */
	async function insist<T>(ask: () => Promise<Reply<T>>, signal: AbortSignal): Promise<Reply<T> | { ended: Ended }> {
		const mended = new Set<string>();
		for (;;) {
			const reply = await ask();
			if ('ok' in reply || mended.has(reply.refused)) return reply;
			mended.add(reply.refused);
			if (reply.refused === 'clock' && reply.now !== undefined) endpoint.setClock(reply.now);
			else if (reply.refused === 'unknown-device') {
				const ended = await enrol(signal);
				if (ended) return { ended };
			} else return reply;
		}
	}

	/** Brings the learner's answers, those after the last pull or all of them. */
	async function pull(all: boolean, signal: AbortSignal): Promise<Ended> {
		const name = `cursor/${(await learner.who()).learner}`;
		let after = all ? 0 : Number((await database.use((db) => db.settings.get(name)))?.value ?? 0);
		for (let more = true; more && !stopped(signal);) {
			const cursor = after;
			const reply = await insist(() => endpoint.pull(cursor, limits.batch, signal), signal);
			if ('ended' in reply) return reply.ended;
			if ('refused' in reply) return failure(reply);
			await outbox.merge(reply.ok.items.flatMap((item) => answered(item) ?? []));
			more = reply.ok.more && reply.ok.next > after;
			after = reply.ok.next;
			const value = after;
			await database.use((db) => db.settings.put({ name, value }));
		}
		pulled = now();
		return 'done';
	}

	/** Takes the verdicts of one batch. Says what became of it. */
	async function settle(batch: Answer[], { r, receipt: signed }: Pushed, key: PublicKey) {
		const receipt = await endpoint.receipt(signed, key);
		if (!receipt) return undefined;
		const named = new Set(receipt.ids);
		const said = batch.map((answer, at) => ({ id: answer.id, verdict: r[at] }));
		const safe = said.filter(({ id, verdict }) => (verdict === 1 || verdict === 2) && named.has(id)).map(({ id }) => id);
		if (safe.length) await outbox.markSafe(safe, signed);
		const refused = said.flatMap(({ id, verdict }) => (typeof verdict === 'object' && verdict.s !== 'later' ? [{ id, ...verdict }] : []));
		const has = (reason: string) => refused.some(({ s }) => s === reason);
		if (!has('gone')) for (const { id, s, e } of refused) await outbox.markRefused(id, s, e);
		return {
			settled: safe.length + refused.length,
			safe: safe.length,
			conflict: has('conflict'),
			gone: has('gone'),
			stored: receipt.stored
		};
	}

	return {
		/**
		 * One run. `told` hears after each batch how many became safe, and how many the endpoint lost of those it had.
		 * Throws `AppError`. Stops between two requests when the signal says so.
		 */
		async run(signal: AbortSignal, told: (news: { safe: number; lost: number }) => Promise<void>): Promise<Ended> {
			let size: number = limits.usual;
			let [enrols, requeued, conflict] = [0, false, false];
			key = await kept();
			if (!key) {
				const ended = await enrol(signal);
				if (ended) return ended;
			}
			if (!stopped(signal) && (await outbox.foreign())) {
				const ended = await pull(true, signal); // what the endpoint has of a lost phone needs no second sending
				if (ended !== 'done') return ended;
				if (!stopped(signal)) await outbox.adopt();
			}
			while (!stopped(signal)) {
				const batch = await outbox.waiting(size);
				if (!batch.length && checked) break;
				const reply = await insist(() => endpoint.push(batch, signal), signal);
				if ('ended' in reply) return reply.ended;
				if ('refused' in reply) {
					const large = reply.refused === 'large' || reply.refused === 'body';
					if (large && batch.length > 1) size = Math.ceil(batch.length / 2);
					else if (large && batch[0]) await outbox.markRefused(batch[0].id, 'invalid', reply.refused);
					else return failure(reply);
					continue;
				}
				const outcome = await settle(batch, reply.ok, key!);
				if (!outcome) {
					if (enrols++ > 0) return { error: 'signature' };
					const ended = await enrol(signal); // the endpoint may sign with a new key
					if (ended) return ended;
					continue;
				}
				endpoint.setClock(reply.ok.now);
				checked = true;
				conflict ||= outcome.conflict;
				if (outcome.gone) return 'erased';
				const { own } = await outbox.tally();
				const lost = Math.max(0, own - outcome.stored);
				if (lost && !requeued) await outbox.requeue();
				await told({ safe: outcome.safe, lost: requeued ? 0 : lost });
				requeued ||= lost > 0;
				if (batch.length && !outcome.settled) return { error: 'server' };
			}
			const all = conflict || requeued; // an endpoint that lost answers may give the places of those in its list to others
			if (stopped(signal) || (!all && Math.abs(now() - pulled) < pullEvery)) return 'done';
			return pull(all, signal);
		},
		/** Deletes her answers at the endpoint. Throws `AppError`. */
		async erase(signal: AbortSignal): Promise<Ended> {
			const reply = await insist(() => endpoint.erase(signal), signal);
			if ('ended' in reply) return reply.ended;
			return 'ok' in reply || reply.refused === 'revoked' ? 'erased' : failure(reply);
		}
	};
}
