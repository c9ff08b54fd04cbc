/** A question with one right option among several. */
export type Decision = { options: string[]; right: string };

/** The value that chi-square exceeds by chance once in a hundred, by degrees of freedom from 1. */
const bounds = [6.635, 9.21, 11.345, 13.277, 15.086];

/**
 * What is wrong with the positions of right options, if chance would explain them less often than once in a hundred (chi-square;
 * a question with three options is expected to have each right a third of the time). Undefined if nothing is.
 */
export function skew(decisions: Decision[]): string | undefined {
	const valid = decisions.filter(({ options, right }) => options.includes(right));
	const expected: number[] = [];
	const found: number[] = [];
	for (const { options, right } of valid)
		options.forEach((option, at) => {
			expected[at] = (expected[at] ?? 0) + 1 / options.length;
			found[at] = (found[at] ?? 0) + (option === right ? 1 : 0);
		});
	const statistic = expected.reduce((sum, mean, at) => sum + (found[at]! - mean) ** 2 / mean, 0);
	if (statistic <= (bounds[expected.length - 2] ?? Infinity)) return undefined;
	return `the right option is ${found.map((count, at) => `${count} times the ${at + 1}.`).join(', ')}: spread it, about ${expected.map((mean) => Math.round(mean)).join(', ')}`;
}

/**
 * How far the right option is longer than all others more often than chance, in standard deviations; 0 if it is not.
 * `length` gives the length of an option's text.
 */
export function longest(decisions: { options: number[]; right: number }[]): number {
	let surplus = 0;
	let variance = 0;
	for (const { options, right } of decisions) {
		const most = options.filter((length) => length === Math.max(...options)).length;
		const chance = 1 / options.length;
		surplus += (options[right] === Math.max(...options) ? 1 / most : 0) - chance;
		variance += chance * (1 - chance);
	}
	return variance ? Math.max(0, surplus / Math.sqrt(variance)) : 0;
}
