import type { Response } from '#core/item.ts';
import type { Answered, Line, Sat, Written } from '#device/certification/attempts.ts';

type Half = Omit<Answered, 'attempt'>;
type Parts = {
	/** Writes lines, answers and the attempt's own fields, all or nothing. */
	write: (lines: Line[], written: Written) => Promise<unknown>;
	line: (event: Line['event'], more?: Partial<Line>) => Line;
	/** Where she is, as it is to be kept. */
	here: () => Partial<Sat>;
};

/**
 * What she answered, and what of it is not written yet. One write follows the other; an answer that was changed meanwhile goes with the
 * next. A write that fails loses nothing: it waits, and goes with the next one too. `attempt` is the attempt's number.
 */
export function createNotebook(attempt: string, before: Answered[], { write, line, here }: Parts) {
	const given = new Map<string, Half>(before.map((one) => [one.item, one]));
	/** What the log says of each item, as JSON. */
	const logged = new Map(before.map(({ item, response }) => [item, JSON.stringify(response)]));
	let dirty = new Set<string>();
	let lines: Line[] = [];
	let writing: Promise<void> = Promise.resolve();

	async function flush(): Promise<void> {
		const [extra, items] = [lines, dirty];
		[lines, dirty] = [[], new Set()];
		const answered = [...items].map((item): Answered => ({ attempt, ...given.get(item)! }));
		const said = answered.filter(({ item, response }) => JSON.stringify(response) !== logged.get(item));
		const answers = said.map(({ item, response }) => line('answer', { item, ...(response === undefined ? {} : { response }) }));
		try {
			await write([...answers, ...extra], { sat: here(), answered });
			for (const { item, response } of said) logged.set(item, JSON.stringify(response));
		} catch (cause) {
			lines = [...extra, ...lines];
			for (const item of items) dirty.add(item);
			throw cause;
		}
	}
	/** Writes everything that waits, with these lines. */
	function save(...more: Line[]): Promise<void> {
		lines.push(...more);
		const mine = writing.then(flush);
		writing = mine.catch(() => undefined);
		return mine;
	}

	return {
		save,
		hold(item: string, half: Response, response: Response | undefined): Promise<void> {
			given.set(item, { item, half, ...(response === undefined ? {} : { response }) });
			dirty.add(item);
			return save();
		}
	};
}
