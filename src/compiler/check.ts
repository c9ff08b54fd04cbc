import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { locales } from '#core/text.ts';
import { figures } from './figures.ts';
import { checked, listed, sorted } from './laws.ts';
import { checkLocales } from './locales.ts';
import { gzip, overweight, pack, packFile, stable, wordsOf } from './pack.ts';
import type { Problem } from './source.ts';

/** The figures of every course and language as a table, and all problems of a project's content and words. */
export function check(root: string): { table: string; problems: Problem[] } {
	const { courses, problems } = checked(path.join(root, 'content'));
	const head = ['course', 'language', 'words', 'cards', 'sentences', 'mean', 'longest', 'scenes', 'bytes'];
	const rows = courses.flatMap((written) => [
		...locales.map((locale) => {
			const { words, cards, sentences, mean, longest, scenes } = figures(written, locale);
			const bytes = gzip(stable(wordsOf(written.course.words)[locale])).length;
			return [written.id, locale, words, cards, sentences, mean.toFixed(1), longest, `${Math.round(scenes * 100)} %`, bytes].map(String);
		}),
		...whole(written, problems)
	]);
	const interfaceWords = path.join(root, 'locales');
	if (existsSync(interfaceWords)) problems.push(...checkLocales(interfaceWords));
	return { table: aligned([head, ...rows]), problems: sorted(problems) };
}

/** The row of the whole pack, if its pictures can be drawn. */
function whole(written: Parameters<typeof pack>[0], problems: Problem[]): string[][] {
	if (problems.some(({ file, severity }) => severity === 'error' && file === `content/courses/${written.id}/course.yaml`)) return [];
	const { bytes } = packFile(pack(written)).ref;
	problems.push(...overweight(written, bytes));
	return [[written.id, 'all', '', '', '', '', '', '', String(bytes)]];
}

function aligned(rows: string[][]): string {
	const widths = rows[0]!.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
	return rows.map((row) => row.map((cell, at) => (at < 2 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')).join('\n');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
	const { table, problems } = check(process.cwd());
	const errors = problems.filter(({ severity }) => severity === 'error').length;
	console.log(table);
	if (problems.length) console.log(`\n${listed(problems)}`);
	console.log(`\n${errors} errors, ${problems.length - errors} warnings`);
	process.exitCode = errors ? 1 : 0;
}
