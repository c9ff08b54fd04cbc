import type { ErrorCode } from '#core/errors.ts';
import type { Device } from '#device/index.ts';
import { codeOf } from './failure.ts';
import { createSending, type Ended } from './sending.ts';

/** An answer that the endpoint refused: it stays on the phone. */
export type RefusedAnswer = {
	id: string;
	course: string;
	item: string;
	at: number;
	reason: 'invalid' | 'conflict' | 'gone';
	where?: string;
};

export type Sync = ReturnType<typeof createSync>;

const minute = 60_000;

/** Sending answers to the endpoint: only when she turned it on, each until it is signed for, one tab at a time. */
export function createSync(device: Device) {
	const sending = createSending(device);
	const allowed = () => device.preferences.read().sync === 'on';
	let on = $state(allowed());
	let state = $state<'off' | 'idle' | 'sending' | 'waiting'>(allowed() ? 'idle' : 'off');
	let error = $state<ErrorCode>();
	let tally = $state.raw({ of: 0, waiting: 0, refused: 0, own: 0 });
	let refused = $state.raw<RefusedAnswer[]>([]);
	let lastSafe = $state<number>();
	let lost = $state(0);
	let erased = $state(false);
	let stop = new AbortController();
	let timer = new AbortController();
	let life = new AbortController();
	let running: Promise<unknown> = Promise.resolve();
	let failures = 0;
	let again = false;
	/** When the endpoint asked not to be asked, by the phone's clock; one that was set back since does not count. */
	let pause = { from: 0, to: 0 };

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
			lastSafe = (await device.outbox.lastReceipt()) ?? lastSafe;
		} catch (cause) {
			codeOf(cause);
		}
	}

	/** The second copy of her choice is a help, not a duty. */
	function choose(sync: 'on' | 'off'): void {
		device.preferences.write({ sync });
		device.preferences.keep().catch(codeOf);
		if (sync === 'off') device.courier.dismiss().catch(codeOf);
	}

	function follow(): boolean {
		on = allowed();
		if (!on) {
			state = 'off';
			stop.abort();
			timer.abort();
		}
		return on;
	}

	async function attempt(): Promise<Ended> {
		try {
			return await sending.run(stop.signal, async (news) => {
				if (news.lost) lost = news.lost;
				await count();
				follow();
			});
		} catch (cause) {
			return { error: codeOf(cause) };
		}
	}

	/** She was erased there: nothing of hers goes there again. For the endpoint she is somebody new from now on. */
	async function forgotten(): Promise<void> {
		erased = true;
		choose('off');
		follow();
		try {
			await device.learner.renew();
		} catch (cause) {
			error = codeOf(cause); // she stays who she was, and is told again if she turns it on
		}
		await count();
	}

	async function conclude(ended: Ended): Promise<void> {
		if (!follow()) return;
		state = 'idle';
		if (ended === 'erased') return forgotten();
		if (ended === 'done') {
			failures = 0;
			error = undefined;
			return;
		}
		error = ended.error;
		failures += 1;
		const from = device.now();
		if (ended.after !== undefined) pause = { from, to: from + ended.after };
		void retry(ended.after);
	}

	/** Full jitter: a random time up to a bound that doubles, five minutes at most; never before `Retry-After`. */
	async function retry(after = 0): Promise<void> {
		timer.abort();
		const { signal } = (timer = new AbortController());
		state = 'waiting';
		void device.courier.ask();
		await device.moments.wait(after + device.chance() * Math.min(5 * minute, 1000 * 2 ** Math.min(failures, 10)), signal);
		if (!signal.aborted) await send();
	}

	/** Sends until nothing waits, or until the endpoint or the network says no. */
	async function send(): Promise<void> {
		if (state === 'sending') return void (again = true);
		if (!follow() || life.signal.aborted) return;
		const now = device.now();
		if (now >= pause.from && now < pause.to) return;
		timer.abort();
		state = 'sending';
		again = false;
		if (stop.signal.aborted) stop = new AbortController();
		const ended = await (running = device.net.alone('sync', 'skip', attempt));
		if (life.signal.aborted) return void (follow() && (state = 'idle'));
		await count();
		if (!ended) void device.net.alone('sync', 'wait', count); // another tab sends: what becomes safe there counts here, too
		await conclude(ended ?? 'done');
		if (again && ended === 'done') await send();
	}

	return {
		get on() {
			return on;
		},
		get state() {
			return state;
		},
		/** Why the last sending failed; none once one succeeded. */
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
		/** When the last receipt was made, by the endpoint's clock, in milliseconds. */
		get lastSafe() {
			return lastSafe;
		},
		/** Answers that the endpoint had signed for and no longer has; they are sent again. */
		get lost() {
			return lost;
		},
		/** The endpoint says that her answers were deleted there. */
		get erased() {
			return erased;
		},
		count,
		/** One more answer waits. */
		took: (): void => void (tally = { ...tally, of: tally.of + 1, waiting: tally.waiting + 1 }),
		send,
		/** Counts, and from now on sends at the moments when that is likely to work, until `stop`. */
		async start(): Promise<void> {
			life = new AbortController();
			const { signal } = life;
			await count();
			for (const moment of ['online', 'focus'] as const) {
				const off = device.moments.on(moment, () => void send());
				signal.addEventListener('abort', off, { once: true });
			}
			void (async () => {
				for (;;) {
					await device.moments.wait(5 * minute, signal);
					if (signal.aborted) return;
					await send();
				}
			})();
			await send();
		},
		/** Ends what `start` began. When it resolves, nothing of it touches the phone any more. */
		async stop(): Promise<void> {
			for (const one of [life, stop, timer]) one.abort();
			await Promise.allSettled([running]);
		},
		async turnOn(): Promise<void> {
			erased = false;
			error = undefined;
			failures = 0;
			pause = { from: 0, to: 0 };
			choose('on');
			on = true;
			state = 'idle';
			await send();
		},
		/** Nothing is sent from this moment on; a request on its way is cut. */
		turnOff(): void {
			choose('off');
			follow();
		},
		afterActivity: (): void => void send(),
		/** Deletes her answers at the endpoint, then turns off. True when the endpoint said so. */
		async erase(): Promise<boolean> {
			stop.abort();
			timer.abort();
			error = undefined;
			const ended = await device.net.alone('sync', 'wait', async (): Promise<Ended> => {
				try {
					return await sending.erase(new AbortController().signal);
				} catch (cause) {
					return { error: codeOf(cause) };
				}
			});
			if (ended === 'erased') await forgotten();
			else if (typeof ended === 'object') error = ended.error;
			return ended === 'erased';
		}
	};
}
