import { items } from '#core/course.ts';
import type { Item, Response } from '#core/item.ts';
import { fits, mark as marked, type Mark } from '#core/marking.ts';
import { known, type Pack } from '#core/pack.ts';
import { reviews, type Review as Due } from '#core/review.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Record as Keep } from './index.ts';
import type { Narration } from './narration.svelte.ts';
import type { Sync } from './sync.svelte.ts';

export type Review = ReturnType<typeof createReview>;

/** The items of a pack that this app knows. */
const practised = ({ course }: Pack): Item[] =>
	items({
		...course,
		lessons: course.lessons.map((lesson) => ({ ...lesson, cards: [], exercises: lesson.exercises.filter(known) })),
		assessment: course.assessment.filter(known)
	});

/** What comes back after some days, across all courses on the phone. */
export function createReview(device: Device, i18n: Pick<I18n, 'locale'>, courses: Courses, narration: Narration, sync: Sync, record: Keep) {
	let state = $state<'closed' | 'loading' | 'ready' | 'done' | 'error'>('closed');
	let now = $state(device.now());
	let run = $state.raw<{ due: Due; item: Item; pack: Pack }[]>([]);
	let at = $state(0);
	let half = $state.raw<Response>();
	let response = $state.raw<Response>();
	let right = $state(0);
	let kept = $state<'database' | 'mirror' | 'memory'>();
	let busy = false;

	/** Of courses on the phone alone, and of items as they are now. */
	const all = $derived(
		reviews(courses.answers, now).filter(({ course, item, identity }) => courses.outline(course)?.identities[item] === identity)
	);
	const open = $derived(all.filter((one) => one.due <= now));
	const current = $derived(run[at]);
	const mark = $derived.by((): Mark | undefined => (current && response !== undefined ? marked(current.item, response) : undefined));

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
			return current?.due.course;
		},
		get item() {
			return current?.item;
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
		/** Words of the item's course. */
		say: (key: string): string => current?.pack.words[i18n.locale][key] ?? '',
		/** Counts what is due now. */
		async load(): Promise<void> {
			now = device.now();
		},
		/** Begins with the longest due, course by course. */
		async start(size = 10): Promise<void> {
			now = device.now();
			state = 'loading';
			const chosen = open.slice(0, size);
			const found: typeof run = [];
			for (const course of new Set(chosen.map((due) => due.course))) {
				const pack = await courses.text(course);
				const known = pack ? practised(pack) : [];
				for (const due of chosen.filter((one) => one.course === course)) {
					const item = known.find(({ id }) => id === due.item);
					if (pack && item) found.push({ due, item, pack });
				}
			}
			run = found;
			at = right = 0;
			half = response = kept = undefined;
			if (current) await narration.prepare(current.due.course);
			state = run.length ? 'ready' : chosen.length ? 'error' : 'closed';
		},
		close(): void {
			narration.stop();
			state = 'closed';
			run = [];
		},
		hold: (made: Response): void => void (half = $state.snapshot(made) as Response),
		/** Answers the item that is shown; the mark is there when the answer is kept. */
		async answer(made: Response): Promise<void> {
			const here = current;
			const given = $state.snapshot(made) as Response;
			if (busy || !here || response !== undefined || !fits(here.item, given)) return;
			const { score } = marked(here.item, given);
			busy = true;
			try {
				kept = await record({ course: here.due.course, item: here.item.id, purpose: 'review', response: given, score });
			} finally {
				busy = false;
			}
			response = given;
			if (score === 1) right += 1;
		},
		async forward(): Promise<void> {
			half = response = undefined;
			if (at + 1 < run.length) {
				at += 1;
				await narration.prepare(current!.due.course);
			} else {
				state = 'done';
				now = device.now();
				sync.afterActivity();
			}
		}
	};
}
