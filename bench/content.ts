import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalogue, Signed } from '#core/pack.ts';
import { packs, refuse } from './browser.ts';
import { figure, report } from './report.ts';

/**
 * What a course takes of the line: the bytes of its text file, in all languages, as the catalogue lists it; and the seconds that
 * the check of all content takes. `npx tsx bench/content.ts [runs]`; prints JSON.
 */
const [runs = 3] = process.argv.slice(2).map(Number);
const file = join(packs, 'catalogue.json');

if (!existsSync(file)) refuse('the content is not compiled: run `npm run build:app` first');
else {
	const { packs: courses } = Catalogue.parse(JSON.parse(Signed.parse(JSON.parse(readFileSync(file, 'utf8'))).payload));
	const seconds: number[] = [];
	for (let at = 0; at < runs; at++) {
		const begun = performance.now();
		spawnSync('npm', ['run', '--silent', 'content'], { stdio: 'ignore' }); // it fails while words are missing, and takes the same time
		seconds.push(Number(((performance.now() - begun) / 1000).toFixed(2)));
	}
	report('content', [
		...Object.entries(courses).map(([course, { text }]) => figure(`text of ${course}`, 'bytes', 120_000, [text.bytes])),
		figure('text of all courses', 'bytes', 2_000_000, [Object.values(courses).reduce((sum, { text }) => sum + text.bytes, 0)]),
		figure('check of all content', 's', 30, seconds)
	]);
}
