import type { Attempt } from './exam.ts';
import type { Response } from './item.ts';
import type { Flag } from './office.ts';

/** How one item of a form was answered: `item` names it and its version, `score` is 0 to 1, and 0 if it was not answered. */
export type Scored = { item: string; score: number; answered: boolean };

/** How an item behaves: how many answered it, the mean score of all who had it, and the correlation with the rest of the form. */
export type Behaviour = { answered: number; difficulty: number; discrimination?: number };

/** Forms with an item before its correlation says anything. */
export const enough = 10;

/**
 * How each item behaves in forms that were marked. `difficulty`: the mean score, 1 is easiest. `discrimination`: Pearson's correlation of the
 * item's score with the mean score of the rest of the form (for items that are right or wrong, the corrected point-biserial); from about
 * 0.2 on an item tells strong candidates from weak ones, below 0 its key should be looked at. It is left out for fewer than `enough` forms
 * and where everybody has the same.
 */
export function behaviour(forms: Scored[][]): Map<string, Behaviour> {
	const pairs = new Map<string, { own: number[]; rest: number[]; answered: number }>();
	for (const form of forms) {
		const all = form.reduce((sum, { score }) => sum + score, 0);
		for (const { item, score, answered } of form) {
			const found = pairs.get(item) ?? { own: [], rest: [], answered: 0 };
			found.own.push(score);
			found.rest.push(form.length > 1 ? (all - score) / (form.length - 1) : 0);
			if (answered) found.answered += 1;
			pairs.set(item, found);
		}
	}
	return new Map(
		[...pairs].map(([item, { own, rest, answered }]) => {
			const discrimination = own.length < enough ? undefined : correlation(own, rest);
			return [item, { answered, difficulty: mean(own), ...(discrimination === undefined ? {} : { discrimination }) }];
		})
	);
}

const mean = (list: number[]): number => list.reduce((sum, one) => sum + one, 0) / list.length;

function correlation(one: number[], other: number[]): number | undefined {
	const [center, middle] = [mean(one), mean(other)];
	let [together, apart, aside] = [0, 0, 0];
	one.forEach((value, at) => {
		const [x, y] = [value - center, other[at]! - middle];
		together += x * y;
		apart += x * x;
		aside += y * y;
	});
	return apart > 1e-12 && aside > 1e-12 ? together / Math.sqrt(apart * aside) : undefined;
}

/** From where on an attempt looks odd. */
const odd = {
	/** Median seconds an item, and the share of the time for the whole form: below is fast. */
	seconds: 5,
	share: 1 / 4,
	/** Seconds over the time of the form: above is slow. */
	over: 60,
	/** Times, and seconds together, that the screen was left: above is flagged. */
	times: 3,
	away: 60,
	/** Minutes that the clock jumped: above is flagged. */
	jump: 2
} as const;

/**
 * What looks odd in the course of an attempt; `minutes` are those of its form. Details are figures: `fast` the median seconds an item;
 * `slow` the minutes used; `left` times and seconds, as `4/95`; `clock` the longest jump in minutes; `resumed` how often.
 */
export function conduct({ log, spent }: Pick<Attempt, 'log' | 'spent'>, minutes: number): Flag[] {
	const found: Flag[] = [];
	const median = middle([...seconds(log).values()]);
	if ((median !== undefined && median < odd.seconds) || spent < minutes * 60_000 * odd.share)
		found.push({ flag: 'fast', ...(median === undefined ? {} : { detail: figure(median) }) });
	if (spent > minutes * 60_000 + odd.over * 1000) found.push({ flag: 'slow', detail: figure(spent / 60_000) });
	const { times, away } = absences(log);
	if (times > odd.times || away > odd.away) found.push({ flag: 'left', detail: `${times}/${Math.round(away)}` });
	const jump = longestJump(log);
	if (jump > odd.jump) found.push({ flag: 'clock', detail: figure(jump) });
	const resumed = log.filter(({ event }) => event === 'resume').length;
	if (resumed) found.push({ flag: 'resumed', detail: String(resumed) });
	return found;
}

const figure = (value: number): string => String(Math.round(value * 10) / 10);

/** Seconds of exam time that went by before each item was answered, all its answers together. */
function seconds(log: Attempt['log']): Map<string, number> {
	const spent = new Map<string, number>();
	let since = 0;
	for (const entry of log) {
		if (entry.event === 'answer' && entry.item) spent.set(entry.item, (spent.get(entry.item) ?? 0) + (entry.spent - since) / 1000);
		if (entry.event === 'answer' || entry.event === 'start') since = entry.spent;
	}
	return spent;
}

function middle(list: number[]): number | undefined {
	const ordered = [...list].sort((a, b) => a - b);
	const at = (ordered.length - 1) / 2;
	return ordered.length ? (ordered[Math.floor(at)]! + ordered[Math.ceil(at)]!) / 2 : undefined;
}

/** How often the screen was left, and for how many seconds; a phone that was closed in between resumes, and that is another matter. */
function absences(log: Attempt['log']): { times: number; away: number } {
	let [times, away, left]: [number, number, number | undefined] = [0, 0, undefined];
	for (const { event, at } of log) {
		if (event === 'leave') [times, left] = [times + 1, at];
		if (event === 'return' && left !== undefined) away += Math.max(0, at - left) / 1000;
		if (event === 'return' || event === 'resume') left = undefined;
	}
	return { times, away };
}

/** The longest jump in minutes: as the phone noted it, or an entry that stands before the one it follows. */
function longestJump(log: Attempt['log']): number {
	const noted = log.flatMap(({ event, detail }) => (event === 'clock' ? [Math.abs(Number(detail)) || 0] : []));
	const back = log.slice(1).map(({ at }, before) => (log[before]!.at - at) / 60_000);
	return Math.max(0, ...noted, ...back);
}

/** What tells that a form was sat more than once: another attempt at it is held, from the same phone or another. */
export const repeated = (attempt: Pick<Attempt, 'id' | 'phone'>, held: Pick<Attempt, 'id' | 'phone'>[]): Flag[] => {
	const others = held.filter(({ id }) => id !== attempt.id);
	return [
		...(others.length ? [{ flag: 'second' as const, detail: others[0]!.id }] : []),
		...(others.some(({ phone }) => phone !== attempt.phone) ? [{ flag: 'two-phones' as const }] : [])
	];
};

/** The answers of an attempt, to be compared with another's: `item` names the item and its version. */
export type Answers = { attempt: string; answers: { item: string; kind: string; response?: Response; score: number }[] };

/** The chance that two people who both answer an item wrong choose the same, by its kind: where few wrong answers are possible, a half, as one of them usually draws most. */
const alike = (kind: string): number => (kind === 'choice' || kind === 'gap' ? 0.5 : 0.25);

/** How improbable an agreement must be, over all comparisons together, and how many identical wrong answers it takes at least. */
const suspicious = { chance: 0.001, least: 5 } as const;

/**
 * Whether an attempt has wrong answers in common with another of its session and course beyond chance. The statistic is the number of
 * identical wrong answers among the items that both had and both answered wrong (right answers say nothing: they have a common cause);
 * its chance is the upper tail of a Poisson binomial with `alike` for each such item, multiplied by the number of comparisons
 * (Bonferroni). It follows the K-index (Holland 1996) and Wesolowsky (2000), with fixed chances, since a session is too small to
 * estimate them. The detail names the nearest attempt: `9/10 <attempt>`, identical of both wrong.
 */
export function copied(own: Answers, others: Answers[]): Flag[] {
	const mine = new Map(own.answers.map((answer) => [answer.item, answer]));
	const compared = others.filter(({ attempt }) => attempt !== own.attempt);
	const found = compared
		.map(({ attempt, answers }) => {
			const both = answers.flatMap(({ item, kind, response, score }) => {
				const answer = mine.get(item);
				const wrong = answer?.response !== undefined && response !== undefined && answer.score < 1 && score < 1;
				return wrong ? [{ chance: alike(kind), same: regular(answer.response!, kind) === regular(response, kind) }] : [];
			});
			const identical = both.filter(({ same }) => same).length;
			const chances = both.map(({ chance }) => chance);
			return { attempt, identical, wrong: both.length, chance: tail(chances, identical) * compared.length };
		})
		.filter(({ identical, chance }) => identical >= suspicious.least && chance < suspicious.chance)
		.sort((a, b) => a.chance - b.chance)[0];
	return found ? [{ flag: 'copied', detail: `${found.identical}/${found.wrong} ${found.attempt}` }] : [];
}

/** The chance of at least `least` hits where each trial has a chance of its own (Poisson binomial). */
export function tail(chances: number[], least: number): number {
	let hits = [1];
	for (const chance of chances)
		hits = Array.from({ length: hits.length + 1 }, (_, count) => (hits[count] ?? 0) * (1 - chance) + (hits[count - 1] ?? 0) * chance);
	return hits.slice(least).reduce((sum, one) => sum + one, 0);
}

/** A response as a text: the same for the same choice, where the order in which it was made says nothing. */
const regular = (response: Response, kind: string): string => {
	if (Array.isArray(response)) return JSON.stringify(kind === 'multiple' ? [...response].sort() : response);
	return JSON.stringify(typeof response === 'object' ? Object.entries(response).sort(([a], [b]) => (a < b ? -1 : 1)) : response);
};
