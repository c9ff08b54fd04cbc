import type { CertificationDevice } from '#device/certification/index.ts';
import { createStopwatch } from './stopwatch.ts';

/** Milliseconds between two times that what was spent is kept: an empty battery costs no more. */
const pace = 15_000;
/** With so many milliseconds left she is told. */
const soon = 5 * 60_000;

type On = {
	/** Once in a while, as long as there is time. */
	tick: () => Promise<unknown>;
	/** The time is over; asked again until the clock is stopped. */
	over: () => Promise<unknown>;
	/** She left the app, or came back to it. */
	leave: () => Promise<unknown>;
	back: () => Promise<unknown>;
};

/** The clock of an exam: counts the time that the exam is open, up to `limit` milliseconds, and says what happens meanwhile. */
export function createClock({ exams, moments, now }: CertificationDevice, limit: () => number, on: On) {
	const watch = createStopwatch(exams.elapsed, now);
	let spent = $state(0);
	let running: AbortController | undefined;
	/** Looks at the clock: from now on `left` is as of this moment. */
	const look = (): void => void (spent = watch.spent());

	async function run(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			await moments.wait(Math.max(1000, Math.min(pace, limit() - watch.spent())), signal);
			if (signal.aborted) return;
			look();
			await (spent < limit() ? on.tick() : on.over());
		}
	}
	const stop = (): void => running?.abort();

	return {
		/** Milliseconds that are left, as of the last look. */
		get left() {
			return Math.max(0, limit() - spent);
		},
		get soon() {
			return limit() - spent <= soon;
		},
		get over() {
			return limit() > 0 && spent >= limit();
		},
		/** Goes on from what was spent before. */
		set: watch.set,
		/** Milliseconds of exam time, to this moment. */
		spent: watch.spent,
		jump: watch.jump,
		look,
		/** Begins to count. */
		start(): void {
			stop();
			const { signal } = (running = new AbortController());
			const ends = [moments.on('hidden', () => void on.leave()), moments.on('focus', () => void on.back())];
			signal.addEventListener('abort', () => ends.forEach((end) => end()));
			look();
			void run(signal);
		},
		stop
	};
}
