import type { Answer } from '#core/answer.ts';
import type { ErrorCode } from '#core/errors.ts';
import { known, type Pack } from '#core/pack.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { Settings } from './settings.svelte.ts';
import type { Sync } from './sync.svelte.ts';

export type Space = {
	used: number;
	courses: { course: string; title: string; text: number; voices: { locale: Locale; bytes: number }[] }[];
	answers: number;
	persisted: boolean;
	status: 'safe' | 'may-be-cleared' | 'full' | 'broken';
};

/** Where an answered question stands, as people know it. What is missing is not on this phone, or no longer in its course. */
export type Named = {
	course?: string | undefined;
	/** The lesson that it is an exercise of, and which; without one it is of the self-assessment, or not known. */
	exercise?: { lesson: string; at: number; of: number } | undefined;
	question?: string | undefined;
};

type Texts = Record<Locale, string>;
/** The words of one item in all its languages: no more of a course is kept than what was answered. */
type Words = { question: Texts; exercise?: { lesson: Texts; at: number; of: number } | undefined };

export type Data = ReturnType<typeof createData>;

/** What the question of an answer is called; undefined if the course has it no more, or asks something else under its name. */
function wordsOf({ course, words, identities }: Pack, { item: id, identity }: Answer): Words | undefined {
	if (identities[id] !== identity) return undefined;
	const texts = (key: string) =>
		Object.fromEntries(Object.entries(words).map(([locale, own]) => [locale, own[key] ?? ''])) as Record<Locale, string>;
	const lesson = course.lessons.find(({ exercises }) => exercises.some((one) => one.id === id));
	const items = lesson?.exercises.filter(known) ?? course.assessment.filter(known);
	const at = items.findIndex((one) => one.id === id);
	const item = items[at];
	if (!item) return undefined;
	return {
		question: texts(item.kind === 'scenario' ? `${id}.${item.steps[0]!.id}.question` : `${id}.question`),
		exercise: lesson && { lesson: texts(`${lesson.id}.title`), at: at + 1, of: items.length }
	};
}

/** Her data: see it, save a copy, bring it back, delete it; and the room it takes. */
export function createData(device: Device, settings: Settings, courses: Courses, sync: Sync) {
	let error = $state<ErrorCode>();
	let busy = $state(false);

	async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
		error = undefined;
		busy = true;
		try {
			return await work();
		} catch (cause) {
			error = codeOf(cause);
			return undefined;
		} finally {
			busy = false;
		}
	}

	return {
		get error() {
			return error;
		},
		get busy() {
			return busy;
		},
		/** All that is kept of her, and what each answer is called: `named` follows the language of the moment. */
		async see() {
			const all = await device.backup.everything();
			const found = new Map<string, Words>();
			for (const course of new Set(all.answers.map((answer) => answer.course))) {
				const pack = await courses.text(course);
				for (const answer of pack ? all.answers : []) {
					const words = answer.course === course ? wordsOf(pack!, answer) : undefined;
					if (words) found.set(answer.id, words);
				}
			}
			const named = (answer: Answer, locale: Locale): Named => {
				const { question, exercise } = found.get(answer.id) ?? {};
				return {
					course: courses.listed(answer.course)?.plain,
					question: question?.[locale],
					exercise: exercise && { ...exercise, lesson: exercise.lesson[locale] }
				};
			};
			return { ...all, named };
		},
		/** Saves a file on the phone. */
		copy: () =>
			attempt(async () =>
				device.backup.save(await device.backup.copy(), `passport-${new Date(device.now()).toISOString().slice(0, 10)}.json`)
			),
		/** Brings a saved copy back: what is here stays, what is missing comes. */
		restore: (file: Blob): Promise<{ added: number } | undefined> =>
			attempt(async () => {
				const added = await device.backup.restore(await file.text());
				settings.refresh();
				await courses.refresh();
				await sync.count();
				return { added };
			}),
		/** Deletes everything from this phone; true when it is done. */
		erase: async (): Promise<boolean> =>
			(await attempt(async () => {
				await sync.stop();
				await device.backup.erase();
				return true;
			})) ?? false,
		async space(): Promise<Space | undefined> {
			const writable = await device.disk.writable();
			const persisted = await device.disk.persisted();
			const used = await device.disk.used();
			const byCourse = await device.disk.byCourse().catch((cause: unknown) => (codeOf(cause), []));
			return {
				used: used ?? byCourse.reduce((sum, one) => sum + one.text + one.voices.reduce((bytes, voice) => bytes + voice.bytes, 0), 0),
				courses: byCourse.map((one) => ({ ...one, title: courses.listed(one.course)?.plain ?? one.course })),
				answers: courses.answers.length,
				persisted,
				status: writable !== 'yes' ? writable : persisted ? 'safe' : 'may-be-cleared'
			};
		},
		keep: () => device.disk.persist()
	};
}
