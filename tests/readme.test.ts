import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** What the README says of the project must be there: whoever follows it finds the file, the command and the test that it names. */
const readme = readFileSync('README.md', 'utf8');
const between = (from: string, to: string) => readme.slice(readme.indexOf(from), readme.indexOf(to));
const cells = (line: string) => line.split(/(?<!\\)\|/).map((cell) => cell.trim());
const rows = (text: string) =>
	text
		.split('\n')
		.filter((line) => line.startsWith('| ') && !/^\| -/.test(line))
		.map((line) => cells(line).slice(1, -1));
const source = (name: string) =>
	[`tests/${name}.test.ts`, `tests/e2e/${name}.spec.ts`, `tests/${name}.spec.ts`].find((path) => existsSync(path));
const plain = (text: string) => text.replaceAll(/[\s’'`"“”\\]+/g, ' ');

/** What stands between the dots and commas of a test's name, without what the README adds in brackets. */
const fragments = (text: string) =>
	text
		.replaceAll(/\([^)]*\)/g, '')
		.split(/[…,]/)
		.map((one) => plain(one).trim())
		.filter((one) => one);

const proofs = rows(between('## Certification', '## Figures'))
	.map((row) => row.at(-1)!)
	.flatMap((cell) => {
		let name = '';
		return cell.split(/;\s+/).map((part) => {
			const [, named, rest] = /^`([\w/-]+)`:?\s*(.*)$/.exec(part) ?? [];
			name = named ?? name;
			return { name, says: fragments(named === undefined ? part : rest!) };
		});
	})
	.filter(({ name }) => name);

describe('the README', () => {
	test('names proofs', () => expect(proofs.length).toBeGreaterThan(60));

	test.each(proofs.map(({ name, says }) => [name, says.join(' … '), says] as const))(
		'names a test that is there: %s: %s',
		(name, _, says) => {
			const path = source(name);
			expect(path, name).toBeTruthy();
			const text = plain(readFileSync(path!, 'utf8'));
			for (const fragment of says) expect(text).toContain(fragment);
		}
	);

	test.each(
		[...readme.matchAll(/`((?:src|tests|content|locales|bench|static|server|core|device|app|compiler)\/[\w./[\]()-]+)`/g)].map(
			([, path]) => path!
		)
	)('names a path that is there: %s', (path) => {
		const bare = path.replace(/\/$/, '');
		const found =
			[bare, `${bare}.ts`, `${bare}.svelte.ts`, `src/${bare}`, `src/${bare}.ts`, `src/${bare}.svelte.ts`].some((one) => existsSync(one)) ||
			!!source(bare);
		expect(found, path).toBe(true);
	});

	test.each([...readme.matchAll(/`?npm run ([\w:]+)/g)].map(([, script]) => script!))(
		'names a command that is there: npm run %s',
		(script) => {
			expect(Object.keys((JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: object }).scripts)).toContain(script);
		}
	);
});
