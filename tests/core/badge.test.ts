import { expect, test } from 'vitest';
import { badge, passportBadge } from '#core/badge.ts';
import { all, award, described, issuer } from './awards.ts';

const origin = { did: 'did:key:z6MkTest', base: 'https://passport.example' };
type Subject = {
	identifier: { identityHash: string }[];
	licenseNumber: string;
	achievement: { name: string; criteria: { narrative: string }; alignment: { targetCode: string; targetFramework: string }[] };
	result?: { value: string }[];
};
const subject = (of: { [member: string]: unknown }) => of['credentialSubject'] as Subject;

test('a badge says who holds what, how it was shown, at which level, and where it can be looked up', () => {
	const made = badge(award(3), described['course-3']!, issuer, origin);
	expect(made).toMatchObject({
		id: award(3).id,
		name: 'Course 3',
		validFrom: '2026-10-28T00:00:00Z',
		validUntil: '2031-10-01T00:00:00Z',
		issuer: { id: 'did:key:z6MkTest', name: 'Certification body (en)' },
		credentialStatus: {
			type: 'BitstringStatusListEntry',
			statusPurpose: 'revocation',
			statusListIndex: String(award(3).status.index),
			statusListCredential: 'https://passport.example/v1/status/1-revocation'
		}
	});
	const { identifier, licenseNumber, achievement, result } = subject(made);
	expect(identifier.map(({ identityHash }) => identityHash)).toEqual(['Maria Papadopoulou']);
	expect(licenseNumber).toBe('C-000003');
	expect(achievement.criteria.narrative).toContain('Check what you understood.');
	expect(achievement.criteria.narrative).toContain('8 hours');
	expect(achievement.alignment.map(({ targetCode }) => targetCode)).toEqual(['3.3', '4']);
	expect(achievement.alignment[0]!.targetFramework).toMatch(/^EntreComp/);
	expect(result?.map(({ value }) => value)).toEqual(['85']);
});

test('a badge without an end has none', () => {
	expect(badge(award(3, { until: undefined }), described['course-3']!, issuer, origin)).not.toHaveProperty('validUntil');
});

test('a badge of a development issuer says in words that it is not official, and a real one does not', () => {
	const made = (development: boolean) => JSON.stringify(badge(award(3), described['course-3']!, { ...issuer, development }, origin));
	expect(made(true)).toContain('development only');
	expect(made(false)).not.toContain('development');
});

test('a badge does not carry the date of birth', () => {
	expect(JSON.stringify(badge(award(3), described['course-3']!, issuer, origin))).not.toContain('1990');
});

test('the badge of a Passport names every micro-credential in it, with its number', () => {
	const passport = { ...award(1), id: 'urn:uuid:0190a0a0-9999-7222-8333-000000000001', number: 'P-000001', awards: all() };
	const { achievement, licenseNumber, result } = subject(passportBadge(passport, described, issuer, origin));
	expect(licenseNumber).toBe('P-000001');
	for (const { course, number } of all())
		expect(achievement.criteria.narrative).toContain(`${described[course]!.words.en['course.title']} (${number})`);
	expect(achievement.alignment).toHaveLength(20);
	expect(result).toBeUndefined();
});
