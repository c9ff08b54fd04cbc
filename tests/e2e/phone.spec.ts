import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { course, person, type Person } from './person.ts';
import { expect, test } from './site.ts';

const exercises = course.lessons[0]!.exercises;

/** Sets how many bytes the site may keep, before it keeps any; undefined takes the limit away. */
async function room(page: Page, origin: string, quotaSize?: number): Promise<void> {
	const session = await page.context().newCDPSession(page);
	await session.send('Storage.overrideQuotaForOrigin', { origin, ...(quotaSize === undefined ? {} : { quotaSize }) });
}

/** Takes all the room that is left, to the last bytes. */
const fill = async () => {
	const opened = indexedDB.open('pictures');
	opened.onupgradeneeded = () => opened.result.createObjectStore('all', { autoIncrement: true });
	await new Promise((resolve) => (opened.onsuccess = resolve));
	for (let size = 65_536; size >= 16; size /= 2)
		for (let fits = true; fits;) {
			const work = opened.result.transaction('all', 'readwrite');
			work.objectStore('all').add(crypto.getRandomValues(new Uint8Array(size)));
			fits = await new Promise((resolve) => {
				work.oncomplete = () => resolve(true);
				work.onabort = () => resolve(false);
			});
		}
	opened.result.close();
};

/** How many answers the database has; the app has made it. */
const inDatabase = async () => {
	if (!(await indexedDB.databases()).some(({ name }) => name === 'passport')) return 0;
	const opened = indexedDB.open('passport');
	await new Promise((resolve) => (opened.onsuccess = resolve));
	const count = opened.result.transaction('answers').objectStore('answers').count();
	await new Promise((resolve) => (count.onsuccess = resolve));
	opened.result.close();
	return count.result;
};

/** From the course's page into the first lesson, by its link. */
async function intoLesson(she: Person) {
	await she.page.getByRole('link', { name: she.say('listen.title') }).click();
	await expect(she.page.getByRole('heading', { level: 1 })).toHaveText(she.say(`${course.lessons[0]!.cards[0]!.id}.title`));
}

async function toTheEnd(she: Person, from = 0) {
	await she.answer(exercises.slice(from));
	await expect(she.page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
}

/** Does something to the storage of the site while the app is not open. */
async function storage(page: Page, url: string, work: () => Promise<void>) {
	await page.goto(`${url}/icon.svg`);
	await page.evaluate(work);
}
const loseDatabase = async () => {
	for (const { name } of await indexedDB.databases())
		await new Promise((resolve, reject) => {
			const gone = indexedDB.deleteDatabase(name!);
			gone.onsuccess = resolve;
			gone.onerror = gone.onblocked = reject;
		});
};
const loseMirror = async () => localStorage.clear();

/** Two exercises answered, the third half-made. */
async function halfway(she: Person) {
	await she.begin();
	await she.take();
	await she.lesson('listen');
	await she.study('listen');
	await she.answer(exercises.slice(0, 2));
	await she.half(exercises[2]!);
	return she.seen();
}
const kept = exercises.slice(0, 2).map(({ id }) => `communication / ${id}`);
const number = (she: Person) => she.page.locator('dd').first().textContent();

test('on a phone without room for the course a lesson runs to its end, says so plainly, and no answer is lost', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await room(page, site.url, 1); // one byte: to Chromium none at all would mean no limit
	await she.begin();
	await she.take();
	await expect(page.getByText(she.t('disk.memory'))).toBeVisible();
	await intoLesson(she);
	await she.study('listen');
	await she.respond(exercises[0]!);
	await expect(page.getByText(she.t('disk.mirror-only'))).toBeVisible();
	await she.forward('continue');
	await toTheEnd(she, 1);
	expect(await she.answers()).toHaveLength(5);
	await page.goto(`${site.url}/settings/space`);
	await expect(page.getByText(she.t('disk.full'))).toBeVisible();

	// With room again, the database has them too.
	await room(page, site.url);
	await page.goto(site.url);
	await expect.poll(() => page.evaluate(inDatabase), { timeout: 40_000 }).toBe(5);
});

test('on a phone with one megabyte the voice does not fit: she is told, and the lesson runs; then not even that is left', async ({
	page,
	site
}) => {
	const she = person(page, site.url, 'en');
	await room(page, site.url, 1_000_000);
	await she.begin();
	await page.goto(`${site.url}/courses/communication`);
	await page
		.locator('.tier')
		.filter({ hasText: she.t('course.tier.cards') })
		.getByRole('button', { name: new RegExp(she.t('course.get')) })
		.click();
	await expect(page.getByRole('alert')).toContainText(she.t('error.storage-full'));
	await intoLesson(she);
	await she.study('listen');
	await she.respond(exercises[0]!);
	await she.forward('continue');
	await page.evaluate(fill);
	await she.respond(exercises[1]!);
	await expect(page.getByText(she.t('disk.mirror-only'))).toBeVisible();
	await she.forward('continue');
	await toTheEnd(she, 2);
	expect(await she.answers()).toHaveLength(5);

	// The review says it as well.
	await page.clock.setFixedTime(Date.now() + 4 * 24 * 3600_000);
	await page.goto(`${site.url}/review`);
	await she.button(she.t('assessment.begin')).click();
	await she.respond(await she.asked(exercises));
	await expect(page.getByText(she.t('disk.mirror-only'))).toBeVisible();
});

test('a browser that makes no promise to keep the app is no dead end: missing, refusing or failing', async ({ page, site, context }) => {
	let now = page;
	for (const persist of ['missing', 'false', 'throws'] as const) {
		await now.addInitScript((how) => {
			const value = { missing: undefined, false: async () => false, throws: async () => Promise.reject(new TypeError('no')) }[how];
			for (const name of ['persist', 'persisted']) Object.defineProperty(StorageManager.prototype, name, { configurable: true, value });
		}, persist);
		const she = person(now, site.url, 'en');
		if (persist === 'missing') {
			await she.begin();
			await she.take();
		}
		await now.goto(`${site.url}/settings/space`);
		await expect(now.getByText(she.t('disk.not-kept'))).toBeVisible();
		await she.button(she.t('disk.ask')).click();
		await expect(now.getByText(she.t('disk.not-kept'))).toBeVisible();
		await expect(now.getByRole('link', { name: she.t('data.copy') })).toBeVisible();
		now = await context.newPage();
	}
});

test('if the browser loses the database, answers and place come back from the second store', async ({ page, site }) => {
	const she = person(page, site.url, 'it');
	const half = await halfway(she);
	expect(await she.answers()).toEqual(kept.toReversed());
	const hers = await number(she);
	await storage(page, site.url, loseDatabase);
	await she.take();
	await she.lesson('listen');
	await expect.poll(() => she.seen()).toEqual(half);
	expect(await she.answers()).toEqual(kept.toReversed());
	expect(await number(she)).toBe(hers);
});

test('if the browser empties the second store, the database brings back answers, place and language', async ({ page, site }) => {
	const she = person(page, site.url, 'it');
	const half = await halfway(she);
	await storage(page, site.url, loseMirror);
	await page.goto(site.url);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('home.title'));
	await expect(page.locator('html')).toHaveAttribute('lang', 'it');
	await she.lesson('listen');
	await expect.poll(() => she.seen()).toEqual(half);
	expect(await she.answers()).toEqual(kept.toReversed());
	await storage(page, site.url, loseDatabase);
	await page.goto(site.url);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('home.title'));
	await she.take();
	expect(await she.answers()).toEqual(kept.toReversed());
});

test('if both are lost, the first screen is there', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await halfway(she);
	await storage(page, site.url, loseDatabase);
	await storage(page, site.url, loseMirror);
	await page.goto(site.url);
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('start.title'));
	await she.button(she.t('start.go')).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('home.title'));
	expect(await she.answers()).toEqual([]);
});

test('her data can be seen, saved as a file, and brought back on another phone', async ({ page, site, browser }) => {
	const she = person(page, site.url, 'en');
	const half = await halfway(she);
	expect(await she.answers()).toEqual(kept.toReversed());
	await expect(page.getByText(she.t('data.answers_other', { count: 2 }))).toBeVisible();
	await expect(page.locator('dd')).toHaveText([/^[0-9a-f-]{36}$/, /^[0-9a-f-]{36}$/]);
	const hers = await number(she);
	const saved = page.waitForEvent('download');
	await she.button(she.t('data.copy')).click();
	const file = await saved;
	expect(file.suggestedFilename()).toMatch(/^passport-\d{4}-\d\d-\d\d\.json$/);
	await expect(page.getByText(she.t('data.copied'))).toBeVisible();

	const other = await browser.newContext({ viewport: { width: 360, height: 640 } });
	const there = person(await other.newPage(), site.url, 'en');
	await there.begin();
	await there.page.goto(`${site.url}/settings/data`);
	const bring = (buffer: Buffer) =>
		there.page.locator('input[type=file]').setInputFiles({ name: 'copy.json', mimeType: 'application/json', buffer });
	await bring(Buffer.from('{"a": "holiday picture"}'));
	await expect(there.page.getByRole('alert')).toContainText(she.t('error.copy'));
	await bring(readFileSync(await file.path()));
	await expect(there.page.getByText(she.t('data.restored_other', { count: 2 }))).toBeVisible();
	// Without the course there are no words for what was asked, and no name that only the app knows stands there instead.
	expect(await there.answers()).toEqual(kept.map(() => there.t('data.no-words')));
	await expect(there.page.getByText('listen-e')).toHaveCount(0);
	expect(await number(there)).toBe(hers);
	await there.take();
	expect(await there.answers()).toEqual(kept.toReversed());
	await there.lesson('listen');
	await expect.poll(() => there.seen()).toEqual(half);
	await other.close();
});

test('deleting everything, offline, leaves nothing on the phone', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await halfway(she);
	await she.offlineReady();
	await site.kill();
	await context.setOffline(true);
	await page.goto(`${site.url}/settings/data`);
	await she.button(she.t('data.delete')).click();
	await she.button(she.t('data.delete-yes')).click();
	await expect(page.getByText(she.t('data.deleted'))).toBeVisible();
	const left = () =>
		page.evaluate(async () => ({
			databases: (await indexedDB.databases()).length,
			caches: (await caches.keys()).length,
			workers: (await navigator.serviceWorker.getRegistrations()).length,
			// SvelteKit keeps how far a tab was scrolled.
			storage: [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((name) => !name.startsWith('sveltekit:')).length
		}));
	const nothing = { databases: 0, caches: 0, workers: 0, storage: 0 };
	await expect.poll(left).toEqual(nothing);
	await context.setOffline(false);
	await site.start();
	await page.goto(`${site.url}/icon.svg`);
	expect(await left()).toEqual(nothing);
});

test('after all was deleted the way back leads to the first screen, and to nothing of hers', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await halfway(she);
	await page.goto(`${site.url}/settings`);
	await page.getByRole('link', { name: she.t('settings.data') }).click();
	await she.button(she.t('data.delete')).click();
	await she.button(she.t('data.delete-yes')).click();
	await expect(page.getByText(she.t('data.deleted'))).toBeVisible();
	await page.goBack();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('start.title'));
});

const iphone =
	'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const facebook = `${iphone.replace(/ Version.*/, ' Mobile/15E148')} [FBAN/FBIOS;FBAV/489.0.0.32.77;FBDV/iPhone14,5]`;

test.describe('in Safari on an iPhone', () => {
	test.use({ userAgent: iphone });

	test('she is shown how to put the app on the phone before she begins, and can close it', async ({ page, site }) => {
		const she = person(page, site.url, 'en');
		await page.goto(site.url);
		for (const step of [1, 2, 3]) await expect(page.getByText(she.t(`install.ios-${step}`))).toBeVisible();
		await she.button(she.t('install.later')).click();
		await expect(page.getByText(she.t('install.ios-1'))).toHaveCount(0);
		await she.begin();
		await she.page.goto(`${site.url}/courses/communication`);
		await expect(page.getByRole('heading', { name: she.t('course.download') })).toBeVisible();
		await expect(page.getByText(she.t('install.ios-1'))).toHaveCount(0);
		await page.goto(`${site.url}/settings`);
		await expect(page.getByText(she.t('install.ios-1'))).toBeVisible();
	});

	test('it is not shown once the app is on the phone', async ({ page, site }) => {
		await page.addInitScript(() => Object.defineProperty(navigator, 'standalone', { value: true }));
		const she = person(page, site.url, 'en');
		await she.begin();
		await page.goto(`${site.url}/settings`);
		await expect(page.getByRole('heading', { name: she.t('settings.look') })).toBeVisible();
		await expect(page.getByText(she.t('install.title'))).toHaveCount(0);
	});
});

test.describe('inside another app', () => {
	test.use({ userAgent: facebook });

	test('she is shown the way out to a browser', async ({ page, site, context }) => {
		await context.grantPermissions(['clipboard-read', 'clipboard-write']);
		const she = person(page, site.url, 'en');
		await page.goto(site.url);
		await expect(page.getByText(she.t('install.inside'))).toBeVisible();
		await expect(page.getByText(she.t('install.inside-how'))).toBeVisible();
		await she.button(she.t('install.copy-link')).click();
		await expect(page.getByText(she.t('install.copied'))).toBeVisible();
		expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(site.url);
	});
});

test('where the browser can install the app, a button does it', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await page.goto(site.url);
	const install = she.button(she.t('install.button'));
	await expect(she.button(she.t('start.go'))).toBeVisible();
	await expect(install).toHaveCount(0);
	/** The browser offers to install; what she will say to its question is known before. */
	const offered = (outcome: 'accepted' | 'dismissed') =>
		page.evaluate((said) => {
			const prompt = async () => void (document.body.dataset['asked'] = said);
			const event = new Event('beforeinstallprompt', { cancelable: true });
			dispatchEvent(Object.assign(event, { prompt, userChoice: Promise.resolve({ outcome: said }) }));
			return event.defaultPrevented;
		}, outcome);
	for (const outcome of ['dismissed', 'accepted'] as const) {
		expect(await offered(outcome)).toBe(true);
		await install.click();
		await expect(page.locator('body')).toHaveAttribute('data-asked', outcome);
		await expect(install, 'a question can be asked once').toHaveCount(0);
	}
});

test('the app says what an installable app must say', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.offlineReady();
	const address = await page.locator('link[rel=manifest]').getAttribute('href');
	const manifest = await (await page.request.get(new URL(address!, site.url).href)).json();
	expect(manifest).toMatchObject({
		id: '/',
		name: 'Passport to Employment',
		short_name: 'Passport',
		start_url: '/',
		scope: '/',
		display: 'standalone',
		lang: 'en'
	});
	const icons = manifest.icons as { src: string; sizes: string; purpose?: string }[];
	for (const sizes of ['192x192', '512x512']) expect(icons.some((icon) => icon.sizes === sizes && !icon.purpose)).toBe(true);
	expect(icons.some(({ purpose }) => purpose === 'maskable')).toBe(true);
	for (const { src } of icons) expect((await page.request.get(site.url + src)).status()).toBe(200);
	const session = await context.newCDPSession(page);
	const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
	expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]); // as every test's browser is
	expect((await session.send('Page.getAppManifest')).errors).toEqual([]);
});
