import { rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checked, listed } from '#compiler/laws.ts';
import { lineOf, project, put, temporary } from './fixture.ts';

/** The files of a project that keeps every law. */
export const found = project();

/** The folder that the project is written to for the tests of one file: each of them begins with `planted()`. */
export let root = '';
export function planted(): void {
	root = temporary(found);
	afterAll(() => rmSync(root, { recursive: true }));
}

const problems = () => checked(path.join(root, 'content')).problems;

export const words = (locale: string, name = 'one') => `content/courses/demo/words/${locale}/${name}.yaml`;
export const course = 'content/courses/demo/course.yaml';
export const exam = 'content/exams/demo/exam.yaml';
export const shelf = 'content/catalogue.yaml';

export type Edit = (text: string) => string;
export const replaced =
	(from: string | RegExp, to: string): Edit =>
	(text) => {
		const after = text.replace(from, to);
		if (after === text) throw new Error(`nothing to replace: ${from}`);
		return after;
	};
/** Gives a text of an owner (`one-e1`, `a.feedback`) new words. */
export const say = (owner: string, name: string, to: string): Edit => {
	const parts = name.split('.');
	const inner = parts.map((part, at) => `\\n${'  '.repeat(at + 1)}${part}:`).join('[^]*?');
	return replaced(new RegExp(`((?:^|\\n)${owner}:[^]*?${inner})[^\\n]*`), `$1 ${to}`);
};
export const many = (count: number, word = 'word') => Array.from({ length: count }, (_, at) => `${word}${at}`).join(' ');

/** Problems after one edit of one file; the file is put back. */
export function after(file: string, edit: Edit): { text: string; problems: ReturnType<typeof problems> } {
	const text = edit(found[file]!);
	put(root, file, text);
	try {
		return { text, problems: problems() };
	} finally {
		put(root, file, found[file]!);
	}
}

/** A slip: what it is, in which file, how it comes there, the line (a text in it, or a pattern up to its end), what is said, and if the line is in another file, which. */
export type Slip = [slip: string, file: string, edit: Edit, line: string | RegExp, message: RegExp, other?: string];

/** Each slip is planted alone, and told with its file and line. */
export function told(what: string, slips: Slip[]): void {
	describe(`${what}: a slip is told with its file, its line and what to do`, () => {
		test.each(slips)('%s', (_, file, edit, part, message, other) => {
			const { text, problems } = after(file, edit);
			const hits = problems.filter((problem) => message.test(problem.message));
			const line = lineOf(other ? found[other]! : text, part);
			expect(
				hits.map((hit) => `${hit.file}:${hit.line}`),
				listed(problems)
			).toContain(`${other ?? file}:${line}`);
			expect(hits.every((hit) => hit.severity === 'error')).toBe(true);
		});
	});
}
