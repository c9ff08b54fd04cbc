import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { check } from '#compiler/check.ts';
import { readCourses, type WrittenCourse } from '#compiler/content.ts';
import { dictionary, exceptions, misspelt } from '#compiler/dictionary.ts';
import { likeness } from '#compiler/likeness.ts';
import { hard, readability } from '#compiler/readability.ts';
import { listed } from '#compiler/laws.ts';
import { casts, openings } from '#compiler/variety.ts';
import { locales, type Locale } from '#core/text.ts';
import { lineOf, put, temporary } from './fixture.ts';

let root: string;
beforeEach(() => {
	root = temporary();
});
afterEach(() => rmSync(root, { recursive: true }));

const file = (locale: Locale, name = 'one', course = 'demo') => `content/courses/${course}/words/${locale}/${name}.yaml`;
/** Writes a text under a key of the demo course; says in which line it stands. */
function say(locale: Locale, owner: string, key: string, text: string, course = 'demo'): number {
	const name = file(locale, owner.split('-')[0], course);
	const before = readFileSync(path.join(root, name), 'utf8');
	const after = before.replace(new RegExp(`(\n${owner}:\n(?:  .*\n)*?  ${key}: ).*`), (_, start: string) => start + JSON.stringify(text));
	if (after === before) throw new Error(`${owner}.${key} is not in ${name}`);
	put(root, name, after);
	return lineOf(after, JSON.stringify(text));
}
const courses = (): WrittenCourse[] => readCourses(root).courses;
const demo = () => courses().find(({ id }) => id === 'demo')!;
/** The demo course once more, under another name. */
function copy(id: string): void {
	for (const kind of ['courses', 'exams']) {
		cpSync(path.join(root, 'content', kind, 'demo'), path.join(root, 'content', kind, id), { recursive: true });
		const name = path.join(root, 'content', kind, id, kind === 'courses' ? 'course.yaml' : 'exam.yaml');
		writeFileSync(name, readFileSync(name, 'utf8').replace(/^(id|course): demo/m, `$1: ${id}`));
	}
}

describe('spelling', () => {
	test.each([
		['en', 'He recieves the list.', 'recieves'],
		['el', 'Ο Μάρεκ διαβαάζει τη λίστα.', 'διαβαάζει'],
		['it', 'Prende l’elenco e la lissta.', 'lissta'],
		['pl', 'Marek czyta lisstę przed pracą.', 'lisstę'],
		['es', 'Marek lee la lissta.', 'lissta']
	] as const)('a slip in %s is told with its line', (locale, text, slip) => {
		const line = say(locale, 'one-idea', 'text', text);
		const told = misspelt(demo(), locale, new Set());
		expect(listed(told)).toBe(
			`${file(locale)}:${line}  "one-idea.text": no dictionary has "${slip}": correct it, or add it to content/dictionary/${locale}.txt if it is right`
		);
		expect(misspelt(demo(), locale, new Set([slip]))).toEqual([]);
	});

	test.each([
		['en', 'Then Zdenka’s list, by Zdenka, with a well-kept password P@ssw0rd at tidy.example.com.'],
		['el', 'Το πλυντήριό μας και ό,τι θέλετε, με τη Ζντένκα.'],
		['it', 'L’ora dell’elenco è alle 1:30, all’1 e mezza, con Zdenka.'],
		['pl', 'Potem lista Zdenki, dla Zdenki i o Zdence.'],
		['es', 'Escríbelo, dámelo y léeselo a Zdenka.']
	] as const)('names, joined words and what is no word are right in %s', (locale, text) => {
		say(locale, 'one-idea', 'text', text);
		expect(listed(misspelt(demo(), locale, new Set()))).toBe('');
	});

	test('every language has a dictionary that knows its words and not those of another', () => {
		const words = { en: 'handover', el: 'παράδοση', it: 'consegna', pl: 'przekazanie', es: 'entrega' } as const;
		for (const locale of locales)
			for (const [of, word] of Object.entries(words))
				if (locale === of) expect(dictionary(locale)(word), `${word} in ${locale}`).toBe(true);
				else if (!(locale === 'it' && of === 'es')) expect(dictionary(locale)(word), `${word} in ${locale}`).toBe(false);
	});

	test('the list of exceptions has remarks and is read by line', () => {
		put(root, 'content/dictionary/pl.txt', '# A remark.\nmikropoświadczenie\n\nporzo # a tool\n');
		expect([...exceptions(root, 'pl')]).toEqual(['mikropoświadczenie', 'porzo']);
		expect(exceptions(root, 'en').size).toBe(0);
	});
});

describe('reading ease', () => {
	test('long words and sentences are told, with the index of the language', () => {
		expect(hard(demo(), 'en')).toEqual([]);
		const before = readability(demo(), 'en');
		const heavy = 'Organisational responsibilities necessitate comprehensive familiarisation with administrative documentation.';
		for (const owner of ['one-idea', 'one-story', 'one-think']) say('en', owner, 'text', `${heavy} ${owner}`);
		expect(readability(demo(), 'en')).toBeLessThan(before);
		const notes = file('en');
		const text = readFileSync(path.join(root, notes), 'utf8').replace(
			/(notes: \|\n)(?: {4}.*\n|\n)+/,
			(_, start: string) => `${start}    ${`${heavy} `.repeat(60)}\n`
		);
		put(root, notes, text);
		expect(listed(hard(demo(), 'en'))).toMatch(
			/^content\/courses\/demo\/words\/en\/course.yaml:1 {2}en reads at -?\d+\.\d \(Flesch\), at least 70/
		);
	});
});

describe('variety', () => {
	test('the 4th card that begins alike is told', () => {
		const lines = ['idea', 'story', 'think'].map((kind) => say('it', `one-${kind}`, 'text', `Ecco la cosa ${kind}.`));
		expect(listed(openings(demo()))).not.toContain('ecco');
		const line = say('it', 'two-idea', 'text', 'Ecco la cosa finale.');
		expect(lines).toHaveLength(3);
		expect(listed(openings(demo()).filter(({ message }) => message.includes('ecco')))).toBe(
			`${file('it', 'two')}:${line}  "two-idea.text" is the 4th card that begins with "ecco la cosa": begin another way`
		);
	});

	test('a text that another course has is told with both places, and the table shows the nearest', async () => {
		expect(likeness(courses()).problems).toEqual([]);
		copy('other-1');
		const { problems, nearest } = likeness(courses());
		expect(problems.length).toBeGreaterThan(50);
		expect(problems[0]!.message).toMatch(
			/^"[\w.-]+" is 100 % the text of "[\w.-]+" in content\/courses\/demo\/words\/en\/\w+\.yaml:\d+: write another$/
		);
		expect(nearest.get('demo')?.likeness).toBe(1);
		const { table } = await check(root, []);
		expect(table).toMatch(/^demo: nearest is \S+ to other-1 \S+, 100 %$/m);
	});

	test('a person at the same workplace in a third course is told', () => {
		say('en', 'one-story', 'text', 'Today Zdenka works in the hotel.');
		copy('other-1');
		expect(casts(courses())).toEqual([]);
		copy('other-2');
		expect(listed(casts(courses()).filter(({ message }) => message.includes('Zdenka')))).toMatch(
			/^content\/courses\/other-2\/words\/en\/one\.yaml:\d+ {2}"Zdenka, hotel" is already in demo and other-1: give this person another name$/
		);
	});
});

test('a check of one course says what is wrong with it alone, also while its words are not all written', async () => {
	copy('other-1');
	rmSync(path.join(root, file('el', 'two', 'other-1')));
	say('en', 'one-idea', 'text', 'He recieves the list.');
	const { problems } = await check(root, ['other-1']);
	expect(listed(problems)).toContain(`${file('el', 'two', 'other-1')}:1  this file is missing: write it`);
	expect(listed(problems)).not.toContain('recieves');
	expect(listed((await check(root, ['nothing'])).problems)).toBe('content/courses/nothing/course.yaml:1  there is no such course');
});
