import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { schemeParts } from '#core/scheme.ts';
import { locales, type Locale } from '#core/text.ts';
import { exceptions, misspelt } from './dictionary.ts';
import { figures } from './figures.ts';
import { likeness } from './likeness.ts';
import { hard, readability, tooHard } from './readability.ts';
import { casts, openings } from './variety.ts';
import { checked, listed, sorted } from './laws.ts';
import { checkLocales } from './locales.ts';
import { kept } from './compile.ts';
import { budget, contents, sizeAfter, overweight, pack, stable, weight, wordsOf } from './pack.ts';
import { refuse, type Problem } from './source.ts';

/** The figures of every course and language as a table, and all problems of a project's content and words; or of the courses in `only` alone. */
export async function check(root: string, only: string[] = []): Promise<{ table: string; problems: Problem[] }> {
	const unknown = only.filter((id) => !existsSync(path.join(root, 'content/courses', id)));
	if (unknown.length)
		return {
			table: '',
			problems: unknown.map((id) => refuse({ file: `content/courses/${id}/course.yaml`, line: 1 }, 'there is no such course'))
		};
	const { courses, scheme, problems } = checked(path.join(root, 'content'), only);
	const head = ['course', 'language', 'words', 'cards', 'sentences', 'mean', 'longest', 'ease', 'scenes', 'bytes'];
	const near = likeness(courses);
	problems.push(...near.problems, ...casts(courses), ...courses.flatMap(openings));
	const rows: string[][] = [];
	const known = Object.fromEntries(locales.map((locale) => [locale, exceptions(root, locale)])) as Record<Locale, Set<string>>;
	for (const written of courses) {
		for (const locale of locales) {
			const { words, cards, sentences, mean, longest, scenes } = figures(written, locale);
			problems.push(...misspelt(written, locale, known[locale]), ...hard(written, locale));
			const ease = readability(written, locale).toFixed(0);
			const bytes = weight(stable(wordsOf(written.course.words)[locale]));
			rows.push(
				[written.id, locale, words, cards, sentences, mean.toFixed(1), longest, ease, `${Math.round(scenes * 100)} %`, bytes].map(String)
			);
		}
		rows.push(...(await whole(root, written, problems)));
	}
	if (scheme)
		for (const locale of locales)
			problems.push(
				...misspelt({ course: scheme }, locale, known[locale]),
				...tooHard(
					schemeParts.map((name) => `${name}.text`),
					scheme.words[locale],
					locale
				)
			);
	const interfaceWords = path.join(root, 'locales');
	if (existsSync(interfaceWords)) problems.push(...checkLocales(interfaceWords));
	const mine = ({ file }: Problem) => !only.length || only.some((id) => new RegExp(`^content/(courses|exams)/${id}/`).test(file));
	const nearest = [...near.nearest].map(([course, { one, other, likeness }]) => {
		const [own, far] = one.course === course ? [one, other] : [other, one];
		return `${course}: nearest is ${own.key} to ${far.course} ${far.key}, ${Math.round(likeness * 100)} %`;
	});
	return { table: [aligned([head, ...rows]), ...nearest].join('\n'), problems: sorted(problems.filter(mine)) };
}

/** The rows of the two files of a pack, if it can be made. */
async function whole(root: string, written: Parameters<typeof pack>[0], problems: Problem[]): Promise<string[][]> {
	if (problems.some(({ file, severity }) => severity === 'error' && file.startsWith(`content/courses/${written.id}/`))) return [];
	const { text, pictures } = contents(pack(written));
	const packs = path.join(root, 'build/packs');
	const before = (await kept(packs))?.packs[written.id];
	const folder = path.join(packs, 'files');
	const sizes = {
		text: await sizeAfter(text, folder, before?.text, budget.goal),
		pictures: await sizeAfter(pictures, folder, before?.pictures, budget.goal)
	};
	problems.push(...overweight(written, sizes.text.bytes));
	return Object.entries(sizes).map(([name, { bytes, most }]) => [
		written.id,
		name,
		'',
		'',
		'',
		'',
		'',
		'',
		'',
		`${most ? '≤ ' : ''}${bytes}`
	]);
}

function aligned(rows: string[][]): string {
	const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
	return rows.map((row) => row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')).join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const { table, problems } = await check(process.cwd(), process.argv.slice(2));
	const errors = problems.filter(({ severity }) => severity === 'error').length;
	console.log(table);
	if (problems.length) console.log(`\n${listed(problems)}`);
	console.log(`\n${errors} errors, ${problems.length - errors} warnings`);
	process.exitCode = errors ? 1 : 0;
}
