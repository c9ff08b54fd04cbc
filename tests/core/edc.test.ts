import { describe, expect, test } from 'vitest';
import { credential, passport, type Node } from '#core/edc.ts';
import { locales } from '#core/text.ts';
import { award, base, describedCourses, issuer, passportAward, pictures } from './certified.ts';
import { codes, judged, missing, official, quads } from './conformity.ts';

const described = await describedCourses();
const courses = Object.keys(described);
const issuing = { issuer, base, pictures };
const of = (course: string, part = {}) => credential(award(course, 1 + courses.indexOf(course), part), described[course]!, issuing);
const whole = () =>
	passport(
		passportAward(),
		courses.map((course, at) => award(course, 1 + at)),
		described,
		issuing
	);

type Found = Record<string, unknown>;
/** Every object of a credential, at whatever depth. */
const objects = (value: unknown): Found[] =>
	Array.isArray(value)
		? value.flatMap(objects)
		: value !== null && typeof value === 'object'
			? [value as Found, ...Object.values(value).flatMap(objects)]
			: [];
const claim = (node: Node) => ((node.credentialSubject as Found).hasClaim as Found[])[0]!;
const speaks = (text: unknown) => locales.every((locale) => ((text as Record<string, string>)[locale] ?? '').trim().length > 1);

test('the twenty are here', () => expect(courses).toHaveLength(20));

describe.skipIf(missing)(`conformity to the official shapes${missing ? `: skipped, ${missing}` : ''}`, () => {
	test.each(courses)('the credential of %s conforms, by two engines, and none of it is lost in JSON-LD', async (course) => {
		for (const judgement of await judged(of(course))) expect(judgement).toEqual({ credentials: 1, conforms: true, violations: [] });
	});

	test('the Passport of twenty conforms, by two engines', async () => {
		for (const judgement of await judged(whole())) expect(judgement).toEqual({ credentials: 1, conforms: true, violations: [] });
	});

	test('a development credential without an end conforms too', async () => {
		const node = credential(award('communication', 1, { until: undefined }), described.communication!, {
			...issuing,
			issuer: { ...issuer, development: true }
		});
		for (const judgement of await judged(node)) expect(judgement).toEqual({ credentials: 1, conforms: true, violations: [] });
	});

	test.each([
		['its date of issue', (node: Node) => delete node.issued],
		['its picture', (node: Node) => delete (node.displayParameter as Found).individualDisplay],
		['the name of its issuer, at each place', (node: Node) => objects(node).forEach((one) => delete one.legalName)],
		['its schema', (node: Node) => delete node.credentialSchema],
		['the grade', (node: Node) => delete ((claim(node).provenBy as Found[])[0] as Found).grade],
		['who awarded', (node: Node) => delete claim(node).awardedBy]
	])('the shapes do find a credential without %s', async (_, harm) => {
		const node = structuredClone(of('communication'));
		harm(node);
		for (const { credentials, conforms } of await judged(node))
			expect({ credentials, conforms }).toEqual({ credentials: 1, conforms: false });
	});

	test('JSON-LD refuses a word that is not in the official context', async () => {
		await expect(quads({ ...of('communication'), invented: 'x' })).rejects.toThrow();
	});

	test('every code is in the official lists', () => {
		const known = codes();
		/** Lists that were not published with the profile: languages, and how an assessment is supervised. */
		const unlisted = /authority\/language\/(ENG|ELL|ITA|POL|SPA)$|supervision-verification\/70be69aaf9$/;
		const used = [...courses.map((course) => of(course)), whole()].flatMap(objects).filter(({ type }) => type === 'Concept');
		const ids = [...new Set(used.map(({ id }) => id as string))];
		expect(ids.length).toBeGreaterThan(15);
		expect(ids.filter((id) => !known.has(id) && !unlisted.test(id))).toEqual([]);
		expect(official).toBe('../shared/edc');
	});
});

test.each([...courses, 'passport'])('in the credential of %s one id is one thing, and has one address', (course) => {
	const seen = new Map<unknown, string>();
	const nodes = objects(course === 'passport' ? whole() : of(course)).filter(({ id }) => id !== undefined);
	for (const node of nodes) {
		const text = JSON.stringify(node);
		expect(seen.get(node.id) ?? text).toBe(text);
		seen.set(node.id, text);
		expect(String(node.id)).toMatch(/^(urn|https?):\S+$/);
	}
	expect(nodes.length).toBeGreaterThan(30);
});

test.each(courses)(
	'the credential of %s has all eleven elements of the Recommendation and the five optional ones, in five languages',
	(course) => {
		const node = of(course);
		const achievement = claim(node);
		const about = achievement.specifiedBy as Found;
		const [assessment] = achievement.provenBy as Found[];
		const outcomes = about.learningOutcome as Found[];
		const notes = (about.additionalNote as Found[]).map(({ id, noteLiteral }) => [String(id).split(`${course}-`)[1], noteLiteral] as const);
		const awarding = achievement.awardedBy as { awardingBody: [Found]; awardingDate: string };

		expect(node.credentialSubject).toMatchObject({ fullName: { en: 'Ζωή Żółć-Muñoz' }, dateOfBirth: '1990-05-01T00:00:00Z' });
		expect(node.identifier).toMatchObject([{ notation: award(course, 1 + courses.indexOf(course)).number }]);
		expect(speaks(achievement.title)).toBe(true);
		expect(JSON.stringify(awarding.awardingBody[0].location)).toContain('authority/country/CYP');
		expect(awarding.awardingBody[0]).toMatchObject({ legalName: issuer.name, eIDASIdentifier: { notation: issuer.identifier } });
		expect([awarding.awardingDate, node.issued, node.validFrom, node.issuanceDate]).toEqual(Array(4).fill('2026-06-02T12:00:00Z'));
		expect(outcomes.length).toBeGreaterThanOrEqual(4);
		expect(outcomes.every(({ title, additionalNote }) => speaks(title) && (additionalNote as Found[]).length === 1)).toBe(true);
		expect(about.volumeOfLearning).toMatch(/^PT\d+H(\d+M)?$/);
		expect((about.eqfLevel as Found).id).toBe(`http://data.europa.eu/snb/eqf/${described[course]!.eqf}`);
		expect(speaks((assessment!.specifiedBy as Found).description)).toBe(true);
		expect((assessment!.specifiedBy as Found).dcType).toMatchObject({ prefLabel: { en: 'written examination' } });
		expect(about.mode).toMatchObject({ prefLabel: { en: 'Online' } });
		expect(notes.map(([name]) => name)).toEqual(['participation', 'quality', 'stackability', 'further', 'provisional']);
		expect(notes.every(([, text]) => speaks(text))).toBe(true);
		expect(speaks((about.entryRequirement as Found).noteLiteral)).toBe(true);
		expect((assessment!.idVerification as Found).id).toBe('http://data.europa.eu/snb/supervision-verification/70be69aaf9');
		expect((assessment!.grade as Found).noteLiteral).toMatchObject({ en: 'Passed, with 80 % of the points' });
		expect(about.isPartialQualification).toBe(true);
		expect((node.displayParameter as { individualDisplay: Found[] }).individualDisplay).toHaveLength(5);
	}
);

test('a credential names its place in the status list, and its end', () => {
	expect(of('communication', { status: { list: '1', index: 7 } })).toMatchObject({
		credentialStatus: { id: `${base}/v1/status/1-revocation#7`, type: 'CredentialStatus' },
		expirationDate: '2029-06-01T12:00:00Z',
		validUntil: '2029-06-01T12:00:00Z'
	});
	expect(of('communication', { until: undefined })).not.toHaveProperty('validUntil');
});

test('a development seal is said in words, in every language, where a reader looks', () => {
	const development = credential(award('communication'), described.communication!, {
		...issuing,
		issuer: { ...issuer, development: true }
	});
	const { description } = development.displayParameter as { description: Record<string, string> };
	expect(locales.map((locale) => description[locale])).toEqual([
		expect.stringContaining('not a qualified electronic seal'),
		expect.stringContaining('δεν είναι εγκεκριμένη ηλεκτρονική σφραγίδα'),
		expect.stringContaining('non è un sigillo elettronico qualificato'),
		expect.stringContaining('nie jest kwalifikowaną pieczęcią elektroniczną'),
		expect.stringContaining('no es un sello electrónico cualificado')
	]);
	expect(JSON.stringify(of('communication'))).not.toContain('qualified electronic seal');
});

test('the Passport has the twenty as its parts, each with its grade and the number of its own certificate', () => {
	const parts = claim(whole()).hasPart as Found[];
	expect(parts.map(({ id }) => id)).toEqual(courses.map((course) => `urn:epass:learningAchievement:${course}`));
	for (const [at, part] of parts.entries()) {
		expect(JSON.stringify(part.additionalNote)).toContain(award(courses[at]!, 1 + at).number);
		expect(part).toHaveProperty('provenBy');
	}
	const hours = courses.reduce((sum, course) => sum + described[course]!.hours, 0);
	expect(claim(whole()).specifiedBy).toMatchObject({ volumeOfLearning: `PT${hours}H` });
});
