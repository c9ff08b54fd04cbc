/** A year on average, in milliseconds. */
export const year = 365.25 * 86_400_000;

/** A time so many months later; the last day of a shorter month if it has no such day. */
export function later(at: number, months: number): number {
	const [date, day] = [new Date(at), new Date(at).getUTCDate()];
	date.setUTCDate(1);
	date.setUTCMonth(date.getUTCMonth() + months);
	const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
	date.setUTCDate(Math.min(day, last));
	return date.getTime();
}
