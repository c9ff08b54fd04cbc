import { uuidv7, type Answer } from '#core/answer.ts';
import type { ErrorCode } from '#core/errors.ts';
import type { Item, Response } from '#core/item.ts';
import { fits, mark as marked, type Mark } from '#core/marking.ts';
import { known } from '#core/pack.ts';
import { draw, results as resultsOf } from '#core/progress.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import type { Record as Keep } from './index.ts';
import type { Sync } from './sync.svelte.ts';

type Kept = Awaited<ReturnType<Device['sittings']['all']>>[number];

export type Assessment = ReturnType<typeof createAssessment>;

/** Self-assessment: twelve items drawn by outcome, no timer, as often as she likes. */
export function createAssessment(device: Device, courses: Courses, sync: Sync, record: Keep) {
	let state = $state<'closed' | 'loading' | 'ready' | 'error'>('closed');
	let error = $state<ErrorCode>();
	let course = $state('');
	let sittings = $state.raw<Kept[]>([]);
	let current = $state.raw<Kept>();
	let kept = $state<'database' | 'mirror' | 'memory'>();
	let busy = false;

	const bank = $derived(courses.opened?.id === course ? courses.opened.pack.course.assessment.filter(known) : []);
	const items = $derived((current?.items ?? []).flatMap((id): Item[] => bank.filter((item) => item.id === id)));
	const given = $derived(
		new Map(
			courses.answers.flatMap((answer): [string, Answer][] => (current && answer.sitting === current.id ? [[answer.item, answer]] : []))
		)
	);
	const item = $derived(items[Math.min(current?.step ?? 0, items.length - 1)]);
	const answer = $derived(item ? given.get(item.id) : undefined);
	const mark = $derived.by((): Mark | undefined =>
		item && answer && fits(item, answer.response) ? marked(item, answer.response) : undefined
	);

	async function put(change: Partial<Kept>): Promise<void> {
		if (!current) return;
		const changed: Kept = { ...current, ...change, at: device.now() };
		current = changed;
		sittings = [...sittings.filter(({ id }) => id !== changed.id), changed];
		await device.sittings.save(changed);
	}
	const pointsOf = (sitting: Kept) => courses.answers.filter((one) => one.sitting === sitting.id).reduce((sum, one) => sum + one.score, 0);

	return {
		get state() {
			return state;
		},
		get error() {
			return error;
		},
		/** The sitting that goes on, or that was finished just now. */
		get sitting() {
			return current
				? {
						id: current.id,
						course: current.course,
						items,
						at: Math.min(current.step, Math.max(0, items.length - 1)),
						finished: current.finished
					}
				: undefined;
		},
		/** Finished sittings, the newest first. */
		get past() {
			return sittings
				.filter((sitting) => sitting.course === course && sitting.finished)
				.sort((a, b) => b.begun - a.begun)
				.map((sitting) => ({ id: sitting.id, at: sitting.begun, points: pointsOf(sitting), of: sitting.items.length }));
		},
		get item() {
			return item;
		},
		get half() {
			return answer?.response ?? current?.half;
		},
		get mark() {
			return mark;
		},
		get kept() {
			return kept;
		},
		get answered() {
			return given.size;
		},
		get of() {
			return items.length;
		},
		get results() {
			const pack = courses.opened?.pack;
			return pack ? resultsOf(pack, items, given.values()) : [];
		},
		/** Opens a course's self-assessment; one that was not finished goes on. */
		async open(name: string): Promise<void> {
			state = 'loading';
			error = undefined;
			await courses.open(name);
			if (courses.opened?.id !== name) {
				error = courses.openError ?? 'not-found';
				state = 'error';
				return;
			}
			course = name;
			sittings = await device.sittings.all();
			current = sittings.filter((sitting) => sitting.course === name && !sitting.finished).sort((a, b) => b.begun - a.begun)[0];
			state = 'ready';
		},
		close(): void {
			state = 'closed';
			current = undefined;
		},
		/** Begins a sitting with a new draw. */
		async start(): Promise<void> {
			if (current && !current.finished && items.length) return; // a second tap
			const last = sittings.filter((sitting) => sitting.course === course).sort((a, b) => b.begun - a.begun)[0];
			const now = device.now();
			const drawn = draw(bank, new Set(last?.items), device.chance);
			current = {
				id: uuidv7(now, device.random(10)),
				course,
				items: drawn.map(({ id }) => id),
				step: 0,
				begun: now,
				at: now,
				finished: false
			};
			await put({});
		},
		/** Keeps a half-made response at once. */
		hold(made: Response): void {
			if (!answer) void put({ half: $state.snapshot(made) as Response });
		},
		/** Answers the item that is shown; the mark is there when the answer is kept. */
		async answer(made: Response): Promise<void> {
			const response = $state.snapshot(made) as Response;
			if (busy || !item || !current || answer || !fits(item, response)) return;
			busy = true;
			try {
				kept = await record({
					course,
					item: item.id,
					purpose: 'assessment',
					sitting: current.id,
					response,
					score: marked(item, response).score
				});
			} finally {
				busy = false;
			}
		},
		forward(): void {
			if (!current) return;
			const done = current.step + 1 >= items.length;
			void put({ half: undefined, ...(done ? { finished: true } : { step: current.step + 1 }) });
			if (done) sync.afterActivity();
		},
		back(): void {
			if (current && current.step > 0) void put({ half: undefined, step: current.step - 1 });
		}
	};
}
