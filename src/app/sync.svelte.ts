import type { ErrorCode } from '#core/errors.ts';
import { PublicKey, answered, limits } from '#core/wire.ts';
import type { Device } from '#device/index.ts';
import { codeOf } from './failure.ts';

type RefusedAnswer = { id: string; course: string; item: string; at: number; reason: 'invalid' | 'conflict' | 'gone'; where?: string };

export type Sync = ReturnType<typeof createSync>;

const minutes = 60_000;

/** Sending answers to the endpoint: only when she turned it on, each until it is signed for, one tab at a time. */
export function createSync(device: Device) {
	let on = $state(device.preferences.read().sync === 'on');
	let state = $state<'off' | 'idle' | 'sending' | 'waiting'>(on ? 'idle' : 'off');
	let error = $state<ErrorCode>();
	let tally = $state.raw({ of: 0, waiting: 0, refused: 0, own: 0 });
	let refused = $state.raw<RefusedAnswer[]>([]);
	let lastSafe = $state<number>();
	let lost = $state(0);
	let erased = $state(false);
	let abort = new AbortController();
	let failures = 0;
	let batch: number = limits.usual;
	let retrying = false;

	async function count(): Promise<void> {
		try {
			tally = await device.outbox.tally();
			refused = (await device.outbox.refused()).map(({ answer, reason, where }) => ({
				id: answer.id,
				course: answer.course,
				item: answer.item,
				at: answer.at,
				reason: reason as RefusedAnswer['reason'],
				...(where ? { where } : {})
			}));
		} catch (cause) {
			codeOf(cause);
		}
	}

	async function key(): Promise<PublicKey | undefined> {
		return PublicKey.safeParse((await device.database.use((db) => db.settings.get('endpoint-key')))?.value).data;
	}
	async function enrol(): Promise<boolean> {
		const reply = await device.endpoint.enrol(abort.signal);
		if ('ok' in reply) {
			device.endpoint.setClock(reply.ok.now);
			await device.database.use((db) => db.settings.put({ name: 'endpoint-key', value: reply.ok.key }));
			return true;
		}
		if (reply.refused === 'clock' && reply.now) {
			device.endpoint.setClock(reply.now);
			return false;
		}
		if (reply.refused === 'revoked') erased = true;
		return false;
	}

	/** One batch: what to do next, and after how long. */
	async function once(): Promise<{ next: 'again' | 'done' | 'later'; after?: number | undefined }> {
		const trusted = (await key()) ?? ((await enrol()) ? await key() : undefined);
		if (!trusted) return { next: erased ? 'done' : 'later' };
		const waiting = await device.outbox.waiting(batch);
		if (!waiting.length) return { next: 'done' };
		const reply = await device.endpoint.push(waiting, abort.signal);
		if ('refused' in reply) {
			if (reply.refused === 'unknown-device') return { next: (await enrol()) ? 'again' : 'later' };
			if (reply.refused === 'clock' && reply.now) {
				device.endpoint.setClock(reply.now);
				return { next: 'again' };
			}
			if (reply.refused === 'large' || reply.refused === 'body') {
				if (batch > 1) {
					batch = Math.ceil(batch / 2);
					return { next: 'again' };
				}
				await device.outbox.markRefused(waiting[0]!.id, 'invalid', reply.refused);
				return { next: 'again' };
			}
			if (reply.refused === 'revoked') {
				erased = true;
				return { next: 'done' };
			}
			error = 'server';
			return { next: 'later', after: reply.after };
		}
		const receipt = await device.endpoint.receipt(reply.ok.receipt, trusted);
		const said = waiting.map((answer, at) => ({ answer, verdict: reply.ok.r[at] }));
		const safe = receipt
			? said
					.filter(({ answer, verdict }) => (verdict === 1 || verdict === 2) && receipt.ids.includes(answer.id))
					.map(({ answer }) => answer.id)
			: [];
		if (receipt && safe.length) {
			await device.outbox.markSafe(safe, reply.ok.receipt);
			lastSafe = device.now();
		}
		let settled = safe.length;
		for (const { answer, verdict } of said) {
			if (typeof verdict !== 'object' || verdict.s === 'later') continue;
			await device.outbox.markRefused(answer.id, verdict.s, verdict.e);
			settled += 1;
			if (verdict.s === 'gone') erased = true;
		}
		batch = limits.usual;
		await count();
		if (receipt && receipt.stored < tally.own) {
			lost = tally.own - receipt.stored;
			await device.outbox.requeue();
		}
		return settled ? { next: 'again' } : { next: 'later', after: undefined };
	}

	/** Sends until nothing waits or the endpoint asks to come back later. */
	async function send(): Promise<void> {
		if (!on || state === 'sending') return;
		const later = await device.net.alone('sync', 'skip', async () => {
			state = 'sending';
			try {
				for (let turns = 0; on && turns < 500; turns++) {
					const { next, after } = await once();
					if (next === 'done') {
						failures = 0;
						error = undefined;
						await pull();
						return undefined;
					}
					if (next === 'later') {
						failures += 1;
						error ??= 'server';
						return { after };
					}
				}
				return undefined;
			} catch (cause) {
				if (!on) return undefined;
				error = codeOf(cause);
				failures += 1;
				return { after: undefined };
			} finally {
				state = on ? 'idle' : 'off';
				await count();
			}
		});
		if (later && on) void retry(later.after);
	}

	/** Full jitter: a random time up to a bound that doubles, five minutes at most; `Retry-After` is honoured. */
	async function retry(after: number | undefined): Promise<void> {
		if (retrying) return;
		retrying = true;
		state = 'waiting';
		await device.moments.wait(after ?? device.chance() * Math.min(5 * minutes, 1000 * 2 ** failures), abort.signal);
		retrying = false;
		if (on) {
			state = 'idle';
			await send();
		}
	}

	/** Brings the answers of her other phones. */
	async function pull(): Promise<void> {
		const name = 'pull-cursor';
		let after = Number((await device.database.use((db) => db.settings.get(name)))?.value ?? 0);
		for (let more = true; more && on;) {
			const reply = await device.endpoint.pull(after, limits.batch, abort.signal);
			if (!('ok' in reply)) return;
			await device.outbox.merge(reply.ok.items.flatMap((item) => answered(item) ?? []));
			after = reply.ok.next;
			more = reply.ok.more;
			const value = after;
			await device.database.use((db) => db.settings.put({ name, value }));
		}
	}

	async function stop(): Promise<void> {
		on = false;
		state = 'off';
		abort.abort();
	}

	return {
		get on() {
			return on;
		},
		get state() {
			return state;
		},
		get error() {
			return error;
		},
		/** How many of her answers the endpoint signed for. */
		get safe() {
			return Math.max(0, tally.of - tally.waiting - tally.refused);
		},
		get of() {
			return tally.of;
		},
		get waiting() {
			return tally.waiting;
		},
		get refused() {
			return refused;
		},
		get lastSafe() {
			return lastSafe;
		},
		/** Answers that the endpoint had signed for and no longer has; they are sent again. */
		get lost() {
			return lost;
		},
		get erased() {
			return erased;
		},
		count,
		stop,
		send,
		/** Counts, and sends if it is on; sends again at the moments when that is likely to work. */
		async start(): Promise<void> {
			await count();
			device.moments.on('online', () => void send());
			device.moments.on('focus', () => void send());
			void (async () => {
				for (;;) {
					await device.moments.wait(5 * minutes);
					await send();
				}
			})();
			await send();
		},
		async turnOn(): Promise<void> {
			abort = new AbortController();
			on = true;
			erased = false;
			state = 'idle';
			device.preferences.write({ sync: 'on' });
			await send();
		},
		turnOff(): void {
			device.preferences.write({ sync: 'off' });
			void stop();
		},
		afterActivity: (): void => void send(),
		/** Deletes her answers at the endpoint, then turns off. True when the endpoint said so. */
		async erase(): Promise<boolean> {
			try {
				const reply = await device.endpoint.erase(abort.signal);
				if (!('ok' in reply)) {
					error = 'server';
					return false;
				}
				erased = true;
				device.preferences.write({ sync: 'off' });
				await stop();
				await device.learner.renew();
				await count();
				return true;
			} catch (cause) {
				error = codeOf(cause);
				return false;
			}
		}
	};
}
