import { error } from '@sveltejs/kit';
import type { Certification } from '#app/certification/index.ts';
import { createApp } from '#app/index.ts';
import { createI18n } from '#app/i18n.svelte.ts';
import { createShell } from '#app/shell.svelte.ts';
import { locales, type Locale } from '#core/text.ts';
import { createDevice } from '#device/index.ts';
import { createShell as createDeviceShell } from '#device/shell.ts';

export const ssr = false;

let built: Promise<Awaited<ReturnType<typeof build>>> | undefined;

async function build() {
	const device = createDevice({ packKey: __PACK_KEY__, packs: '/packs', endpoint: __ENDPOINT__ });
	if (device.preferences.read().started) void device.database.use(async () => undefined).catch(() => undefined); // opens while the words load
	const shown = document.documentElement.lang;
	const place = createDeviceShell();
	const remember = (locale: Locale) => device.preferences.write({ locale });
	const restart = (locale: Locale) => place.restart(() => remember(locale));
	const i18n = await createI18n(locales.find((locale) => locale === shown) ?? 'en', remember, restart);
	const app = createApp(device, i18n);
	const shell = createShell(place);
	let begun = false;
	/** Opens the database, asks for the catalogue, registers the service worker: for a new learner after her first screen is painted. */
	const begin = () => {
		if (begun) return;
		begun = true;
		void app.start();
		void shell.start();
	};
	if (app.settings.started) {
		await Promise.race([app.courses.show(), new Promise((then) => setTimeout(then, 1500))]); // her first screen comes with what is hers
		begin();
	}
	let house: Promise<Certification> | undefined;
	/** The house of certification is built when its first screen is opened. */
	const certify = () => (house ??= createHouse().catch((cause: unknown) => ((house = undefined), Promise.reject(cause))));
	async function createHouse(): Promise<Certification> {
		const [{ createCertification, words }, { createCertificationDevice }] = await Promise.all([
			import('#app/certification/index.ts'),
			import('#device/certification/index.ts')
		]).catch(() => error(503)); // not on the phone yet, and no network
		await i18n.add(words);
		const more = { packKey: __PACK_KEY__, packs: '/packs', site: __ENDPOINT__, issuers: __ISSUERS__ };
		return createCertification(createCertificationDevice(device, more), i18n, app.courses);
	}
	return { app, shell, begin, certify };
}

/** Builds the app once; every screen has it as `data.app`. */
export const load = async () => await (built ??= build());
