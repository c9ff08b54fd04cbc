import type { ErrorCode } from '#core/errors.ts';
import type { Item, Response } from '#core/item.ts';
import { mark as marked, fits, type Mark } from '#core/marking.ts';
import { known, type PackedCard, type PackedItem, type PackedLesson } from '#core/pack.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import type { I18n } from './i18n.svelte.ts';
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
export function createLesson(device: Device, i18n: I18n, courses: Courses, sync: Sync, record: Keep) {
	let state = $state<'closed' | 'loading' | 'ready' | 'error'>('closed');
	let error = $state<ErrorCode>();
	let course = $state('');
	let lesson = $state.raw<PackedLesson>();
	let at = $state(0);
	let half = $state.raw<Response>();
	let given = $state.raw<Record<string, Response>>({});
	let repeats = $state.raw<string[]>([]);
	let kept = $state<'database' | 'mirror' | 'memory'>();

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
	const response = $derived(step ? given[step.key] : undefined);
	const mark = $derived.by((): Mark | undefined =>
		step?.kind === 'exercise' && known(step.item) && response !== undefined && fits(step.item, response)
			? marked(step.item, response)
			: undefined
	);

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
	function go(to: number): void {
		at = Math.max(0, Math.min(to, steps.length - 1));
		half = undefined;
		save();
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
			return response ?? half;
		},
		get mark() {
			return mark;
		},
		get kept() {
			return kept;
		},
		get first() {
			return at === 0;
		},
		get last() {
			return at === steps.length - 1;
		},
		/** Opens a lesson where she left it; from the start if she had finished it. */
		async open(name: string, id: string): Promise<void> {
			if (state !== 'ready' || course !== name || lesson?.id !== id) state = 'loading';
			error = undefined;
			await courses.open(name);
			const pack = courses.opened?.id === name ? courses.opened.pack : undefined;
			const found = pack?.course.lessons.find((one) => one.id === id);
			if (!found) {
				error = courses.openError ?? 'not-found';
				state = 'error';
				return;
			}
			const place = await device.places.get(`${name}/${id}`);
			course = name;
			lesson = found;
			kept = undefined;
			given = place && place.step !== 'end' ? place.given : {};
			repeats = place && place.step !== 'end' ? place.repeats : [];
			half = place?.half;
			at =
				place && place.step !== 'end'
					? Math.max(
							0,
							steps.findIndex(({ key }) => key === place.step)
						)
					: 0;
			state = 'ready';
			save();
		},
		close(): void {
			state = 'closed';
		},
		/** Keeps a half-made response at once. */
		hold(made: Response): void {
			half = made;
			save();
		},
		async answer(made: Response): Promise<void> {
			if (step?.kind !== 'exercise' || !known(step.item) || !lesson || !fits(step.item, made)) return;
			const item: Item = step.item;
			const { score } = marked(item, made);
			given = { ...given, [step.key]: made };
			half = undefined;
			if (score < 1 && !step.repeat) repeats = [...repeats.filter((id) => id !== item.id), item.id];
			save();
			kept = await record({
				course,
				item: item.id,
				identity: courses.opened?.pack.identities[item.id] ?? '0000000000000000',
				purpose: 'exercise',
				response: made,
				score,
				locale: i18n.locale
			});
		},
		/** One step on. The end of a lesson is a moment to send. */
		forward(): void {
			go(at + 1);
			if (step?.kind === 'end') {
				void device.disk.persist();
				sync.afterActivity();
			}
		},
		back: (): void => go(at - 1),
		/** From the first card; old answers stay. */
		again(): void {
			given = {};
			repeats = [];
			go(0);
		}
	};
}
