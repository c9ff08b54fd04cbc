import type { Award } from '#core/award.ts';
import type { PassportAward } from '#core/edc.ts';
import type { Papers } from './credentials.ts';
import type { Records } from './records.ts';

/** Makes and seals credentials. */
export type Issue = {
	issue(award: Award, now: number): Promise<Papers>;
	passport(own: PassportAward, awards: Award[], now: number): Promise<Papers>;
};
export type Issuing = ReturnType<typeof createIssuing>;

/** Milliseconds before issuing that failed is tried again by itself, and that somebody waits for it: it goes on without her. */
const [pause, patience] = [30_000, 5000];

/** Issues what was awarded. What fails waits, and stands in its way no longer than its turn: the decision holds. */
export function createIssuing({ credentials }: Pick<Records, 'credentials'>, { issue, passport }: Issue, now: () => number = Date.now) {
	let [turn, retry]: [Promise<void>, number] = [Promise.resolve(), 0];

	async function all(): Promise<void> {
		for (const waiting of credentials.waiting()) {
			const { id } = 'award' in waiting ? waiting.award : waiting.passport;
			try {
				const papers = 'award' in waiting ? await issue(waiting.award, now()) : await passport(waiting.passport, waiting.awards, now());
				credentials.issued(id, papers, now());
			} catch (cause) {
				retry = now() + pause;
				console.error(`The credential ${id} cannot be issued now, and is tried again:`, cause);
			}
		}
	}
	const settle = (): Promise<void> => (turn = turn.catch(() => undefined).then(all));
	async function soon(): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await Promise.race([settle(), new Promise<void>((resolve) => (timer = setTimeout(resolve, patience)))]);
		clearTimeout(timer);
	}

	return {
		/** Issues all that waits; returns when it was tried. */
		settle,
		/** The same, and returns in some seconds though it may not be done. */
		soon,
		/** The same, unless it failed a moment ago. */
		again: async (): Promise<void> => (now() < retry ? undefined : soon())
	};
}
