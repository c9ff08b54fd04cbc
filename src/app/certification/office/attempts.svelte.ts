import type * as z from 'zod/mini';
import type { AttemptState } from '#core/candidate.ts';
import type { Attempts, Decision, Evidence } from '#core/office.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { createRequest } from './request.svelte.ts';

type Page = z.infer<typeof Attempts>;
export type OfficeAttempt = Page['attempts'][number];
export type AttemptEvidence = z.infer<typeof Evidence>;

/** Attempts that wait for a decision, a page at a time, and the evidence of one. */
export function createAttempts({ office }: Pick<CertificationDevice, 'office'>) {
	const loading = createRequest();
	const opening = createRequest();
	const counting = createRequest();
	const acting = createRequest();
	let shown = $state<AttemptState>('checking');
	let page = $state.raw<Page>();
	/** Where the pages up to this one began. */
	let begins = $state.raw<(number | undefined)[]>([undefined]);
	let evidence = $state.raw<AttemptEvidence>();
	let review = $state<number>();

	async function turn(state: AttemptState, to: (number | undefined)[]): Promise<void> {
		if (state !== shown) page = undefined;
		shown = state;
		const told = await loading.make(() => office.attempts(state, to.at(-1)));
		if (told) [page, begins] = [told, to];
	}
	async function open(id: string): Promise<void> {
		acting.clear();
		if (evidence?.id !== id) evidence = undefined;
		const told = await opening.make(() => office.evidence(id));
		if (told) evidence = told;
	}

	const waits = (id: string): OfficeAttempt | undefined =>
		page?.attempts.find((one) => one.id !== id && (one.state === 'checking' || one.state === 'review'));
	/** Looks for what waits beside an attempt: on the page that is shown, then among all that are to be looked at first, then among all others. */
	async function look(id: string): Promise<void> {
		for (const [state, to] of [[shown, begins] as const, ['review', [undefined]] as const, ['checking', [undefined]] as const]) {
			await turn(state, [...to]);
			if (loading.trouble || waits(id)) return;
		}
	}

	return {
		loading,
		opening,
		acting,
		get page() {
			return page;
		},
		get shown() {
			return shown;
		},
		/** The evidence that was opened last. */
		get evidence() {
			return evidence;
		},
		/** How many attempts stand before this page, if its pages are of a hundred. */
		get before() {
			return (begins.length - 1) * 100;
		},
		/** How many are to be looked at first; none before it was asked. */
		get review() {
			return review;
		},
		async count(): Promise<void> {
			const told = await counting.make(() => office.attempts('review'));
			if (told) review = told.all;
		},
		/** Asks for the first page of those in a state. */
		load: (state: AttemptState): Promise<void> => turn(state, [undefined]),
		next: (): Promise<void> => (page?.next === undefined ? Promise.resolve() : turn(shown, [...begins, page.next])),
		previous: (): Promise<void> => (begins.length < 2 ? Promise.resolve() : turn(shown, begins.slice(0, -1))),
		open,
		/** Records her decision, and asks what waits beside it; true once the endpoint has it. */
		async decide(id: string, decision: Decision): Promise<boolean> {
			const done = await acting.make(() => office.decide(id, decision));
			if (!done) return false;
			await open(id);
			await look(id);
			return true;
		},
		/** Another attempt of the list that waits for a decision; none if it has none, or was not asked for. */
		waits,
		forget(): void {
			page = evidence = review = undefined;
			begins = [undefined];
		}
	};
}
