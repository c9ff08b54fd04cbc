import { inOrder, type Answer } from '#core/answer.ts';
import type { Credential } from '#core/course.ts';
import type { ErrorCode } from '#core/errors.ts';
import { latest, left as leftBehind, lessonProgress, type Outline } from '#core/progress.ts';
import { pictureName, same, type About, type Catalogue, type Pack, type PackedLesson } from '#core/pack.ts';
import type { Device } from '#device/index.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';

/** A course as the catalogue lists it, with how far she is. */
export type Listed = {
	id: string;
	credential: Credential;
	title: string;
	plain: string;
	promise: string;
	written: boolean;
	installed: boolean;
	update: boolean;
	done: number;
	of: number;
};
export type Opened = { id: string; pack: Pack; memory: boolean };
export type LessonState = {
	lesson: PackedLesson;
	title: string;
	answered: number;
	right: number;
	of: number;
	done: boolean;
	begun: boolean;
	next: boolean;
};

export type Courses = ReturnType<typeof createCourses>;

type Here = Awaited<ReturnType<Device['packs']['installed']>>[number];

/** The catalogue, the courses on the phone, the one that is open, and her progress in them. */
export function createCourses(device: Device, i18n: I18n) {
	let catalogue = $state.raw<Catalogue>();
	let state = $state<'loading' | 'ready' | 'error'>('loading');
	let error = $state<ErrorCode>();
	let offline = $state(false);
	let here = $state.raw<Here[]>([]);
	let answers = $state.raw<Answer[]>([]);
	let begun = $state.raw<ReadonlySet<string>>(new Set());
	let opened = $state.raw<Opened>();
	let opening = $state<string>();
	let openError = $state<ErrorCode>();
	let left = $state.raw<{ course: string; count: number }>();
	let described = $state.raw<About>();
	const listeners: ((course: string) => void)[] = [];

	/** Reads again what is on the phone: courses, answers, places. */
	async function refresh(): Promise<void> {
		const [all, places, packs] = await Promise.all([
			device.answers.all(),
			device.places.all(),
			device.packs.installed().catch((cause: unknown) => (codeOf(cause), []))
		]);
		answers = inOrder(all);
		begun = new Set(places.map(({ name }) => name));
		here = packs;
	}

	/** Shows what is kept, unless something is shown already. */
	async function show(): Promise<void> {
		if (catalogue) return;
		state = 'loading';
		const [kept] = await Promise.all([device.catalogue.kept(), refresh()]);
		catalogue ??= kept;
		if (catalogue) state = 'ready';
	}

	const word = (key: string): string => catalogue?.words[i18n.locale][key] ?? '';
	const outline = (course: string): Outline | undefined => here.find((own) => own.course === course)?.outline;
	const progress = (of: Outline) => {
		const newest = latest(of, answers);
		return of.course.lessons.map((lesson) => lessonProgress(lesson, newest));
	};

	const list = $derived.by((): Listed[] =>
		(catalogue?.credentials ?? []).map((credential) => {
			const own = here.find(({ course }) => course === credential.id);
			const offered = catalogue?.packs[credential.id];
			const lessons = own ? progress(own.outline) : [];
			return {
				id: credential.id,
				credential,
				title: word(`${credential.id}.title`),
				plain: word(`${credential.id}.plain`),
				promise: word(`${credential.id}.promise`),
				written: !!offered || !!own,
				installed: !!own,
				update: !!own && !!offered && offered.edition >= own.edition && !same(offered, own),
				done: lessons.filter(({ done }) => done).length,
				of: lessons.length
			};
		})
	);

	const lessons = $derived.by((): LessonState[] => {
		const pack = opened?.pack;
		if (!pack) return [];
		const all = progress(pack);
		const next = all.findIndex(({ done }) => !done);
		return pack.course.lessons.map((lesson, at) => ({
			lesson,
			title: pack.words[i18n.locale][`${lesson.id}.title`] ?? '',
			...all[at]!,
			begun: all[at]!.answered > 0 || begun.has(`${pack.course.id}/${lesson.id}`),
			next: at === next
		}));
	});

	const about = $derived.by((): About | undefined => {
		if (!opened || (described && described.course !== opened.id)) return described;
		const { course, words } = opened.pack;
		return { format: 1, course: course.id, descriptor: course.descriptor, origin: course.origin, outcomes: course.outcomes, words };
	});

	return {
		get state() {
			return state;
		},
		get error() {
			return error;
		},
		/** The catalogue is the one that was kept; the network gave none. */
		get offline() {
			return offline;
		},
		get list() {
			return list;
		},
		get catalogue() {
			return catalogue;
		},
		get opened() {
			return opened;
		},
		get opening() {
			return opening;
		},
		get openError() {
			return openError;
		},
		get lessons() {
			return lessons;
		},
		get answers() {
			return answers;
		},
		get left() {
			return left;
		},
		/** The facts about the course that was opened, or asked about, last. */
		get about() {
			return about;
		},
		clearLeft: () => void (left = undefined),
		listed: (course: string): Listed | undefined => list.find(({ id }) => id === course),
		word,
		refresh,
		show,
		/** Shows what is kept, then asks the network for the newest. */
		async load(): Promise<void> {
			await show();
			const reply = await device.catalogue.refresh().then(
				(fresh) => ({ fresh }),
				(cause: unknown) => ({ code: codeOf(cause) })
			);
			const code = 'code' in reply ? reply.code : undefined;
			if ('fresh' in reply) catalogue = reply.fresh;
			offline = code === 'offline' || code === 'timeout';
			error = catalogue ? undefined : code;
			state = catalogue ? 'ready' : 'error';
		},
		/** Asks what is to be known of a course that is not on the phone. Where that is not to be had, `about` stays as it was. */
		async readAbout(course: string): Promise<void> {
			try {
				described = await device.catalogue.about(course);
			} catch (cause) {
				codeOf(cause);
			}
		},
		/** Calls `then` whenever a course was opened. */
		onopen: (then: (course: string) => void): void => void listeners.push(then),
		/** Opens a course; `openError` says why not. */
		async open(course: string): Promise<void> {
			opening = course;
			openError = undefined;
			try {
				const { pack, memory } = await device.packs.text(course);
				if (opening !== course) return;
				opened = { id: course, pack, memory };
				described = undefined;
				for (const then of listeners) then(course);
			} catch (cause) {
				const code = codeOf(cause);
				if (opening === course) openError = code;
				if (opened?.id === course) opened = undefined;
			} finally {
				if (opening === course) opening = undefined;
			}
		},
		/** Closes a course that was taken away. */
		close(course: string): void {
			if (opened?.id === course) opened = undefined;
		},
		say: (key: string): string => opened?.pack.words[i18n.locale][key] ?? '',
		picture: (icons: string[]): string | undefined => opened?.pack.pictures[pictureName(icons)],
		/** A new answer, to be counted at once. */
		took: (answer: Answer): void => void (answers = inOrder([...answers, answer])),
		/** A text was installed: if one was there `before`, how many answers no longer apply. */
		async updated(course: string, before: Outline | undefined): Promise<void> {
			await refresh();
			const fresh = outline(course);
			if (before && fresh) left = { course, count: leftBehind(before, fresh, answers) };
		},
		outline,
		/** The text of a course on the phone, also while another is open; undefined if it cannot be read. */
		async text(course: string): Promise<Pack | undefined> {
			try {
				return (await device.packs.text(course)).pack;
			} catch (cause) {
				codeOf(cause);
				return undefined;
			}
		}
	};
}
