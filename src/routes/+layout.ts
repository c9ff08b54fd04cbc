import { error } from '@sveltejs/kit';
import type { Certification } from '#app/certification/index.ts';
import type { App } from '#app/index.ts';
import { createI18n } from '#app/i18n.svelte.ts';
import { createSettings } from '#app/settings.svelte.ts';
import { createShell } from '#app/shell.svelte.ts';
import { locales, type Locale } from '#core/text.ts';
import { createBase } from '#device/base.ts';
import { createShell as createDeviceShell } from '#device/shell.ts';

export const ssr = false;

/** The app, and what builds the house of certification when its first screen is opened. */
type Opened = { app: App; certify: () => Promise<Certification> };

let built: Promise<Awaited<ReturnType<typeof build>>> | undefined;

/** What the first screen needs; `open` builds the rest, which is a file of its own: on a slow line the first screen does not wait for it. */
async function build() {
	const base = createBase();
	const settings = createSettings(base);
	let opened: Promise<Opened> | undefined;
	const load = () => Promise.all([import('#app/index.ts'), import('#device/index.ts')]);
	if (settings.started) {
		void load().catch(() => undefined); // comes while the words load
		void base.database.use(async () => undefined).catch(() => undefined); // opens meanwhile
	}
	const shown = document.documentElement.lang;
	const place = createDeviceShell();
	const remember = (locale: Locale) => base.preferences.write({ locale });
	const restartIn = (locale: Locale) => place.restart(() => remember(locale));
	const i18n = await createI18n(locales.find((locale) => locale === shown) ?? 'en', remember, restartIn);
	const shell = createShell(place);
	let begin = (): void => undefined;
	const painted = new Promise<void>((then) => (begin = then));
	const open = () => (opened ??= createAll().catch((cause: unknown) => ((opened = undefined), Promise.reject(cause))));
	async function createAll(): Promise<Opened> {
		const [{ createApp }, { createDevice }] = await load().catch(() => error(503)); // not on the phone yet, and no network
		const world = { packKey: __PACK_KEY__, packs: '/packs', endpoint: __ENDPOINT__ };
		const device = createDevice(world, base);
		const app = createApp(device, i18n, settings);
		if (settings.started) await Promise.race([app.courses.show(), new Promise((then) => setTimeout(then, 1500))]); // her first screen comes with what is hers
		void (settings.started ? app.start() : painted.then(app.start));
		let house: Promise<Certification> | undefined;
		const certify = () => (house ??= createHouse().catch((cause: unknown) => ((house = undefined), Promise.reject(cause))));
		async function createHouse(): Promise<Certification> {
			const [{ createCertification, words }, { createCertificationDevice }] = await Promise.all([
				import('#app/certification/index.ts'),
				import('#device/certification/index.ts')
			]).catch(() => error(503));
			await i18n.add(words);
			const more = { packKey: __PACK_KEY__, packs: '/packs', site: __ENDPOINT__, issuers: __ISSUERS__ };
			return createCertification(createCertificationDevice(device, more), i18n, app.courses);
		}
		return { app, certify };
	}
	void painted.then(() => {
		void shell.start();
		void open().catch(() => undefined); // the screen that needs it says what is wrong
	});
	return { i18n, settings, shell, open, begin, restart: () => place.restart(() => undefined) };
}

/** Builds what the first screen needs, once; every screen has it as `data`. `begin` is called when the first screen is painted. */
export const load = async () => await (built ??= build());
