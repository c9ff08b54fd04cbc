import { existsSync } from 'node:fs';
import { decodeQR } from 'qr/decode.js';
import { localeNames, locales } from '#core/text.ts';
import { course, housed, person } from './person.ts';
import { expect, test } from './site.ts';

for (const locale of locales.filter((one) => existsSync(`locales/${one}/app.json`))) {
	test(`a whole lesson with the network cut and the server dead, in ${locale}`, async ({ page, site, context }) => {
		const she = person(page, site.url, locale);
		await she.begin();
		await she.take('text');
		await she.offlineReady();
		await site.kill();
		await context.setOffline(true);

		await she.lesson('listen');
		await she.study('listen');
		const lesson = course.lessons[0]!;
		for (const [at, item] of lesson.exercises.entries()) {
			await she.respond(item, at === 1 ? 'wrong' : 'right');
			await she.forward('continue');
		}
		await expect(page.getByText(she.t('lesson.again-title'))).toBeVisible();
		await she.respond(lesson.exercises[1]!, 'right');
		await she.forward('continue');
		await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
		await page.reload();
		await page.goto(`${site.url}/courses/communication`);
		await expect(page.getByRole('link', { name: new RegExp(`${she.say('listen.title')}.*${she.t('course.lesson-done')}`) })).toBeVisible();
	});
}

test('answers reach the endpoint once when the network is back, and only after she turned it on', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await she.offlineReady();
	const sent: string[] = [];
	page.on('request', (request) => request.url().includes('/v1/') && sent.push(request.url()));
	const answered = (from: number, to: number) => she.answer(course.lessons[0]!.exercises.slice(from, to));
	await context.setOffline(true);
	await she.lesson('listen');
	await she.study('listen');
	await answered(0, 2);
	await context.setOffline(false);
	await page.goto(`${site.url}/settings/sync`);
	expect(sent).toEqual([]);
	await page.getByRole('button', { name: she.t('sync.on'), exact: true }).click();
	await expect(page.getByText(she.t('sync.safe', { safe: 2, all: 2 })).first()).toBeVisible();
	expect(site.rows()).toHaveLength(2);

	await site.kill();
	await she.lesson('listen');
	await answered(2, 4);
	await site.start();
	await page.goto(`${site.url}/settings/sync`);
	await expect(page.getByText(she.t('sync.safe', { safe: 4, all: 4 })).first()).toBeVisible();
	expect(site.rows()).toHaveLength(4);
});

test('who looks at one course after another comes back to her place in the list', async ({ page, site }) => {
	const she = person(page, site.url, 'pl');
	await she.begin();
	await page.goto(`${site.url}/courses`);
	for (const at of [12, 18, 3]) {
		const link = page.locator('a.card').nth(at);
		await link.click();
		await expect(page.getByRole('heading', { name: she.t('course.download') })).toBeVisible();
		await page.getByRole('link', { name: she.t('back') }).click();
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('catalogue.title'));
		await expect(link).toBeInViewport({ ratio: 1 });
	}
});

test('a lesson that is not on the phone sends her to its course, where it can be downloaded', async ({ page, site }) => {
	const she = person(page, site.url, 'it');
	await she.begin();
	for (const address of ['listen', 'assessment']) {
		await page.goto(`${site.url}/courses/communication/${address}`);
		await expect(page.getByText(she.t('lesson.not-here'))).toBeVisible();
		await expect(page.getByText(she.t('lesson.not-here-how'))).toBeVisible();
		await expect(page.getByText(she.t('error.title'))).toHaveCount(0);
		await page.getByRole('link', { name: she.t('lesson.to-course') }).click();
		await expect(page.getByRole('heading', { name: she.t('course.download') })).toBeVisible();
	}
});

test('a language whose words have not come yet is not taken without a network: she is told, and it works when the line is back', async ({
	page,
	site,
	context
}) => {
	await context.route('**/service-worker.js', (route) => route.abort()); // the shell is not on the phone yet
	const she = person(page, site.url, 'en');
	const inPolish = person(page, site.url, 'pl');
	await page.goto(site.url);
	const polish = page.getByText(localeNames.pl, { exact: true });
	await polish.waitFor();
	await context.setOffline(true);
	await polish.click();
	await expect(page.getByText(she.t('error.offline'))).toBeVisible();
	await context.setOffline(false);
	await polish.click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(inPolish.t('start.title'));
	await inPolish.button(inPolish.t('start.go')).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(inPolish.t('home.title'));
	await context.setOffline(true);
	await page.locator('button.language').click();
	const sheet = page.getByRole('dialog');
	await sheet.getByText(localeNames.es).click();
	await expect(sheet.getByText(inPolish.t('error.offline'))).toBeVisible();
	await context.setOffline(false);
	await sheet.getByText(localeNames.es).click();
	await expect(sheet).toBeHidden();
	await expect(page.locator('html')).toHaveAttribute('lang', 'es');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(person(page, site.url, 'es').t('home.title'));
});

test('the first screen does not wait for the rest of the app; where the line is cut before it came, she is told, and goes on when it is back', async ({
	page,
	site,
	context
}) => {
	const she = person(page, site.url, 'en', 'keys');
	await context.route('**/service-worker.js', (route) => route.abort()); // the shell is not on the phone yet
	const chunks = '**/_app/immutable/**/*.js';
	await context.route(chunks, async (route) => {
		const response = await route.fetch();
		return (await response.text()).includes('/v1/push') ? route.abort() : route.fulfill({ response });
	});
	const asked = page.waitForEvent('requestfailed', (request) => request.url().includes('/_app/immutable/'));
	await page.goto(site.url);
	await asked;
	await context.setOffline(true);
	await she.press(she.button(she.t('start.go')));
	await expect(page.getByRole('alert')).toHaveText(she.t('error.offline'));
	await context.unroute(chunks);
	await context.setOffline(false);
	await she.press(she.button(she.t('start.go')));
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('home.title'));
});

test('reopening after a kill lands on the same card with the half-made answer', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await she.lesson('listen');
	await she.study('listen');
	await page.locator('label.option').first().click();
	await page.close({ runBeforeUnload: false });
	const again = await context.newPage();
	await again.goto(`${site.url}/courses/communication/listen`);
	await expect(again.locator('label.option').first()).toHaveClass(/chosen/);
});

test('a card is heard from the phone, offline: the sentence that is read is marked', async ({ page, site, context }) => {
	test.skip(!existsSync('build/packs/communication/en.cards.json'), 'the English voice was not prepared');
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('cards');
	await she.offlineReady();
	await site.kill();
	await context.setOffline(true);
	await she.lesson('listen');
	await page.getByRole('button', { name: she.t('voice.listen'), exact: true }).click();
	await expect(page.locator('.reading').first()).toBeVisible();
	await expect(page.getByRole('button', { name: she.t('voice.pause'), exact: true })).toBeVisible();
});

test('deleting everything leaves nothing on the phone, offline too', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await she.offlineReady();
	await context.setOffline(true);
	await page.goto(`${site.url}/settings/data`);
	await page.getByRole('button', { name: she.t('data.delete'), exact: true }).click();
	await page.getByRole('button', { name: she.t('data.delete-yes'), exact: true }).click();
	await expect(page.getByRole('heading', { name: she.t('data.deleted') })).toBeVisible();
	await context.setOffline(false);
	await page.goto(`${site.url}/icon.svg`);
	expect(
		await page.evaluate(async () => ({
			databases: (await indexedDB.databases()).length,
			caches: (await caches.keys()).length,
			local: localStorage.length
		}))
	).toEqual({ databases: 0, caches: 0, local: 0 });
});

test('who hands the app on shows its address: a camera reads it from the screen, offline too, and it fits on one sheet', async ({
	page,
	site,
	context
}) => {
	const she = person(page, site.url, 'el');
	await she.begin();
	await she.offlineReady();
	await housed(page);
	await context.setOffline(true);
	await page.goto(`${site.url}/settings`);
	await page.getByRole('link', { name: she.t('settings.poster') }).click();
	await page.getByRole('img', { name: she.t('passport.poster.code', { address: site.url }) }).waitFor();
	const picture = await page.evaluate(async () => {
		const svg = document.querySelector('article svg')!.cloneNode(true) as SVGElement;
		svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
		svg.setAttribute('width', '400');
		svg.setAttribute('height', '400');
		const image = new Image();
		image.src = `data:image/svg+xml,${encodeURIComponent(svg.outerHTML)}`;
		await image.decode();
		const canvas = new OffscreenCanvas(400, 400).getContext('2d')!;
		canvas.drawImage(image, 0, 0);
		return [...canvas.getImageData(0, 0, 400, 400).data];
	});
	expect(decodeQR({ width: 400, height: 400, data: new Uint8ClampedArray(picture) })).toBe(site.url);
	const sheets = (await page.pdf({ preferCSSPageSize: true, tagged: true })).toString('latin1').match(/\/Type\s*\/Page\b/g);
	expect(sheets).toHaveLength(1);
});
