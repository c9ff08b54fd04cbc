import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Catalogue, Signed, format, type FileRef } from '#core/pack.ts';
import { genuine, signed, type PackKey } from './key.ts';
import { checked, sorted } from './laws.ts';
import { overweight, pack, packFile, stable, wordsOf } from './pack.ts';
import { single } from './picture.ts';
import type { Problem } from './source.ts';

/** What a compilation found and did: problems, the files it wrote (from `out`), and the text file of each course. */
export type Compiled = { problems: Problem[]; written: string[]; packs: Record<string, { edition: number; text: FileRef }> };

/**
 * Compiles the folder `content` of a project into packs in the folder `out`: `files/<sha256>.pack` for each course, and the signed
 * `catalogue.json`. With a problem of severity error nothing is written. Only what changed is written; packs that no course has any more
 * are removed, recordings stay.
 */
export async function compile({ content, out, key }: { content: string; out: string; key: PackKey }): Promise<Compiled> {
	const { courses, catalogue, problems } = checked(content);
	if (!catalogue || problems.some(({ severity }) => severity === 'error')) return { problems, written: [], packs: {} };
	const made = courses.map((course) => ({ course, ...packFile(pack(course)) }));
	problems.push(...made.flatMap(({ course, ref }) => overweight(course, ref.bytes)));
	if (problems.some(({ severity }) => severity === 'error')) return { problems: sorted(problems), written: [], packs: {} };

	const packs = Object.fromEntries(made.map(({ course, ref }) => [course.id, { edition: course.course.structure.edition, text: ref }]));
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
	const written = made.flatMap(({ ref, bytes }) => put(out, `files/${ref.sha256}.pack`, bytes));
	const shelf = 'catalogue.json';
	if (!(await current(path.join(out, shelf), payload, key)))
		written.push(...put(out, shelf, new TextEncoder().encode(JSON.stringify(await signed(payload, key)))));
	for (const name of readdirSync(path.join(out, 'files')))
		if (name.endsWith('.pack') && !made.some(({ ref }) => name === `${ref.sha256}.pack`)) rmSync(path.join(out, 'files', name));
	return { problems, written, packs };
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
