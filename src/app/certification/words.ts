import type { Locale } from '#core/text.ts';

const loaders = import.meta.glob<Record<string, unknown>>('../../../locales/*/{exam,office,passport,verify}.json', { import: 'default' });

/** The words of exam, office, passport and verification in one language. */
export const words = (locale: Locale): Promise<Record<string, unknown>[]> =>
	Promise.all(Object.entries(loaders).flatMap(([name, load]) => (name.includes(`/${locale}/`) ? [load()] : [])));
