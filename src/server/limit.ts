/** How much one may ask for: requests a minute in the long run (0: no limit), and at once. */
export type Rate = { perMinute: number; burst: number };

/** Asks for one request of `who`: 0 if it may go on, else after how many seconds it may be tried again. */
export type Limit = (who: string) => number;

const most = 100_000;

/** A token bucket for each asker, in memory only, and only until it is full again (or there are very many other askers). */
export function createLimit({ perMinute, burst }: Rate, now: () => number = Date.now): Limit {
	type Buckets = Map<string, { tokens: number; at: number }>;
	const perMillisecond = perMinute / 60_000;
	let [recent, older, turned]: [Buckets, Buckets, number] = [new Map(), new Map(), now()];

	return (who) => {
		if (!perMinute) return 0;
		const at = now();
		// What was not asked for between two turns is full by now, and so needs no bucket.
		if (at - turned > burst / perMillisecond || recent.size >= most) [recent, older, turned] = [new Map(), recent, at];
		const known = recent.get(who) ?? older.get(who);
		const tokens = known ? Math.min(burst, known.tokens + (at - known.at) * perMillisecond) : burst;
		recent.set(who, { tokens: tokens < 1 ? tokens : tokens - 1, at });
		return tokens < 1 ? Math.ceil((1 - tokens) / perMillisecond / 1000) : 0;
	};
}
