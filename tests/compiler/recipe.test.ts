import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { check } from '#compiler/check.ts';
import { compile } from '#compiler/compile.ts';
import { packKey } from '#compiler/key.ts';
import { listed } from '#compiler/laws.ts';
import { locales } from '#core/text.ts';
import { project, put } from './fixture.ts';

const root = mkdtempSync(path.join(tmpdir(), 'recipe-'));
afterAll(() => rmSync(root, { recursive: true }));

const edit = (file: string, change: (value: Record<string, unknown>) => void) => {
	const value = parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, unknown>;
	change(value);
	put(root, file, stringify(value, { lineWidth: 0 }));
};

test('the recipe "Add a course", step by step, gives a twenty-first course beside those that are there', { timeout: 180_000 }, async () => {
	cpSync('content', path.join(root, 'content'), { recursive: true, filter: (from) => !/\/(courses|exams)\/(?!communication)/.test(from) });
	const files = project();

	// 1. Its line in the catalogue and its words in five languages.
	const line = {
		id: 'demo',
		framework: 'lifecomp',
		competence: 'S1',
		eqf: 4,
		minutes: 60,
		picture: 'paperclip',
		provisional: true,
		status: 'proposed'
	};
	edit('content/catalogue.yaml', (value) => (value['credentials'] as unknown[]).push(line));
	expect(listed((await check(root)).problems)).toContain('content/catalogue/el.yaml');
	for (const locale of locales) {
		const words = parse(files[`content/catalogue/${locale}.yaml`]!) as Record<string, unknown>;
		edit(`content/catalogue/${locale}.yaml`, (value) => (value['demo'] = words['demo']));
	}

	// 2. and 3. The course and its exam.
	for (const [file, text] of Object.entries(files)) if (/^content\/(courses|exams)\//.test(file)) put(root, file, text);

	// 4. The check of this course alone; then of all.
	const own = await check(root, ['demo']);
	expect(own.table).toMatch(/^demo +en /m);
	expect(own.problems.filter(({ severity, message }) => severity === 'error' && !message.includes('begins with'))).toEqual([]); // made by counting, its cards begin alike
	expect((await check(root)).problems.filter(({ file }) => !/\/demo\//.test(file))).toEqual([]);

	// A learner finds it.
	const { packs, problems } = await compile({
		content: path.join(root, 'content'),
		out: path.join(root, 'packs'),
		key: await packKey(root)
	});
	expect(listed(problems)).toBe('');
	expect(Object.keys(packs).sort()).toEqual(['communication', 'demo']);
	const { payload } = JSON.parse(readFileSync(path.join(root, 'packs/catalogue.json'), 'utf8')) as { payload: string };
	const catalogue = JSON.parse(payload) as { credentials: { id: string }[]; words: Record<string, Record<string, string>> };
	expect(catalogue.credentials).toHaveLength(21);
	for (const locale of locales) expect(catalogue.words[locale]!['demo.plain']).toBeTruthy();
});
