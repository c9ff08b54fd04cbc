import type { Progress } from './voice.ts';

const clock = (seconds: number) => (seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`);

/**
 * Shows how far several voices are, made one after the other (`plans` has the clips and the characters to read of each): as a
 * bar with an estimate of the time left, as a line for each tenth, or as JSON, a line {"done", "of"} for each clip and no other.
 */
export function createMeter(
	plans: { of: number; unread: number }[],
	way: 'bar' | 'lines' | 'json',
	out: { write(text: string): unknown } = process.stdout
) {
	const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
	const of = sum(plans.map((plan) => plan.of));
	const unread = sum(plans.map((plan) => plan.unread));
	const from = Date.now();
	let tenth = 0;
	let bar = '';

	const left = (read: number) =>
		read > 0 && read < unread ? `, about ${clock(((Date.now() - from) / 1000 / read) * (unread - read))} left` : '';

	return {
		/** One more clip is ready, of the voice at this place. */
		step(place: number, progress: Progress): void {
			const earlier = plans.slice(0, place);
			const done = sum(earlier.map((plan) => plan.of)) + progress.done;
			const read = sum(earlier.map((plan) => plan.unread)) + plans[place]!.unread - progress.unread;
			const line = `${done}/${of} clips, ${Math.floor((done / of) * 100)} %${left(read)}`;
			const tenths = Math.floor((done / of) * 10);
			if (way === 'json') out.write(`${JSON.stringify({ done, of })}\n`);
			if (way === 'lines' && tenths > tenth) out.write(`${line}\n`);
			if (way === 'bar') out.write((bar = `\r\x1b[K[${'#'.repeat(tenths * 3).padEnd(30, '.')}] ${line}`));
			tenth = tenths;
		},

		/** Lines to read; the bar makes room for them. */
		say(...lines: string[]): void {
			if (way === 'json') return;
			for (const line of lines) out.write(`${bar && '\r\x1b[K'}${line}\n`);
			bar = '';
		},

		/** Leaves the line of the bar. */
		end: () => void (bar && out.write('\n'))
	};
}
