import type { I18n } from '#app/i18n.svelte.ts';
import { minutes as granted } from '#core/draw.ts';
import type { Scheme, schemeParts } from '#core/scheme.ts';

/** A value of the scheme in words, and whether it is provisional. */
export type Fact = { text: string; provisional: boolean };

/** The values of the scheme in words, under the part of the page that they belong to. */
export function facts(scheme: Scheme, { t, number }: I18n): Partial<Record<(typeof schemeParts)[number], Fact[]>> {
	const share = (value: number) => number(value, { style: 'percent' });
	const fact = ({ provisional }: { provisional: boolean }, text: string): Fact => ({ text, provisional });
	const { edition, items, minutes, pass, wait, validity, fee, appeal, keep, extra } = scheme;
	const price = fee.value && number(fee.value.cents / 100, { style: 'currency', currency: fee.value.currency });
	const longer = t('minutes', { count: granted(scheme, ['extra-time']) });
	return {
		what: [fact(edition, t('passport.scheme.edition', { edition: edition.value }))],
		before: [fact(fee, price ? t('passport.scheme.fee', { price }) : t('passport.scheme.fee-open'))],
		exam: [
			fact(items, t('passport.scheme.items', { count: items.value })),
			fact(minutes, t('passport.scheme.time', { minutes: t('minutes', { count: minutes.value }) }))
		],
		help: scheme.accommodations.map((name) => ({
			text: t(`passport.scheme.help.${name}`, { minutes: longer }),
			provisional: name === 'extra-time' && extra.provisional
		})),
		pass: [
			fact(pass, t('passport.scheme.overall', { share: share(pass.value.overall) })),
			fact(pass, t('passport.scheme.outcome', { share: share(pass.value.outcome) }))
		],
		again: [fact(wait, t('passport.scheme.wait', { count: wait.value }))],
		appeal: [fact(appeal, t('passport.scheme.appeal', { count: appeal.value }))],
		certificate: [
			fact(validity, validity.value === null ? t('passport.scheme.no-end') : t('passport.scheme.validity', { count: validity.value }))
		],
		records: [fact(keep, t('passport.scheme.keep', { count: keep.value }))]
	};
}
