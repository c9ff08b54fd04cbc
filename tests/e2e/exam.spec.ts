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

/**
 * Those of `secrets`, each of more than 40 signs, that stand in a text. One that does has a whole block of 20 signs there that begins
 * at a multiple of 20: so the text is gone through once, however many secrets there are.
 */
function found(text: string, secrets: string[]): string[] {
	const block = 20;
	const places = new Map<string, { secret: string; at: number }[]>();
	for (const secret of secrets)
		for (let at = 0; at + block <= secret.length; at++) {
			const part = secret.slice(at, at + block);
			places.set(part, [...(places.get(part) ?? []), { secret, at }]);
		}
	const there = new Set<string>();
	for (let at = 0; at + block <= text.length; at += block)
		for (const place of places.get(text.slice(at, at + block)) ?? [])
			if (text.startsWith(place.secret, at - place.at)) there.add(place.secret);
	return [...there];
}

/** The names that a text holds in quotes, and all beginnings of those after a slash. */
function named(text: string): Set<string> {
	const quoted = new Set(text.match(/(?<=")[\w-]+(?=")/g));
	const parts = new Set(text.match(/(?<=\/)[\w-]+/g));
	return new Set([...quoted, ...[...parts].flatMap((part) => Array.from(part, (_, at) => part.slice(0, at + 1)))]);
}

test('no question, option, explanation or name of an exam item is in anything that a phone can get', () => {
	test.setTimeout(120_000);
	const served = ['build/app', 'build/packs'].flatMap(files).filter((file) => !/\.(png|mp3|ogg|br|gz)$/.test(file));
	expect(served.some((file) => file.endsWith('.pack'))).toBe(true);
	const all = served.map((file) => (file.endsWith('.pack') ? gunzipSync(readFileSync(file)) : readFileSync(file)).toString()).join('\n');
	const plain = all.replaceAll('\\"', '"');
	const names = named(plain);
	const known = courseWords('el')['listen-e1.scene']!; // what is searched is what is served
	expect(found(plain, [known])).toEqual([known]);
	expect(names).toContain('listen-e1');

	/** The texts of items that nothing else may say, the longest two of each in each language: short options ("at 9:00") can stand anywhere. */
	const secrets: string[] = [];
	for (const course of readdirSync('content/exams')) {
		const bank = ExamBank.parse(parse(readFileSync(`content/exams/${course}/exam.yaml`, 'utf8')));
		expect(bank.items.length).toBeGreaterThanOrEqual(30);
		const words = locales.map((locale) => texts(`content/exams/${course}/words/${locale}/exam.yaml`));
		const secret = bank.items
			.flatMap((item) =>
				words.flatMap((texts) => [asked(item), explained(item)].map((keys) => longest(keys.map((key) => texts[key]?.trim() ?? ''))))
			)
			.filter((text) => text.length > 40);
		expect(secret.length).toBeGreaterThan(200);
		secrets.push(...secret);
		expect(
			bank.items.map(({ id }) => id).filter((id) => names.has(id)),
			course
		).toEqual([]);
	}
	expect(found(plain, secrets)).toEqual([]);
});
