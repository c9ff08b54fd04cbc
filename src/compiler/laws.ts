import path from 'node:path';
import { locales } from '#core/text.ts';
import { agreement } from './agreement.ts';
import { shared } from './banks.ts';
import { readCatalogue } from './catalogue.ts';
import { readCourses, type WrittenCourse } from './content.ts';
import { keys } from './keys.ts';
import { readScheme } from './scheme.ts';
import type { Problem } from './source.ts';
import { lengths } from './lengths.ts';
import { structure } from './structure.ts';
import { gapKeys, wording } from './wording.ts';

/** Every law that a course and its exam keep, in all languages. */
function laws(written: WrittenCourse): Problem[] {
	const { course, exam } = written;
	const practice = [...course.structure.lessons.flatMap((lesson) => lesson.exercises), ...course.structure.assessment];
	return [
		...structure(written),
		...locales.flatMap((locale) => [
			...keys(course.words[locale]),
			...wording(course.words[locale], course.words.en, locale, gapKeys(practice)),
			...(exam ? [...keys(exam.words[locale]), ...wording(exam.words[locale], exam.words.en, locale, gapKeys(exam.structure.items))] : []),
			...lengths(written, locale),
			...shared(written, locale),
			...agreement(written, locale)
		])
	];
}

export type Checked = {
	courses: WrittenCourse[];
	catalogue: ReturnType<typeof readCatalogue>['catalogue'];
	scheme: ReturnType<typeof readScheme>['scheme'];
	problems: Problem[];
};

/** Reads the folder `content` of a project, or of its courses those in `only`, and checks it by all laws. Problems come by file and line, each once. */
export function checked(content: string, only: string[] = []): Checked {
	const root = path.dirname(path.resolve(content));
	const { courses, problems } = readCourses(root, only);
	const { catalogue, problems: more } = readCatalogue(root, courses);
	const { scheme, problems: further } = readScheme(root, courses);
	return { courses, catalogue, scheme, problems: sorted([...problems, ...more, ...further, ...courses.flatMap(laws)]) };
}

/** Problems by file and line, each once. */
export const sorted = (problems: Problem[]): Problem[] => {
	const once = new Map(problems.map((problem) => [`${problem.file}:${problem.line} ${problem.message}`, problem]));
	return [...once.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
};

/** Problems as lines of text: `path:line  message`. */
export const listed = (problems: Problem[]): string =>
	problems.map(({ file, line, message, severity }) => `${file}:${line}  ${severity === 'warning' ? 'warning: ' : ''}${message}`).join('\n');
