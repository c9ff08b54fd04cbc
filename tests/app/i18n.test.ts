import { expect, test } from 'vitest';
import { createI18n } from '#app/i18n.svelte.ts';
import type { Locale } from '#core/text.ts';

/** A translator whose words of more screens come in English alone, while `line` is down. */
async function translator(restarts: boolean) {
	const told: string[] = [];
	const i18n = await createI18n(
		'en',
		(locale) => told.push(`kept ${locale}`),
		(locale) => (told.push(`anew in ${locale}`), Promise.resolve(restarts))
	);
	const line = { down: true };
	await i18n.add((locale: Locale) =>
		locale === 'en' || !line.down ? Promise.resolve([]) : Promise.reject(new TypeError('Failed to fetch dynamically imported module'))
	);
	return { i18n, line, told };
}

test('a language whose words do not come is not taken; the one of the moment stays', async () => {
	const { i18n, told } = await translator(false);
	expect(await i18n.change('pl')).toBe(false);
	expect([i18n.locale, i18n.t('no')]).toEqual(['en', (await createI18n('en', () => undefined)).t('no')]);
	expect(told).toEqual(['anew in pl']);
});

test('where the host is reached, the app begins anew in that language, as the browser would not ask for the words again', async () => {
	const { i18n, told } = await translator(true);
	expect(await i18n.change('pl')).toBe(true);
	expect([i18n.locale, told]).toEqual(['en', ['anew in pl']]);
});

test('a browser that asks for the words again has them without that', async () => {
	const { i18n, line, told } = await translator(false);
	await i18n.change('pl');
	line.down = false;
	expect(await i18n.change('pl')).toBe(true);
	expect([i18n.locale, told]).toEqual(['pl', ['anew in pl', 'kept pl']]);
});

test.each([
	['en', '3 December 2026'],
	['el', '3 Δεκεμβρίου 2026'],
	['it', '3 dicembre 2026'],
	['pl', '3 grudnia 2026'],
	['es', '3 de diciembre de 2026']
] as const)('in %s a date stands as people write it there', async (locale, written) => {
	const { date } = await createI18n(locale, () => undefined);
	expect(date(Date.UTC(2026, 11, 3, 12))).toBe(written);
});
