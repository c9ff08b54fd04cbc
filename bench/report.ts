import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** What was measured, in which unit, against which bound: the median of its runs, in the order in which they were made. */
export type Figure = {
	what: string;
	unit: 'ms' | 's' | 'bytes' | 'requests' | 'origins';
	bound: number;
	median: number;
	held: boolean;
	runs: number[];
};

const begun = loadavg()[0]!;

/** A figure of runs that were made. */
export function figure(what: string, unit: Figure['unit'], bound: number, runs: number[]): Figure {
	const whole = runs.map(Math.round);
	return { what, unit, bound, median: median(whole), held: median(whole) <= bound, runs: whole };
}

/** The middle of numbers; of an even count the lower of the two. */
export const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) / 2)]!;

/** Prints one JSON object: the figures, what else was seen, and the machine they come from. `load` is that of the last minute, before and after. */
export function report(name: string, figures: Figure[], seen: object = {}): void {
	const machine = {
		processor: cpus()[0]?.model,
		cores: availableParallelism(),
		memoryGB: Number((totalmem() / 1e9).toFixed(1)),
		node: process.version,
		load: [begun, loadavg()[0]!].map((load) => Number(load.toFixed(2)))
	};
	console.log(JSON.stringify({ name, figures, ...seen, machine }, undefined, '\t'));
}
