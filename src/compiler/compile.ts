import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Catalogue, Signed, format, type Offered } from '#core/pack.ts';
import { SchemePage, type Scheme } from '#core/scheme.ts';
import type { WrittenCourse } from './content.ts';
import { bank } from './exams.ts';
import { genuine, signed, type PackKey } from './key.ts';
import { checked, sorted } from './laws.ts';
import { about, contents, fileAfter, overweight, pack, stable, wordsOf, type Made } from './pack.ts';
import { single } from './picture.ts';
import type { Problem } from './source.ts';

/** What a compilation found and did: problems, the files it wrote (from `out` or `exams`), and the pack of each course as it is offered. */
export type Compiled = { problems: Problem[]; written: string[]; packs: Record<string, Offered> };

/** Where content is, where what is made of it goes, and the key that signs it. */
export type Task = { content: string; out: string; exams?: string; key: PackKey };

/**
 * Compiles the folder `content` of a project into packs in the folder `out`: two `files/<sha256>.pack` for each course (text, pictures), its
 * signed `<course>/about.json`, and the signed `scheme.json` and `catalogue.json`, last. The exam banks, with their keys, and the scheme go
 * to the folder `exams`, which is the endpoint's alone; nowhere if it is not given. With a problem of severity error nothing is written. Only
 * what changed is written; packs and banks that no course has any more are removed, recordings stay.
 */
export async function compile({ content, out, exams, key }: Task): Promise<Compiled> {
	const { courses, catalogue, scheme, problems } = checked(content);
	if (!catalogue || !scheme || problems.some(({ severity }) => severity === 'error')) return { problems, written: [], packs: {} };
	const before = await kept(out);
	const made: { course: WrittenCourse; text: Made; pictures: Made }[] = [];
	for (const course of courses) {
		const { text, pictures } = contents(pack(course));
		const own = before?.packs[course.id];
		const files = path.join(out, 'files');
		made.push({ course, text: await fileAfter(text, files, own?.text), pictures: await fileAfter(pictures, files, own?.pictures) });
	}
	problems.push(...made.flatMap(({ course, text }) => overweight(course, text.ref.bytes)));
	if (problems.some(({ severity }) => severity === 'error')) return { problems: sorted(problems), written: [], packs: {} };

	const packs = Object.fromEntries(
		made.map(({ course, text, pictures }): [string, Offered] => [
			course.id,
			{ edition: course.course.structure.edition, text: text.ref, pictures: pictures.ref }
		])
	);
	const { credentials } = catalogue.structure;
	const payload = stable(
		Catalogue.parse({
			format,
			credentials,
			words: wordsOf(catalogue.words),
			pictures: Object.fromEntries(credentials.map(({ picture }) => [picture, single(picture)])),
			packs
		})
	);
	const files = made.flatMap(({ text, pictures }) => [text, pictures]);
	const written = files.flatMap(({ ref, bytes }) => put(out, `files/${ref.sha256}.pack`, bytes));
	for (const { course } of made) written.push(...(await seal(out, `${course.id}/about.json`, stable(about(course)), key)));
	const page = { format: 1, scheme: scheme.structure, words: wordsOf(scheme.words) };
	written.push(...(await seal(out, 'scheme.json', stable(SchemePage.parse(page)), key)));
	written.push(...(await seal(out, shelf, payload, key)));
	for (const name of readdirSync(path.join(out, 'files')))
		if (name.endsWith('.pack') && !files.some(({ ref }) => name === `${ref.sha256}.pack`)) rmSync(path.join(out, 'files', name));
	if (exams) written.push(...putExams(exams, scheme.structure, courses));
	return { problems, written, packs };
}

const shelf = 'catalogue.json';

/** The catalogue that a folder of packs holds; undefined if there is none that can be read. */
export async function kept(out: string): Promise<Catalogue | undefined> {
	try {
		return Catalogue.parse(JSON.parse(Signed.parse(JSON.parse(await readFile(path.join(out, shelf), 'utf8'))).payload));
	} catch {
		return undefined; // of another format, damaged, or not there: it is made anew
	}
}

/** Writes the scheme and the exam banks for the endpoint, and removes the banks that no course has any more. */
function putExams(exams: string, scheme: Scheme, courses: WrittenCourse[]): string[] {
	const banks = courses.flatMap((course) => bank(course) ?? []);
	const made = [{ name: 'scheme.json', content: scheme }, ...banks.map((content) => ({ name: `${content.course}.json`, content }))];
	const written = made.flatMap(({ name, content }) => put(exams, name, new TextEncoder().encode(stable(content))));
	for (const name of readdirSync(exams))
		if (name.endsWith('.json') && !made.some((one) => one.name === name)) rmSync(path.join(exams, name));
	return written;
}

/** Writes a signed text, unless the file holds it already. */
async function seal(out: string, name: string, payload: string, key: PackKey): Promise<string[]> {
	if (await current(path.join(out, name), payload, key)) return [];
	return put(out, name, new TextEncoder().encode(JSON.stringify(await signed(payload, key))));
}

/** Writes a file whole or not at all, unless it has these bytes already. */
function put(out: string, name: string, bytes: Uint8Array): string[] {
	const file = path.join(out, name);
	if (existsSync(file) && readFileSync(file).equals(bytes)) return [];
	mkdirSync(path.dirname(file), { recursive: true });
	writeFileSync(`${file}.${process.pid}`, bytes);
	renameSync(`${file}.${process.pid}`, file);
	return [name];
}

/** Whether a file holds this text, signed by this key: a signature is new each time, so it is kept. */
async function current(file: string, payload: string, key: PackKey): Promise<boolean> {
	if (!existsSync(file)) return false;
	let held: unknown;
	try {
		held = JSON.parse(readFileSync(file, 'utf8'));
	} catch {
		return false;
	}
	const { data } = Signed.safeParse(held);
	return data?.payload === payload && (await genuine(data, key.publicJwk));
}
