import type { ErrorCode } from '#core/errors.ts';
import { typedCode, type Envelope, type Form } from '#core/exam.ts';
import type { Response } from '#core/item.ts';
import type { Line, Sat, Written } from '#device/certification/attempts.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { codeOf } from '../../failure.ts';
import type { I18n } from '../../i18n.svelte.ts';
import { made } from './made.ts';
import { createNotebook } from './notebook.ts';
import { createStopwatch } from './stopwatch.ts';

/** Milliseconds between two times that what was spent is kept: an empty battery costs no more. */
const pace = 15_000;
/** With so many milliseconds left she is told. */
const soon = 5 * 60_000;

export type Sitting = ReturnType<typeof createSitting>;

/**
 * An exam that is sat: opened by its code, answered item by item, ended. Every answer is written when it is made; who opens the exam again
 * on this phone goes on where she was. `after` is called when it has ended.
 */
export function createSitting({ exams, moments, now }: CertificationDevice, i18n: I18n, after: () => Promise<void>) {
	let state = $state<'closed' | 'loading' | 'code' | 'rules' | 'sitting' | 'ended' | 'error'>('closed');
	let error = $state<ErrorCode>();
	let problem = $state<'form' | 'wrong'>();
	let tries = $state(0);
	let busy = $state(false);
	let unsaved = $state<ErrorCode>();
	let envelope = $state.raw<Envelope>();
	let sat = $state.raw<Sat>();
	let form = $state.raw<Form>();
	let given = $state.raw<Record<string, { half: Response; response?: Response | undefined }>>({});
	let place = $state(0);
	let later = $state.raw<string[]>([]);
	let spent = $state(0);
	let notebook: ReturnType<typeof createNotebook> | undefined;
	let stop: AbortController | undefined;
	let turn = 0;
	const watch = createStopwatch(exams.elapsed, now);

	const words = $derived.by((): Record<string, string> => {
		const texts = form?.words[i18n.locale] ?? [];
		return Object.fromEntries((form?.keys ?? []).map((key, at) => [key, texts[at] ?? '']));
	});
	const limit = $derived((form?.minutes ?? 0) * 60_000);
	const items = $derived(
		(form?.items ?? []).map(({ id }) => ({ id, answered: given[id]?.response !== undefined, later: later.includes(id) }))
	);
	const item = $derived(form?.items[place]);

	const line = (event: Line['event'], more: Partial<Line> = {}): Line => ({ at: now(), spent: watch.spent(), event, ...more });
	const here = (): Partial<Sat> => ({ place, later, spent: watch.spent(), locale: sat!.locale });

	/** Does what is to be written; what the phone refuses is shown, and goes with the next write. */
	async function kept(work: Promise<unknown> | undefined): Promise<boolean> {
		try {
			await work;
			unsaved = undefined;
			return true;
		} catch (cause) {
			unsaved = codeOf(cause);
			return false;
		}
	}
	const save = (...lines: Line[]): Promise<boolean> => kept(notebook?.save(...lines));
	/** A jump of the phone's clock is noted; it changes nothing. */
	function jumped(): Line[] {
		const minutes = watch.jump();
		return minutes === undefined ? [] : [line('clock', { detail: `${minutes}` })];
	}
	/** The line of another language than the one that was noted last. */
	function spoken(): Line[] {
		if (!sat || sat.locale === i18n.locale) return [];
		sat = { ...sat, locale: i18n.locale };
		return [line('language', { detail: i18n.locale })];
	}
	async function run(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			await moments.wait(Math.max(1000, Math.min(pace, limit - watch.spent())), signal);
			if (signal.aborted) return;
			spent = watch.spent();
			if (spent < limit) await save(...jumped());
			else await end();
		}
	}
	function start(): void {
		stop?.abort();
		const { signal } = (stop = new AbortController());
		const ends = [moments.on('hidden', () => void save(line('leave'))), moments.on('focus', () => void save(...jumped(), line('return')))];
		signal.addEventListener('abort', () => ends.forEach((each) => each()));
		spent = watch.spent();
		void run(signal);
	}
	/** Writes to the attempt; if it has ended in another tab, it has ended here. */
	async function write(to: Sat, lines: Line[], written: Written): Promise<void> {
		if (await exams.attempts.write(to, lines, written)) return;
		stop?.abort();
		exams.speech.stop();
		state = 'ended';
		forget();
	}
	/** Ends it: everything is sealed and kept. If the phone refuses, everything stays, and it is tried again. */
	async function end(): Promise<void> {
		if (busy || !sat || !form) return;
		busy = true;
		const ended = (await save()) && form !== undefined && (await kept(exams.end(sat, form, watch.spent(), i18n.locale)));
		busy = false;
		if (!ended) return;
		stop?.abort();
		exams.speech.stop();
		const { key: _, ...rest } = sat;
		sat = { ...rest, spent: watch.spent(), ended: now() };
		state = 'ended';
		forget();
		await after();
	}
	/** The words of the form leave the memory. */
	function forget(): void {
		form = envelope = notebook = undefined;
		given = {};
	}
	/** Takes up an attempt where it is. */
	async function take(found: Sat, opened: Form, mine: number): Promise<void> {
		if (found.ended !== undefined) return void ([sat, state] = [found, 'ended']);
		const answers = await exams.attempts.answered(found.id);
		if (mine !== turn) return;
		given = Object.fromEntries(answers.map((one) => [one.item, one]));
		[sat, form, later] = [found, opened, found.later];
		place = Math.min(found.place, opened.items.length - 1);
		notebook = createNotebook(found.id, answers, { write: (...all) => write(found, ...all), line, here });
		watch.set(found.spent);
		if (found.started === undefined) return void (state = 'rules');
		state = 'sitting';
		start();
		await save(line('resume'), ...spoken());
	}
	/** Does what may fail; what it fails at is the state. */
	async function tried(work: (mine: number) => Promise<void>): Promise<void> {
		const mine = ++turn;
		try {
			await work(mine);
		} catch (cause) {
			error = codeOf(cause);
			if (mine === turn) state = 'error';
		}
	}
	function go(to: number): void {
		place = Math.max(0, Math.min(to, items.length - 1));
		void save();
	}

	return {
		get state() {
			return state;
		},
		get error() {
			return error;
		},
		/** What is wrong with the code that was typed: it cannot be one, or it opens another envelope. */
		get problem() {
			return problem;
		},
		/** How often a code was tried that did not open it. */
		get tries() {
			return tries;
		},
		get busy() {
			return busy;
		},
		/** Why the phone does not write; everything is in memory, and is tried again. */
		get unsaved() {
			return unsaved;
		},
		get course() {
			return form?.course ?? sat?.course ?? envelope?.course ?? '';
		},
		get form() {
			return form?.id ?? sat?.form ?? envelope?.form;
		},
		get attempt() {
			return sat?.id;
		},
		get starts() {
			return envelope?.starts;
		},
		get minutes() {
			return form?.minutes ?? 0;
		},
		get granted() {
			return form?.granted ?? [];
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
		get half() {
			return item ? given[item.id]?.half : undefined;
		},
		get marked() {
			return !!item && later.includes(item.id);
		},
		/** How many items have no answer yet. */
		get open() {
			return items.filter(({ answered }) => !answered).length;
		},
		/** Milliseconds that are left, as of the last look. */
		get left() {
			return Math.max(0, limit - spent);
		},
		get soon() {
			return state === 'sitting' && limit - spent <= soon;
		},
		get over() {
			return limit > 0 && spent >= limit;
		},
		say: (key: string): string => words[key] ?? '',
		/** Opens the exam of a form as it is on this phone: for its code, where she was, or ended. */
		enter: (id: string): Promise<void> =>
			tried(async (mine) => {
				state = 'loading';
				problem = error = unsaved = undefined;
				tries = 0;
				const found = await exams.attempts.of(id);
				const sealed = (await exams.envelopes()).find((one) => one.form === id);
				if (mine !== turn) return;
				[sat, envelope] = [found, sealed];
				if (found?.ended !== undefined) return void (state = 'ended');
				if (found?.key) return take(found, await exams.reopen(found), mine);
				state = sealed ? 'code' : 'error';
				if (!sealed) error = 'not-found';
			}),
		/** Opens the envelope by what she typed or scanned. */
		async unlock(typed: string): Promise<void> {
			const code = typedCode(typed);
			problem = code ? undefined : 'form';
			if (!code || !envelope || busy) return;
			const sealed = envelope;
			busy = true;
			await tried(async (mine) => {
				const opened = await exams.open(sealed, code, i18n.locale, tries);
				if (mine !== turn) return;
				if (opened) return take(opened.sat, opened.form, mine);
				problem = 'wrong';
				tries += 1;
			});
			busy = false;
		},
		/** Begins: from now on time counts. */
		async begin(): Promise<void> {
			if (state !== 'rules' || !sat || busy) return;
			busy = true;
			const started = now();
			watch.set(sat.spent);
			const begun = await kept(write(sat, [line('start'), ...spoken()], { sat: { started, locale: i18n.locale, spent: sat.spent } }));
			busy = false;
			if (!begun || !form) return;
			sat = { ...sat, started };
			state = 'sitting';
			start();
		},
		/** Keeps what she answered to the item that is shown, finished or not, in place of what she answered before. */
		async hold(response: Response): Promise<void> {
			if (!item || busy || state !== 'sitting' || watch.spent() >= limit) return;
			const half = $state.snapshot(response) as Response;
			const whole = made(item, half);
			given = { ...given, [item.id]: { half, response: whole } };
			await kept(notebook?.hold(item.id, half, whole));
		},
		go,
		forward: (): void => go(place + 1),
		back: (): void => go(place - 1),
		/** Marks the item that is shown, to come back to it; or takes the mark away. */
		mark(): void {
			if (!item) return;
			const { id } = item;
			later = later.includes(id) ? later.filter((one) => one !== id) : [...later, id];
			void save();
		},
		/** Looks at the clock. */
		look: (): void => void (spent = watch.spent()),
		/** Notes that she reads in another language now. */
		async translated(): Promise<void> {
			const lines = state === 'sitting' ? spoken() : [];
			if (lines.length) await save(...lines);
		},
		end,
		/** Leaves the screen. What was begun can be taken up again. */
		async close(): Promise<void> {
			const left = ++turn;
			exams.speech.stop();
			stop?.abort();
			if (state === 'sitting') await save(line('leave'));
			if (left !== turn) return;
			state = 'closed';
			sat = undefined;
			forget();
		}
	};
}
