import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Award, Described, Issuer } from '#core/award.ts';
import type { PassportAward } from '#core/edc.ts';
import type { Locale } from '#core/text.ts';
import { compile } from '#compiler/compile.ts';
import { packKey } from '#compiler/key.ts';
import { readDescribed } from '#server/certification/described.ts';

/** 2 June 2026, noon. */
export const issued = Date.UTC(2026, 5, 2, 12);
const year = 365 * 86_400_000;

/** A folder with the packs of all courses: those of the last build, else compiled now. */
export async function packs(): Promise<string> {
	if (existsSync('build/packs/catalogue.json')) return 'build/packs';
	const at = mkdtempSync(join(tmpdir(), 'packs-'));
	const { problems } = await compile({ content: 'content', out: at, key: await packKey(at) });
	const errors = problems.filter(({ severity }) => severity === 'error');
	if (errors.length) throw new Error(`content is not compiled: ${JSON.stringify(errors)}`);
	return at;
}

/** What credentials say of all courses, by course. */
export const describedCourses = async (): Promise<Record<string, Described>> => readDescribed(await packs());

export const issuer: Issuer = {
	name: { en: 'Test body', el: 'Φορέας δοκιμής', it: 'Ente di prova', pl: 'Instytucja testowa', es: 'Entidad de prueba' },
	identifier: 'NTRCY-00000000',
	country: 'CYP',
	homepage: 'https://body.example',
	development: false
};

export const base = 'https://endpoint.example';

/** The smallest PNG there is, once for each language. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
export const pictures: Record<Locale, string> = { en: pixel, el: pixel, it: pixel, pl: pixel, es: pixel };

/** An award for a course of the catalogue, with what matters given and the rest made up; `n` makes it one of its own. */
export const award = (course: string, n = 1, part: Partial<Award> = {}): Award => ({
	id: `urn:uuid:0190a000-0000-7000-8000-${String(n).padStart(12, '0')}`,
	number: `C-${String(n).padStart(6, '0')}`,
	course,
	edition: 1,
	holder: { name: 'Ζωή Żółć-Muñoz', born: '1990-05-01' },
	issued,
	until: issued + 3 * year,
	score: 80,
	scheme: { id: 'passport', version: 1, edition: 'ISO/IEC 17024:2012' },
	status: { list: '1', index: 1000 + n },
	...part
});

/** The record of a Passport. */
export const passportAward = (n = 900): PassportAward => {
	const { id, number, holder, issued: at, until, scheme, status } = award('passport', n);
	return { id, number, holder, issued: at, until, scheme, status };
};
