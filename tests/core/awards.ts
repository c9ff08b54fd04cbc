import { createHash } from 'node:crypto';
import type { Award, Described, Issuer } from '#core/award.ts';
import { locales } from '#core/text.ts';

/** A body that certifies, as credentials name it. */
export const issuer: Issuer = {
	name: Object.fromEntries(locales.map((locale) => [locale, `Certification body (${locale})`])) as Issuer['name'],
	identifier: 'VATEL-123456789',
	country: 'GRC',
	homepage: 'https://certification.example',
	development: true
};

/** The course at a place among the twenty, from 1. */
export const course = (place: number): string => `course-${place}`;

/** An award for the course at a place, with what matters given and the rest made up. */
export const award = (place: number, part: Partial<Award> = {}): Award => ({
	id: `urn:uuid:0190a0a0-1111-7222-8333-${String(place).padStart(12, '0')}`,
	number: `C-${String(place).padStart(6, '0')}`,
	course: course(place),
	edition: 1,
	holder: { name: 'Maria Papadopoulou', born: '1990-02-03' },
	issued: Date.UTC(2026, 9, 1) + place * 9 * 86_400_000,
	until: Date.UTC(2031, 9, 1),
	score: 85,
	scheme: { id: 'passport', version: 1, edition: '2012' },
	status: { list: '1', index: (place * 77_777) % 131_072 },
	...part
});

const words = (place: number) => ({
	'course.title': `Course ${place}`,
	'course.plain': `What course ${place} is about.`,
	'first.text': 'Check what you understood.',
	'second.text': 'Ask for help in time.',
	'descriptor.assessment': 'A digital exam with short scenes from work.'
});

/** What each of the twenty courses is, by course. */
export const described: Record<string, Described> = Object.fromEntries(
	Array.from({ length: 20 }, (_, at) => [
		course(at + 1),
		{
			course: course(at + 1),
			place: at + 1,
			framework: (['lifecomp', 'digcomp', 'entrecomp', 'greencomp'] as const)[at % 4]!,
			competence: `${1 + (at % 4)}.${1 + (at % 3)}`,
			eqf: at % 2 ? 5 : 4,
			hours: 8,
			provisional: true,
			outcomes: [
				{ id: 'first', type: 'knowledge', source: 'LifeComp S2.3' },
				{ id: 'second', type: 'skill', source: 'LifeComp S2.2' }
			],
			words: Object.fromEntries(locales.map((locale): [string, Record<string, string>] => [locale, words(at + 1)])) as Described['words']
		} satisfies Described
	])
);

/** Awards for all twenty courses. */
export const all = (part: Partial<Award> = {}): Award[] => Array.from({ length: 20 }, (_, at) => award(at + 1, part));

export const sha256 = (text: string | Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(text).digest());
