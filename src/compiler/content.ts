import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type * as z from 'zod/mini';
import { Course, ExamBank, files, itemKeys } from '#core/course.ts';
import type { Item } from '#core/item.ts';
import { locales, type Key, type Locale } from '#core/text.ts';
import { shape } from './shape.ts';
import { read, refuse, type Path, type Place, type Problem, type Source } from './source.ts';
import { flatten, type Text, type WordsFile } from './words.ts';

/** The words of one language: what each file must hold, what it does hold (undefined if it could not be read), and all texts by key. */
export type Words = { files: { file: string; keys: Key[]; words: WordsFile | undefined }[]; texts: Map<Key, Text> };

/** A structure with its words: `place` is where something of the structure stands. */
export type Written<T> = { structure: T; place: (path?: Path) => Place; words: Record<Locale, Words> };

/** A course as it is written, and its exam bank, which no pack may hold. */
export type WrittenCourse = { id: string; course: Written<Course>; exam: Written<ExamBank> | undefined };

export type Bank = 'exercise' | 'assessment' | 'exam';

/** An item with the bank it is in and where it stands. */
export type PlacedItem = { item: Item; bank: Bank; place: (path?: Path) => Place };

/** Every item of a course and its exam. */
export function placedItems({ course, exam }: WrittenCourse): PlacedItem[] {
	const list = (bank: Bank, items: Item[], written: Written<unknown>, under: Path): PlacedItem[] =>
		items.map((item, at) => ({ item, bank, place: (path = []) => written.place([...under, at, ...path]) }));
	return [
		...course.structure.lessons.flatMap((lesson, at) => list('exercise', lesson.exercises, course, ['lessons', at, 'exercises'])),
		...list('assessment', course.structure.assessment, course, ['assessment']),
		...(exam ? list('exam', exam.structure.items, exam, ['items']) : [])
	];
}

/** Reads all courses of the folder `content` of a project, or those in `only`, and the problems that kept anything from being read. */
export function readCourses(root: string, only: string[] = []): { courses: WrittenCourse[]; problems: Problem[] } {
	const problems: Problem[] = [];
	const structure = <T extends z.core.$ZodType>(file: string, schema: T): { value: z.infer<T>; source: Source } | undefined => {
		const { source, problems: unread } = read(root, file);
		problems.push(...unread);
		const fitted = source && shape(source, schema);
		problems.push(...(fitted?.problems ?? []));
		return source && fitted?.value !== undefined ? { value: fitted.value, source } : undefined;
	};
	const written = <T>(folder: string, found: { value: T; source: Source }, keys: Record<string, Key[]>): Written<T> => ({
		structure: found.value,
		place: found.source.at,
		words: Object.fromEntries(locales.map((locale) => [locale, readWords(root, `${folder}/words/${locale}`, keys, problems)])) as Record<
			Locale,
			Words
		>
	});
	const asked = folders(root, 'content/courses').filter((id) => !only.length || only.includes(id));
	const courses = asked.flatMap((id): WrittenCourse[] => {
		const here = `content/courses/${id}`;
		const there = `content/exams/${id}`;
		const course = structure(`${here}/course.yaml`, Course);
		const exam = structure(`${there}/exam.yaml`, ExamBank);
		for (const folder of [here, there])
			problems.push(...surplus(root, `${folder}/words`, [...locales], 'is none of the languages: remove this folder'));
		if (course && course.value.id !== id) problems.push(refuse(course.source.at(['id']), `"id" must be "${id}", the name of the folder`));
		if (exam && exam.value.course !== id)
			problems.push(refuse(exam.source.at(['course']), `"course" must be "${id}", the name of the folder`));
		if (!course) return [];
		return [
			{ id, course: written(here, course, files(course.value)), exam: exam && written(there, exam, { exam: itemKeys(exam.value.items) }) }
		];
	});
	for (const id of folders(root, 'content/exams'))
		if (!existsSync(path.join(root, 'content/courses', id)))
			problems.push(refuse({ file: `content/exams/${id}/exam.yaml`, line: 1 }, `there is no course "${id}": correct the folder's name`));
	return { courses, problems };
}

/** Reads the words files of one language and folder; files that no structure asks for are problems. */
export function readWords(
	root: string,
	folder: string,
	keys: Record<string, Key[]>,
	problems: Problem[],
	known: readonly string[] = Object.keys(keys)
): Words {
	const texts = new Map<Key, Text>();
	const found = Object.entries(keys).map(([name, expected]) => {
		const file = `${folder}/${name}.yaml`;
		const { source, problems: unread } = read(root, file);
		problems.push(...unread);
		if (!source) return { file, keys: expected, words: undefined };
		const { words, problems: unfit } = flatten(source);
		problems.push(...unfit);
		for (const [key, text] of words.texts) if (!texts.has(key)) texts.set(key, text);
		return { file, keys: expected, words };
	});
	problems.push(
		...surplus(
			root,
			folder,
			known.map((name) => `${name}.yaml`),
			'is not asked for by the structure: remove the file, or correct its name'
		)
	);
	return { files: found, texts };
}

const entries = (root: string, folder: string) =>
	(existsSync(path.join(root, folder)) ? readdirSync(path.join(root, folder), { withFileTypes: true }) : []).filter(
		({ name }) => !name.startsWith('.')
	);
const folders = (root: string, folder: string): string[] =>
	entries(root, folder)
		.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
		.sort();
const surplus = (root: string, folder: string, known: string[], why: string): Problem[] =>
	entries(root, folder)
		.filter(({ name }) => !known.includes(name))
		.map(({ name }) => refuse({ file: `${folder}/${name}`, line: 1 }, `"${name}" ${why}`));
