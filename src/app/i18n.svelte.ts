import i18next, { type ParseKeys, type TOptions } from 'i18next';
import type { Locale } from '#core/text.ts';
import type app from '../../locales/en/app.json';
import type exam from '../../locales/en/exam.json';
import type office from '../../locales/en/office.json';
import type passport from '../../locales/en/passport.json';
import type verify from '../../locales/en/verify.json';

declare module 'i18next' {
	interface CustomTypeOptions {
		defaultNS: 'app';
		resources: { app: typeof app & typeof exam & typeof office & typeof passport & typeof verify };
	}
}

/** A key of `locales/<locale>/*.json`. */
export type InterfaceKey = ParseKeys;

const loaders = import.meta.glob<Record<string, unknown>>('../../locales/*/app.json', { import: 'default' });

/** Words of one language, file by file. */
type Words = (locale: Locale) => Promise<Record<string, unknown>[]>;

/** Words, figures and dates of the interface in the language of the moment. Everything that reads `locale` or calls `t` on screen follows a change. */
export type I18n = Awaited<ReturnType<typeof createI18n>>;

/**
 * Loads the words of `first` and makes the translator; `remember` is told of each change. `restart` loads the app anew in a language whose words
 * did not come: many browsers never ask again for a script that failed once, however often it is imported. False if the host is not reached.
 */
export async function createI18n(
	first: Locale,
	remember: (locale: Locale) => void,
	restart: (locale: Locale) => Promise<boolean> = () => Promise.resolve(false)
) {
	const i18n = i18next.createInstance();
	const sources: Words[] = [async (locale) => [await loaders[`../../locales/${locale}/app.json`]!()]];
	const loaded = new Set<string>();
	const load = (locale: Locale) =>
		Promise.all(
			sources.map(async (words, place) => {
				const name = `${place} ${locale}`;
				if (loaded.has(name)) return;
				for (const part of await words(locale)) i18n.addResourceBundle(locale, 'app', part, true);
				loaded.add(name);
			})
		);
	await i18n.init({
		lng: first,
		fallbackLng: false,
		ns: ['app'],
		defaultNS: 'app',
		resources: {},
		interpolation: { escapeValue: false },
		returnNull: false
	});
	await load(first);
	let locale = $state<Locale>(first);
	/** English as it is written in Europe: 3 December 2026. */
	const tag = () => (locale === 'en' ? 'en-GB' : locale);

	return {
		get locale() {
			return locale;
		},
		/** The words of a key in the language of the moment; `count` chooses the plural form. */
		t(key: InterfaceKey, values?: TOptions & Record<string, unknown>): string {
			return i18n.t(key, { ...values, lng: locale } as TOptions) as string;
		},
		/** Adds words of more screens, from now on in every language that is chosen. */
		async add(words: Words): Promise<void> {
			if (!sources.includes(words)) sources.push(words);
			await load(locale);
		},
		/** Changes the language; what is on screen stays where it is. False where its words are not on the phone yet and there is no network. */
		async change(to: Locale): Promise<boolean> {
			const here = await load(to).then(
				() => true,
				() => false
			);
			if (!here) return restart(to);
			await i18n.changeLanguage(to);
			locale = to;
			remember(to);
			return true;
		},
		/** Megabytes with one figure after the point, kilobytes below a tenth of one; the exact number of bytes is `exact`. */
		size(bytes: number): string {
			const mega = bytes >= 100_000;
			return new Intl.NumberFormat(tag(), {
				style: 'unit',
				unit: mega ? 'megabyte' : 'kilobyte',
				maximumFractionDigits: mega ? 1 : 0
			}).format(bytes / (mega ? 1e6 : 1e3));
		},
		number: (value: number, options?: Intl.NumberFormatOptions): string => new Intl.NumberFormat(tag(), options).format(value),
		date: (at: number): string => new Intl.DateTimeFormat(tag(), { dateStyle: 'long' }).format(at),
		/** A month and its year, short: as much as a stamp has room for. */
		month: (at: number): string => new Intl.DateTimeFormat(tag(), { month: 'short', year: 'numeric' }).format(at),
		time: (at: number): string => new Intl.DateTimeFormat(tag(), { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' }).format(at)
	};
}
