import type { ErrorCode } from '#core/errors.ts';
import { typedCode, type Envelope, type Form } from '#core/exam.ts';
import type { Response } from '#core/item.ts';
import type { Line, Sat, Written } from '#device/certification/attempts.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { codeOf } from '../../failure.ts';
import type { I18n } from '../../i18n.svelte.ts';
import { createClock } from './clock.svelte.ts';
import { createNotebook } from './notebook.ts';
import { createPaper } from './paper.svelte.ts';

export type Sitting = ReturnType<typeof createSitting>;

/**
 * An exam that is sat: opened by its code, answered item by item, ended. Every answer is written when it is made; who opens the exam again
 * on this phone goes on where she was. `after` is called when it has ended.
 */
export function createSitting(device: CertificationDevice, i18n: I18n, after: () => Promise<void>) {
	const { exams, now } = device;
	let state = $state<'closed' | 'loading' | 'code' | 'rules' | 'sitting' | 'ended' | 'error'>('closed');
	let error = $state<ErrorCode>();
	let problem = $state<'form' | 'wrong'>();
	let tries = $state(0);
	let busy = $state(false);
	let unsaved = $state<ErrorCode>();
	let envelope = $state.raw<Envelope>();
	let sat = $state.raw<Sat>();
	let notebook: ReturnType<typeof createNotebook> | undefined;
	let turn = 0;
	const paper = createPaper(i18n);
	const clock = createClock(device, () => paper.limit, {
		tick: () => save(...jumped()),
		over: () => end(),
		leave: () => save(line('leave')),
		back: () => save(...jumped(), line('return'))
	});

	const line = (event: Line['event'], more: Partial<Line> = {}): Line => ({ at: now(), spent: clock.spent(), event, ...more });
	const here = (): Partial<Sat> => ({ place: paper.place, later: paper.later, spent: clock.spent(), locale: sat!.locale });

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
		const minutes = clock.jump();
		return minutes === undefined ? [] : [line('clock', { detail: `${minutes}` })];
	}
	/** The line of another language than the one that was noted last. */
	function spoken(): Line[] {
		if (!sat || sat.locale === i18n.locale) return [];
		sat = { ...sat, locale: i18n.locale };
		return [line('language', { detail: i18n.locale })];
	}
	/** Writes to the attempt; if it has ended in another tab, it has ended here. */
	async function write(to: Sat, lines: Line[], written: Written): Promise<void> {
		if (await exams.attempts.write(to, lines, written)) return;
		leave();
		state = 'ended';
		forget();
	}
	/** Ends it: everything is sealed and kept. If the phone refuses, everything stays, and it is tried again. */
	async function end(): Promise<void> {
		if (busy || !sat || !paper.form) return;
		busy = true;
		const ended = (await save()) && paper.form !== undefined && (await kept(exams.end(sat, paper.form, clock.spent(), i18n.locale)));
		busy = false;
		if (!ended) return;
		leave();
		const { key: _, ...rest } = sat;
		sat = { ...rest, spent: clock.spent(), ended: now() };
		state = 'ended';
		forget();
		await after();
	}
	/** The words of the form leave the memory. */
	function forget(): void {
		envelope = notebook = undefined;
		paper.clear();
	}
	/** Nothing is counted and nothing is said any more. */
	function leave(): void {
		clock.stop();
		exams.speech.stop();
	}
	/** Takes up an attempt where it is. */
	async function take(found: Sat, opened: Form, mine: number): Promise<void> {
		if (found.ended !== undefined) return void ([sat, state] = [found, 'ended']);
		const answers = await exams.attempts.answered(found.id);
		if (mine !== turn) return;
		sat = found;
		paper.lay(opened, answers, found);
		notebook = createNotebook(found.id, answers, { write: (...all) => write(found, ...all), line, here });
		clock.set(found.spent);
		if (found.started === undefined) return void (state = 'rules');
		state = 'sitting';
		clock.start();
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
		paper.go(to);
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
			return paper.form?.course ?? sat?.course ?? envelope?.course ?? '';
		},
		get form() {
			return paper.form?.id ?? sat?.form ?? envelope?.form;
		},
		get attempt() {
			return sat?.id;
		},
		get starts() {
			return envelope?.starts;
		},
		get minutes() {
			return paper.form?.minutes ?? 0;
		},
		get granted() {
			return paper.form?.granted ?? [];
		},
		get items() {
			return paper.items;
		},
		get item() {
			return paper.item;
		},
		get place() {
			return paper.place;
		},
		get half() {
			return paper.half;
		},
		get marked() {
			return !!paper.item && paper.later.includes(paper.item.id);
		},
		/** How many items have no answer yet. */
		get open() {
			return paper.items.filter(({ answered }) => !answered).length;
		},
		/** Milliseconds that are left, as of the last look. */
		get left() {
			return clock.left;
		},
		get soon() {
			return state === 'sitting' && clock.soon;
		},
		get over() {
			return clock.over;
		},
		say: paper.say,
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
			clock.set(sat.spent);
			const begun = await kept(write(sat, [line('start'), ...spoken()], { sat: { started, locale: i18n.locale, spent: sat.spent } }));
			busy = false;
			if (!begun || !paper.form) return;
			sat = { ...sat, started };
			state = 'sitting';
			clock.start();
		},
		/** Keeps what she answered to the item that is shown, finished or not, in place of what she answered before. */
		async hold(response: Response): Promise<void> {
			if (busy || state !== 'sitting' || clock.spent() >= paper.limit) return;
			const put = paper.answer(response);
			if (put) await kept(notebook?.hold(put.item, put.half, put.response));
		},
		go,
		forward: (): void => go(paper.place + 1),
		back: (): void => go(paper.place - 1),
		/** Marks the item that is shown, to come back to it; or takes the mark away. */
		mark(): void {
			if (!paper.item) return;
			paper.mark();
			void save();
		},
		/** Looks at the clock. */
		look: clock.look,
		/** Notes that she reads in another language now. */
		async translated(): Promise<void> {
			const lines = state === 'sitting' ? spoken() : [];
			if (lines.length) await save(...lines);
		},
		end,
		/** Leaves the screen. What was begun can be taken up again. */
		async close(): Promise<void> {
			const left = ++turn;
			leave();
			if (state === 'sitting') await save(line('leave'));
			if (left !== turn) return;
			state = 'closed';
			sat = undefined;
			forget();
		}
	};
}
