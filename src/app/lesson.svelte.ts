import type { ErrorCode } from '#core/errors.ts';
import type { Response } from '#core/item.ts';
import { mark as marked, fits, type Mark } from '#core/marking.ts';
import { known, type PackedCard, type PackedItem, type PackedLesson } from '#core/pack.ts';
import { latest } from '#core/progress.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import type { Record as Keep } from './index.ts';
import type { Sync } from './sync.svelte.ts';

/** One screen of a lesson. */
export type Step = { key: string } & (
	| { kind: 'card'; card: PackedCard }
	| { kind: 'notes' }
	| { kind: 'try' }
	| { kind: 'exercise'; item: PackedItem; repeat: boolean }
	| { kind: 'end' }
);

export type Lesson = ReturnType<typeof createLesson>;

/** A run through a lesson: cards, notes, task, exercises, what was wrong once more, the end. Her place is kept at every step. */
export function createLesson(device: Device, courses: Courses, sync: Sync, record: Keep) {
	let state = $state<'closed' | 'loading' | 'ready' | 'error'>('closed');
	let error = $state<ErrorCode>();
	let course = $state('');
	let lesson = $state.raw<PackedLesson>();
	let at = $state(0);
	let half = $state.raw<Response>();
	let given = $state.raw<Record<string, Response>>({});
	let repeats = $state.raw<string[]>([]);
	let kept = $state<'database' | 'mirror' | 'memory'>();
	let busy = false;
	let turn = 0;

	const steps = $derived.by((): Step[] => {
		if (!lesson) return [];
		const again = repeats.flatMap((id) => lesson!.exercises.filter((item) => item.id === id));
		return [
			...lesson.cards.map((card): Step => ({ key: card.id, kind: 'card', card })),
			{ key: 'notes', kind: 'notes' },
			{ key: 'try', kind: 'try' },
			...lesson.exercises.map((item): Step => ({ key: item.id, kind: 'exercise', item, repeat: false })),
			...again.map((item): Step => ({ key: `${item.id}/again`, kind: 'exercise', item, repeat: true })),
			{ key: 'end', kind: 'end' }
		];
	});
	const step = $derived(steps[at] ?? steps.at(-1));
	const markOf = (one: Step | undefined): Mark | undefined => {
		const response = one ? given[one.key] : undefined;
		return one?.kind === 'exercise' && known(one.item) && response !== undefined && fits(one.item, response)
			? marked(one.item, response)
			: undefined;
	};
	const mark = $derived(markOf(step));
	const result = $derived.by(() => {
		const first = steps.filter((one) => one.kind === 'exercise' && !one.repeat && known(one.item));
		const marks = first.map(markOf).filter((one) => one !== undefined);
		const right = marks.filter((one) => one.right).length;
		return { right, wrong: marks.length - right, of: first.length };
	});

	function save(): void {
		if (!step || !lesson) return;
		void device.places.save({
			name: `${course}/${lesson.id}`,
			step: step.key,
			...(half === undefined ? {} : { half }),
			given,
			repeats,
			at: device.now()
		});
	}
	/** Takes an answer into the run. */
	function took(here: Step & { kind: 'exercise' }, response: Response, score: number): void {
		given = { ...given, [here.key]: response };
		if (step === here) half = undefined;
		if (score < 1 && !here.repeat && !repeats.includes(here.item.id)) repeats = [...repeats, here.item.id];
	}
	function go(to: number): void {
		at = Math.max(0, Math.min(to, steps.length - 1));
		half = undefined;
		save();
	}
	function again(): void {
		given = {};
		repeats = [];
		go(0);
	}

	return {
		get state() {
			return state;
		},
		get error() {
			return error;
		},
		get course() {
			return course;
		},
		get lesson() {
			return lesson!;
		},
		get steps() {
			return steps;
		},
		get at() {
			return at;
		},
		get step() {
			return step!;
		},
		get half() {
			return mark && step ? given[step.key] : half;
		},
		get mark() {
			return mark;
		},
		get kept() {
			return kept;
		},
		/** How the first tries of this run went. */
		get result() {
			return result;
		},
		get first() {
			return at === 0;
		},
		get last() {
			return at === steps.length - 1;
		},
		/** Opens a lesson where she left it; of what she answered in it, only what still counts. */
		async open(name: string, id: string): Promise<void> {
			if (state !== 'ready' || course !== name || lesson?.id !== id) state = 'loading';
			error = undefined;
			const mine = ++turn;
			await courses.open(name);
			if (mine !== turn) return;
			const pack = courses.opened?.id === name ? courses.opened.pack : undefined;
			const found = pack?.course.lessons.find((one) => one.id === id);
			if (!pack || !found) {
				error = courses.openError ?? 'not-found';
				state = 'error';
				return;
			}
			const place = await device.places.get(`${name}/${id}`);
			const counted = latest(pack, await device.answers.all());
			const { device: own } = await device.learner.who();
			if (mine !== turn) return;
			course = name;
			lesson = found;
			kept = undefined;
			given = Object.fromEntries(Object.entries(place?.given ?? {}).filter(([key]) => counted.has(key.replace('/again', ''))));
			repeats = place?.repeats ?? [];
			const left = steps.findIndex(({ key }) => key === place?.step);
			const stale = steps.findIndex(({ key }) => place?.given[key] !== undefined && given[key] === undefined);
			at = Math.max(0, stale < 0 ? left : Math.min(left, stale)); // an exercise that an update changed is asked again
			half = at === left ? place?.half : undefined;
			// She may have been killed when the answer was kept and her place did not say so yet.
			const newest = place && step?.kind === 'exercise' && !(step.key in given) ? counted.get(step.item.id) : undefined;
			if (newest?.device === own && newest.purpose === 'exercise' && newest.at > place!.at)
				took(step as Step & { kind: 'exercise' }, newest.response, newest.score);
			state = 'ready';
			save();
		},
		/** Leaves it; a lesson that was left at its end begins anew the next time. */
		close(): void {
			turn += 1;
			if (state === 'ready' && step?.kind === 'end') again();
			state = 'closed';
		},
		/** Keeps a half-made response at once. */
		hold(made: Response): void {
			if (mark) return;
			half = $state.snapshot(made) as Response;
			save();
		},
		/** Answers the exercise that is shown. The mark is there when the answer is kept: what she has seen is never lost. */
		async answer(made: Response): Promise<void> {
			const here = step;
			const response = $state.snapshot(made) as Response;
			if (busy || here?.kind !== 'exercise' || !known(here.item) || markOf(here) || !fits(here.item, response)) return;
			const { id } = here.item;
			const { score } = marked(here.item, response);
			busy = true;
			try {
				kept = await record({ course, item: id, purpose: 'exercise', response, score });
			} finally {
				busy = false;
			}
			took(here, response, score);
			save();
		},
		/** One step on. The end of a lesson is a moment to send, and to ask the browser to keep what she has. */
		forward(): void {
			go(at + 1);
			if (step?.kind === 'end') {
				void device.disk.persist();
				sync.afterActivity();
			}
		},
		back: (): void => go(at - 1),
		/** From the first card; old answers stay. */
		again
	};
}
