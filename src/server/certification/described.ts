import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Described } from '#core/award.ts';
import { About, Catalogue, Signed } from '#core/pack.ts';
import { locales } from '#core/text.ts';

/**
 * What credentials say of each course, by course: from the catalogue and what is read before the download, in a folder of packs. A course
 * that is not written yet is not in it. Throws with the path if a file cannot be read.
 */
export function readDescribed(packs: string): Record<string, Described> {
	const catalogue = read(join(packs, 'catalogue.json'), Catalogue);
	return Object.fromEntries(
		catalogue.credentials.flatMap(({ id, framework, competence, eqf, provisional }, at) => {
			if (!catalogue.packs[id]) return [];
			const { descriptor, outcomes, words } = read(join(packs, id, 'about.json'), About);
			const titled = locales.map((locale) => [
				locale,
				{
					...words[locale],
					...Object.fromEntries(['title', 'plain'].map((name) => [`course.${name}`, catalogue.words[locale][`${id}.${name}`]!]))
				}
			]);
			const described = {
				course: id,
				place: at + 1,
				framework,
				competence,
				eqf,
				hours: descriptor.workload.hours,
				provisional: provisional || descriptor.eqf.provisional || descriptor.workload.provisional,
				outcomes,
				words: Object.fromEntries(titled)
			};
			return [[id, Described.parse(described)]];
		})
	);
}

function read<T>(path: string, schema: { parse(value: unknown): T }): T {
	try {
		return schema.parse(JSON.parse(Signed.parse(JSON.parse(readFileSync(path, 'utf8'))).payload));
	} catch (cause) {
		throw new Error(`${path} cannot be read: build the app first (npm run build:app)`, { cause });
	}
}
