import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { asked, explained } from '#core/item.ts';
import { ExamBank } from '#core/course.ts';
import { locales } from '#core/text.ts';
import { expect, test } from './site.ts';
import { courseWords, texts } from './person.ts';

const files = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]
	);

const longest = (texts: string[]) => texts.reduce((long, text) => (text.length > long.length ? text : long), '');

test('no question, option, explanation or name of an exam item is in anything that a phone can get', () => {
	test.setTimeout(120_000);
	const served = ['build/app', 'build/packs'].flatMap(files).filter((file) => !/\.(png|mp3|ogg|br|gz)$/.test(file));
	expect(served.some((file) => file.endsWith('.pack'))).toBe(true);
	const all = served.map((file) => (file.endsWith('.pack') ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString()).join('\n');
	const plain = all.replaceAll('\\"', '"');
	expect(plain).toContain(courseWords('el')['listen-e1.scene']!); // what is searched is what is served

	for (const course of readdirSync('content/exams')) {
		const bank = ExamBank.parse(parse(readFileSync(`content/exams/${course}/exam.yaml`, 'utf8')));
		expect(bank.items.length).toBeGreaterThanOrEqual(30);
		const words = locales.map((locale) => texts(`content/exams/${course}/words/${locale}/exam.yaml`));
		/** The texts of an item that nothing else may say, its longest two in each language: short options ("at 9:00") can stand anywhere. */
		const secret = bank.items
			.flatMap((item) =>
				words.flatMap((texts) => [asked(item), explained(item)].map((keys) => longest(keys.map((key) => texts[key]?.trim() ?? ''))))
			)
			.filter((text) => text.length > 40);
		expect(secret.length).toBeGreaterThan(200);
		expect(
			secret.filter((text) => plain.includes(text)),
			course
		).toEqual([]);
		const names = bank.items.map(({ id }) => id);
		expect(
			names.filter((name) => all.includes(`"${name}"`) || all.includes(`/${name}`)),
			course
		).toEqual([]);
	}
});
