/** A date of birth as three fields have it, as `2001-02-03`; undefined if it is no day of the last 120 years. `now` in milliseconds. */
export function birth(day: string, month: string, year: string, now: number): string | undefined {
	const [d, m, y] = [day, month, year].map((part) => Number(/^\s*\d+\s*$/.test(part) ? part : NaN)) as [number, number, number];
	const date = new Date(Date.UTC(y, m - 1, d));
	const real = date.getUTCFullYear() === y && date.getUTCMonth() === m - 1 && date.getUTCDate() === d;
	const age = (now - date.getTime()) / (365.25 * 86_400_000);
	return real && age > 0 && age < 120 ? date.toISOString().slice(0, 10) : undefined;
}

/** Codes of coaches, however they are set apart; undefined if something in it is none, or there are too many. */
export function coachCodes(typed: string): string[] | undefined {
	const codes = typed
		.toUpperCase()
		.split(/[^0-9A-Z]+/)
		.filter(Boolean);
	return codes.length <= 5 && codes.every((code) => code.length === 6) ? codes : undefined;
}
