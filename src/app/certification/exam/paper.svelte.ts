import type { Form } from '#core/exam.ts';
import type { Response } from '#core/item.ts';
import type { Answered, Sat } from '#device/certification/attempts.ts';
import type { I18n } from '../../i18n.svelte.ts';
import { made } from './made.ts';

type Given = { half: Response; response?: Response | undefined };

/** The exam paper in memory: the items of a form, what she answered to each, what she marked, and which one is shown. It writes nothing. */
export function createPaper(i18n: I18n) {
	let form = $state.raw<Form>();
	let given = $state.raw<Record<string, Given>>({});
	let place = $state(0);
	let later = $state.raw<string[]>([]);

	const words = $derived.by((): Record<string, string> => {
		const texts = form?.words[i18n.locale] ?? [];
		return Object.fromEntries((form?.keys ?? []).map((key, at) => [key, texts[at] ?? '']));
	});
	const items = $derived(
		(form?.items ?? []).map(({ id }) => ({ id, answered: given[id]?.response !== undefined, later: later.includes(id) }))
	);
	const item = $derived(form?.items[place]);

	return {
		get form() {
			return form;
		},
		get items() {
			return items;
		},
		get item() {
			return item;
		},
		get place() {
			return place;
		},
		get later() {
			return later;
		},
		/** What she answered to the item that is shown, finished or not. */
		get half() {
			return item ? given[item.id]?.half : undefined;
		},
		/** Milliseconds that she has for it; 0 without a form. */
		get limit() {
			return (form?.minutes ?? 0) * 60_000;
		},
		say: (key: string): string => words[key] ?? '',
		/** Lays out a form as it was left: with its answers, its marks and the item that was shown. */
		lay(opened: Form, answers: Answered[], left: Pick<Sat, 'place' | 'later'>): void {
			given = Object.fromEntries(answers.map((one) => [one.item, one]));
			[form, later] = [opened, left.later];
			place = Math.min(left.place, opened.items.length - 1);
		},
		/** Puts an answer to the item that is shown in place of what was there; gives what is to be written. */
		answer(response: Response): (Given & { item: string }) | undefined {
			if (!item) return undefined;
			const half = $state.snapshot(response) as Response;
			const put: Given = { half, response: made(item, half) };
			given = { ...given, [item.id]: put };
			return { item: item.id, ...put };
		},
		/** Shows the item at a place. */
		go: (to: number): void => void (place = Math.max(0, Math.min(to, items.length - 1))),
		/** Marks the item that is shown, to come back to it; or takes the mark away. */
		mark(): void {
			if (!item) return;
			const { id } = item;
			later = later.includes(id) ? later.filter((one) => one !== id) : [...later, id];
		},
		/** The words of the form and the answers leave the memory. */
		clear: (): void => void ([form, given] = [undefined, {}])
	};
}
