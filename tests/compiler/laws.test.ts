import { rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checked, listed } from '#compiler/laws.ts';
import { lineOf, put } from './fixture.ts';
import { after, course, exam, found, planted, replaced, root, say, shelf, words, type Edit } from './planted.ts';

planted();

test('content that keeps the laws has no problem', () => {
	expect(listed(checked(path.join(root, 'content')).problems)).toBe('');
});

describe('files', () => {
	const gone = (file: string) => {
		rmSync(path.join(root, file));
		try {
			return checked(path.join(root, 'content')).problems;
		} finally {
			put(root, file, found[file]!);
		}
	};

	test.each([words('pl', 'two'), course, exam, shelf, 'content/exams/demo/words/el/exam.yaml', 'content/catalogue/es.yaml'])(
		'%s is missed, once and without an echo',
		(file) => {
			expect(listed(gone(file).filter((problem) => !/no item|exam item|0 of at least/.test(problem.message)))).toBe(
				`${file}:1  this file is missing: write it`
			);
		}
	);

	test.each([
		['a file that nothing asks for', words('it', 'five'), /"five.yaml" is not asked for/],
		['a folder of no language', 'content/courses/demo/words/de/one.yaml', /"de" is none of the languages/],
		['an exam without a course', 'content/exams/ghost/exam.yaml', /there is no course "ghost"/]
	])('%s is told', (_, file, message) => {
		put(root, file, 'one: {}\n');
		const { problems } = checked(path.join(root, 'content'));
		rmSync(path.join(root, file.replace(/(\/de|\/ghost)\/.*/, '$1')), { recursive: true });
		expect(problems.some((problem) => message.test(problem.message))).toBe(true);
	});

	test('a file that is not UTF-8 is told', () => {
		put(root, words('es'), new Uint8Array([0x6f, 0x6e, 0x65, 0x3a, 0x20, 0xe9, 0x0a]));
		const { problems } = checked(path.join(root, 'content'));
		put(root, words('es'), found[words('es')]!);
		expect(listed(problems)).toContain(`${words('es')}:1  this file is not UTF-8 text: save it as UTF-8`);
	});

	test('whatever a writer breaks, it is told and never thrown', { timeout: 60_000 }, () => {
		const names = [words('en'), course, shelf];
		const signs = ['', '"', ': ', '- ', '\t', '*', '&x ', '!x ', '{', '[', '\n', '|', '~', '5', '# ', '%', '<<: ', '? ', '\u0000'];
		fc.assert(
			fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(40), fc.constantFrom(...signs), (name, at, length, sign) => {
				const { problems } = after(name, (text) => text.slice(0, at % text.length) + sign + text.slice((at % text.length) + length));
				for (const { file, line, message } of problems) expect(`${file}:${line} ${message}`).toMatch(/^content\/[\w/.-]+:[1-9]\d* \S/);
			}),
			{ numRuns: 30 }
		);
	});
});

describe('laws over a whole course', () => {
	const only = (file: string, edit: Edit) => after(file, edit).problems;

	test('one question is not used for practice and in the exam', () => {
		const scene = found[words('en')]!.match(/\none-e1:\n {2}scene: (.*)/)![1]!;
		const file = 'content/exams/demo/words/en/exam.yaml';
		const { text, problems } = after(file, say('two-x1', 'scene', `${scene.toUpperCase()}`));
		expect(listed(problems)).toBe(
			`${file}:${lineOf(text, scene.toUpperCase())}  "two-x1.scene" is the text of "one-e1.scene" in another bank (exercise): write another`
		);
	});

	test.each([
		[5, 'error', /12\.\d words on average/],
		[4, 'warning', /11\.\d words on average/]
	] as const)('sentences of en that are %i words longer are an %s', (more, severity, message) => {
		const long: Edit = (text) =>
			text.replace(/([^\s.:*]+ )(\d{5}\.)/g, (_, word: string, number: string) => word.repeat(more + 1) + number);
		const edited = ['one', 'two', 'three', 'four', 'assessment'].map((name) => words('en', name));
		for (const file of edited) put(root, file, long(found[file]!));
		const { problems } = checked(path.join(root, 'content'));
		for (const file of edited) put(root, file, found[file]!);
		expect(problems.filter((problem) => message.test(problem.message)).map((problem) => problem.severity)).toEqual([severity]);
	});

	test('feedback that begins alike everywhere is refused', () => {
		expect(listed(only('content/exams/demo/words/en/exam.yaml', (text) => text.replace(/feedback: \w+/g, 'feedback: Well')))).toMatch(
			/feedback texts begin with "well": vary them/
		);
	});

	test('right options that are always the longest are refused', () => {
		const rights = [
			...found[exam]!.matchAll(/id: (\w+-x\d+)\n[^-]*?kind: (?:choice|gap)\n\s+options:\n\s+- a\n\s+- b\n\s+- c\n\s+right: (\w)/g)
		];
		expect(rights.length).toBeGreaterThan(5);
		const edit: Edit = (text) =>
			rights.reduce(
				(now, [, id, right]) => replaced(new RegExp(`((?:^|\\n)${id}:[^]*?\\n  ${right}:\\n    text: )`), '$1And much longer ')(now),
				text
			);
		expect(listed(only('content/exams/demo/words/en/exam.yaml', edit))).toMatch(/right option is the longest one more often than chance/);
	});
});
