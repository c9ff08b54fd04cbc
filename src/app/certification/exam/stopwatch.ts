/** Minutes by which two clocks may drift apart before it is a jump. */
const much = 2;

/**
 * Counts exam time by a clock that nobody can set (`elapsed`, milliseconds), and sees when the phone's own clock (`now`) jumps against it.
 */
export function createStopwatch(elapsed: () => number, now: () => number) {
	let from = { spent: 0, elapsed: 0, ahead: 0 };
	const ahead = () => now() - elapsed();

	return {
		/** Goes on from what was spent before. */
		set: (spent: number): void => void (from = { spent, elapsed: elapsed(), ahead: ahead() }),
		/** Milliseconds of exam time. */
		spent: (): number => Math.max(from.spent, Math.round(from.spent + elapsed() - from.elapsed)),
		/** The minutes, whole, by which the phone's clock jumped since this was last asked; undefined if it did not. */
		jump(): number | undefined {
			const minutes = (ahead() - from.ahead) / 60_000;
			if (Math.abs(minutes) <= much) return undefined;
			from = { ...from, ahead: ahead() };
			return Math.round(minutes);
		}
	};
}
