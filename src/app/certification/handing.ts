import type { Text } from '#device/certification/credential.ts';
import type { Handed } from '#device/certification/sharing.ts';
import type { Held, Kept } from '#device/certification/wallet.ts';
import type { I18n } from '../i18n.svelte.ts';

/** The sealed European Digital Credential, or the Open Badge of the same record. */
export type Format = 'edc' | 'badge';

/** The file of a credential in a format; none if the phone does not have it. */
export function filesOf({ course, number, edc, badge, added }: Kept, format: Format): Handed[] {
	const name = [course ?? (course === null ? 'passport' : 'credential'), number ?? String(added)].join('-').replace(/[^\w-]/g, '');
	if (format === 'edc') return [{ name: `${name}.jsonld`, type: 'application/ld+json', text: edc }];
	return badge ? [{ name: `${name}.openbadge.json`, type: 'application/json', text: badge }] : [];
}

/** The line of a credential for a CV, in the language of the moment. */
export function line({ contents }: Held, { t, date }: I18n, say: (text: Text) => string): string {
	const { title, issuer, issued, number, achievement, parts } = contents;
	const facts = [
		achievement.level && t('catalogue.level', { level: achievement.level }),
		achievement.hours && t('passport.hours', { count: achievement.hours }),
		parts.length > 0 && t('passport.parts', { count: parts.length })
	].filter(Boolean);
	return [
		t(parts.length ? 'passport.cv.whole' : 'passport.cv.one', { title: say(title) }) + (facts.length ? ` (${facts.join(', ')})` : ''),
		say(issuer),
		issued && date(issued),
		number && t('passport.cv.number', { number })
	]
		.filter(Boolean)
		.join(', ');
}
