import type { Item, Response } from '#core/item.ts';
import { fits, mark as marked, type Mark } from '#core/marking.ts';
import { known } from '#core/pack.ts';
import { reviews, type Review as Due } from '#core/review.ts';
import { items } from '#core/course.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Record as Keep } from './index.ts';
import type { Sync } from './sync.svelte.ts';

export type Review = ReturnType<typeof createReview>;

/** What comes back after some days, across all courses on the phone. */
export function createReview(device: Device, i18n: I18n, courses: Courses, sync: Sync, record: Keep) {
	let state = $state<'closed' | 'loading' | 'ready' | 'done' | 'error'>('closed');
	let now = $state(device.now());
	let run = $state.raw<Due[]>([]);
	let at = $state(0);
	let half = $state.raw<Response>();
	let response = $state.raw<Response>();
	let right = $state(0);
	let kept = $state<'database' | 'mirror' | 'memory'>();

	const find = ({ course, item, identity }: Due): Item | undefined => {
		const pack = courses.text(course);
		if (!pack || pack.identities[item] !== identity) return undefined;
		return items({
			...pack.course,
			lessons: pack.course.lessons.map((lesson) => ({ ...lesson, cards: [], exercises: lesson.exercises.filter(known) })),
			assessment: pack.course.assessment.filter(known)
		}).find((one) => one.id === item);
	};
	const all = $derived(reviews(courses.answers, now).filter((one) => find(one)));
	const open = $derived(all.filter((one) => one.due <= now));
	const current = $derived(run[at]);
	const item = $derived(current ? find(current) : undefined);
	const mark = $derived.by((): Mark | undefined => (item && response !== undefined ? marked(item, response) : undefined));

	return {
		get state() {
			return state;
		},
		/** How many are due. */
		get due() {
			return open.length;
		},
		/** When the next is due, in milliseconds since 1970. */
		get next() {
			return all.find((one) => one.due > now)?.due;
		},
		get at() {
			return at;
		},
		get of() {
			return run.length;
		},
		get course() {
			return current?.course;
		},
		get item() {
			return item;
		},
		get half() {
			return response ?? half;
		},
		get mark() {
			return mark;
		},
		get kept() {
			return kept;
		},
		get right() {
			return right;
		},
		say: (key: string): string => (current ? (courses.text(current.course)?.words[i18n.locale][key] ?? '') : ''),
		/** Counts what is due now. */
		async load(): Promise<void> {
			now = device.now();
		},
		/** Begins with the longest due. */
		async start(size = 10): Promise<void> {
			now = device.now();
			run = open.slice(0, size);
			at = 0;
			right = 0;
			half = response = undefined;
			state = run.length ? 'ready' : 'closed';
		},
		close(): void {
			state = 'closed';
		},
		hold: (made: Response): void => void (half = made),
		async answer(made: Response): Promise<void> {
			if (!item || !current || !fits(item, made)) return;
			response = made;
			const { score } = marked(item, made);
			if (score === 1) right += 1;
			kept = await record({
				course: current.course,
				item: item.id,
				identity: current.identity,
				purpose: 'review',
				response: made,
				score,
				locale: i18n.locale
			});
		},
		async forward(): Promise<void> {
			half = response = undefined;
			if (at + 1 < run.length) at += 1;
			else {
				state = 'done';
				now = device.now();
				sync.afterActivity();
			}
		}
	};
}
