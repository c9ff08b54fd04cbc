import { gunzipSync } from 'node:zlib';
import type { Page, Request, Route } from '@playwright/test';
import { Enrol, Statement } from '#core/wire.ts';
import type { Locale } from '#core/text.ts';
import { chromiumArgs, wholeChromium } from './chromium.ts';
import { fileHost } from './host.ts';
import { course, person, texts } from './person.ts';
import { expect, openWindow, test, type Site } from './site.ts';

type Person = ReturnType<typeof person>;

const push = '**/v1/push';
const settings = (page: Page, url: string) => page.goto(`${url}/settings/sync`);
const button = (page: Page, she: Person, key: string) => page.getByRole('button', { name: she.t(key), exact: true });
const safe = (page: Page, she: Person, safe: number, all: number) =>
	expect(page.locator('main').getByText(she.t('sync.safe', { safe, all }), { exact: true })).toBeVisible();

/** What a request carries, out of its compression. */
function carried(request: Request): unknown {
	const body = request.postDataBuffer()!;
	return JSON.parse((request.headers()['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString());
}

/** A learner who has given the first `count` answers of the first lesson. */
async function answered(page: Page, url: string, locale: Locale, count: number) {
	const she = person(page, url, locale);
	await she.begin();
	await she.take('text');
	await she.lesson('listen');
	await she.study('listen');
	await she.answer(course.lessons[0]!.exercises.slice(0, count));
	return she;
}

/** Every answer that is on the phone is at the endpoint, once. */
async function eachOnce(page: Page, site: Site, count: number) {
	const ids = site.rows().map(({ id }) => id);
	expect(ids).toHaveLength(count);
	expect((await table(page, 'answers')).map(({ id }) => id).sort()).toEqual(ids);
	expect(await table(page, 'outbox')).toEqual([]);
}

type Record = { id: string } & { [key: string]: unknown };

/** The records of a table on the phone; those of `more` are put there before. */
const table = (page: Page, name: 'answers' | 'outbox', more: object[] = []): Promise<Record[]> =>
	page.evaluate(
		async ([name, more]) => {
			const asked = <T>(request: IDBRequest<T>) =>
				new Promise<T>((resolve, reject) => {
					request.onsuccess = () => resolve(request.result);
					request.onerror = () => reject(request.error);
				});
			const db = await asked(indexedDB.open('passport'));
			const store = db.transaction(name, 'readwrite').objectStore(name);
			for (const one of more) await asked(store.put(one));
			const all = await asked(store.getAll());
			db.close();
			return all as Record[];
		},
		[name, more] as const
	);

test('nothing leaves the phone before she turns it on; then all that waited is sent, and she sees that it is safe', async ({
	page,
	site,
	context
}) => {
	const requests: Request[] = [];
	context.on('request', (request) => requests.push(request));
	const she = await answered(page, site.url, 'en', 5);
	await expect(page.getByRole('heading', { name: she.t('lesson.end') })).toBeVisible();
	await page.goto(`${site.url}/courses/communication/assessment`);
	await button(page, she, 'assessment.begin').click();
	await page.locator('label.option, button.option, label.pill, input').first().waitFor();
	await page.evaluate(() => {
		window.dispatchEvent(new Event('focus'));
		document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
		window.dispatchEvent(new Event('online'));
	});
	await context.setOffline(true);
	await context.setOffline(false);
	await settings(page, site.url);
	await expect(button(page, she, 'sync.on')).toBeVisible();
	expect(requests.filter((request) => request.url().includes('/v1') || request.method() !== 'GET' || request.postData())).toEqual([]);
	expect(new Set(requests.map((request) => new URL(request.url()).origin))).toEqual(new Set([site.url]));
	expect(site.rows()).toEqual([]);

	await button(page, she, 'sync.on').click();
	await safe(page, she, 5, 5);
	await eachOnce(page, site, 5);
});

test('what leaves is what the wire lists: numbers and choices, no name, nothing of the phone, no words of hers', async ({
	page,
	site,
	context
}) => {
	const sent: Request[] = [];
	context.on('request', (request) => request.url().includes('/v1/') && sent.push(request));
	const she = await answered(page, site.url, 'en', 5);
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 5, 5);

	const to = (path: string) => sent.filter((request) => new URL(request.url()).pathname === path);
	const [enrol] = to('/v1/enrol').map(carried);
	expect(Enrol.parse(enrol)).toEqual(enrol);
	const statements = to('/v1/push').flatMap((request) => carried(request) as Statement[]);
	expect(statements).toHaveLength(5);
	for (const statement of statements) expect(Statement.parse(statement)).toEqual(statement);
	const parts = (value: unknown, path = ''): string[] =>
		value && typeof value === 'object'
			? Object.entries(value).flatMap(([key, inner]) => parts(inner, `${path}/${key.split('/').at(-1)}`))
			: [path];
	expect([...new Set(statements.flatMap((one) => parts(one)))].sort()).toEqual(
		[
			'/id',
			'/actor/objectType',
			'/actor/account/homePage',
			'/actor/account/name',
			'/verb/id',
			'/object/objectType',
			'/object/id',
			'/result/success',
			'/result/score/scaled',
			'/result/response',
			'/context/language',
			'/context/extensions/device',
			'/context/extensions/seq',
			'/context/extensions/identity',
			'/context/extensions/purpose',
			'/timestamp'
		].sort()
	);
	const numbers = new Set(statements.map(({ actor }) => actor.account.name));
	expect([...numbers]).toEqual([(enrol as Enrol).learner]);
	for (const { result } of statements) expect(result.response).toMatch(/^[\d[\]{}",:a-z-]{1,80}$/);
	const all = JSON.stringify([enrol, ...statements]).replace(/T[\d:.]+Z/g, ''); // a time may have any figure in it
	for (const mark of ['Mozilla', 'Chrome', 'Linux', await page.evaluate(() => navigator.userAgent), 'UTC']) expect(all).not.toContain(mark);
	for (const request of sent) {
		expect(request.headers()['cookie']).toBeUndefined();
		expect(new URL(request.url()).search).toMatch(/^(\?after=\d+&limit=\d+)?$/);
	}
});

type Trouble = [name: string, answer: (route: Route) => Promise<void>];

/** Lets one trouble after the other stand between the phone and the endpoint, then none. */
async function through(page: Page, site: Site, she: Person, troubles: Trouble[]) {
	let answer = troubles[0]![1];
	let met = 0;
	await page.route(push, async (route) => {
		await answer(route);
		met++;
	});
	await settings(page, site.url);
	for (const [at, [name, next]] of troubles.entries())
		await test.step(name, async () => {
			[answer, met] = [next, 0];
			await button(page, she, at ? 'sync.now' : 'sync.on').click();
			await expect.poll(() => met).toBeGreaterThan(0);
			await expect(button(page, she, 'sync.now')).toBeVisible();
			await expect(page.getByText(she.t('sync.unreachable'))).toBeVisible();
			await safe(page, she, 0, 3);
			expect(await table(page, 'outbox')).toHaveLength(3);
		});
	await page.unroute(push);
	await button(page, she, 'sync.now').click();
	await safe(page, she, 3, 3);
	await expect(page.getByText(she.t('sync.unreachable'))).toHaveCount(0);
	await eachOnce(page, site, 3);
}

test('in Greek: an endpoint that fails, answers with a page or not at all is told plainly, and all is safe in the end', async ({
	page,
	site
}) => {
	await through(page, site, await answered(page, site.url, 'el', 3), [
		['it fails', (route) => route.fulfill({ status: 500, body: 'Internal Server Error' })],
		['a page of a hotspot', (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Welcome! Please log in</h1>' })],
		['nothing', (route) => route.abort('connectionreset')]
	]);
});

test('in Polish: an endpoint that asks for a pause gets it, and has everything afterwards', async ({ page, site }) => {
	const she = await answered(page, site.url, 'pl', 3);
	const pushed: number[] = [];
	page.on('request', (request) => request.url().endsWith('/v1/push') && pushed.push(Date.now()));
	let refused = 0;
	await page.route(
		push,
		async (route) => {
			refused = Date.now();
			await route.fulfill({ status: 429, headers: { 'retry-after': '3' }, json: { error: 'many', now: refused } });
		},
		{ times: 1 }
	);
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await expect(page.getByText(she.t('sync.unreachable'))).toBeVisible();
	await button(page, she, 'sync.now').click(); // her own wish does not come before the pause is over
	await safe(page, she, 3, 3);
	expect(pushed[1]! - refused).toBeGreaterThanOrEqual(3000);
	await eachOnce(page, site, 3);
});

test('in Polish: a line that carries only little at once gets the answers in smaller parts', async ({ page, site }) => {
	const she = await answered(page, site.url, 'pl', 3);
	const counts: number[] = [];
	await page.route(push, async (route) => {
		const { length } = carried(route.request()) as unknown[];
		counts.push(length);
		await (length > 1 ? route.fulfill({ status: 413, contentType: 'text/html', body: 'Request Entity Too Large' }) : route.continue());
	});
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 3, 3);
	expect(counts.slice(0, 3)).toEqual([3, 2, 1]);
	await eachOnce(page, site, 3);
});

test('one answer that the endpoint cannot read stays on the phone with its reason; the others are safe', async ({ page, site }) => {
	const she = await answered(page, site.url, 'en', 3);
	const [first] = await table(page, 'answers');
	const id = first!.id.replace(/.{12}$/, 'badbadbadbad');
	await table(page, 'answers', [{ ...first, id, seq: 4, identity: 'of another form' }]);
	await table(page, 'outbox', [{ id, state: 'waiting', at: first!['at'] }]);
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 3, 4);
	await expect(page.getByText(she.t('sync.refused-why'))).toBeVisible();
	const reason = she.t('sync.reason.invalid', { detail: 'context.extensions.identity' });
	await expect(page.getByRole('listitem').filter({ hasText: reason })).toContainText(
		texts('content/catalogue/en.yaml')[`${course.id}.plain`]!
	);
	expect(site.rows()).toHaveLength(3);
	expect(await table(page, 'answers')).toHaveLength(4);

	await page.reload();
	await safe(page, she, 3, 4);
	await expect(page.getByText(reason)).toBeVisible();
	expect(site.rows()).toHaveLength(3);
});

test('answers from two tabs at the same time reach the endpoint once each', async ({ page, site }) => {
	const she = await answered(page, site.url, 'en', 1);
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 1, 1);
	const other = await openWindow(page);
	const too = person(other, site.url, 'en');
	await Promise.all([
		she.lesson('listen'),
		(async () => {
			await too.lesson('speak');
			await too.study('speak');
		})()
	]);
	const [here, there] = [course.lessons[0]!.exercises.slice(1, 4), course.lessons[1]!.exercises.slice(0, 3)];
	for (const at of [0, 1, 2])
		await Promise.all(
			(
				[
					[she, here[at]!],
					[too, there[at]!]
				] as const
			).map(async ([who, item]) => {
				await who.respond(item);
				await who.forward('continue');
			})
		);
	await Promise.all([settings(page, site.url), settings(other, site.url)]);
	await expect.poll(() => site.rows()).toHaveLength(7);
	await other.reload();
	await safe(other, too, 7, 7);
	await eachOnce(page, site, 7);
	const counters = site.rows().map(({ body }) => JSON.stringify(JSON.parse(body)).match(/extensions\/seq":(\d+)/)![1]);
	expect(new Set(counters).size).toBe(7);
});

test('a tab beside the one that sends shows what became safe, too', async ({ page, site, context }) => {
	const she = await answered(page, site.url, 'en', 1);
	let through = () => {};
	const opened = new Promise<void>((resolve) => (through = resolve));
	await context.route(push, (route) => opened.then(() => route.continue()));
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 0, 1);
	const other = await context.newPage();
	const beside = person(other, site.url, 'en');
	await settings(other, site.url);
	await safe(other, beside, 0, 1);
	through();
	await safe(page, she, 1, 1);
	await safe(other, beside, 1, 1);
});

test('erasing online deletes every answer there, is told, and leaves the answers on the phone', async ({ page, site }) => {
	const she = await answered(page, site.url, 'en', 3);
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 3, 3);
	await button(page, she, 'sync.erase').click();
	await expect(page.getByText(she.t('sync.erase-ask'))).toBeVisible();
	await button(page, she, 'sync.erase').click();
	await expect(page.getByText(she.t('sync.erased'))).toBeVisible();
	await expect(button(page, she, 'sync.on')).toBeVisible();
	expect(site.rows()).toEqual([]);
	expect(await table(page, 'answers')).toHaveLength(3);
	await page.goto(`${site.url}/courses/communication`);
	await expect(page.getByRole('link', { name: new RegExp(`${she.t('course.lesson-started')} ?3/5`) })).toBeVisible();
	expect(site.rows()).toEqual([]);
});

test('answers online that cannot be deleted now are still there, and she is told so; they can be deleted when all is turned off', async ({
	page,
	site,
	context
}) => {
	const she = await answered(page, site.url, 'en', 3);
	await settings(page, site.url);
	await expect(button(page, she, 'sync.erase')).toHaveCount(0);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 3, 3);
	await context.setOffline(true);
	await button(page, she, 'sync.erase').click();
	await button(page, she, 'sync.erase').click();
	await expect(page.getByRole('alert')).toContainText(she.t('error.offline'));
	await expect(page.getByText(she.t('sync.erase-ask')), 'she is asked again').toBeVisible();
	expect(site.rows()).toHaveLength(3);
	await context.setOffline(false);
	await button(page, she, 'sync.off').click();
	await settings(page, site.url);
	await button(page, she, 'sync.erase').click();
	await button(page, she, 'sync.erase').click();
	await expect(page.getByText(she.t('sync.erased'))).toBeVisible();
	expect(site.rows()).toEqual([]);
	await expect(button(page, she, 'sync.erase'), 'nothing is left there').toHaveCount(0);
});

test('before all is deleted she is told what is online and what was not sent, also when nothing is sent any more', async ({
	page,
	site,
	context
}) => {
	const she = await answered(page, site.url, 'en', 3);
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await safe(page, she, 3, 3);
	await she.lesson('listen');
	await she.offlineReady();
	await context.setOffline(true);
	await she.answer(course.lessons[0]!.exercises.slice(3, 4));
	await page.goto(`${site.url}/settings/data`);
	await safe(page, she, 3, 4);
	await expect(page.getByText(she.t('sync.waiting_one', { count: 1 }))).toBeVisible();
	await expect(page.getByText(she.t('data.delete-online'))).toBeVisible();
	await context.setOffline(false);
	await settings(page, site.url);
	await button(page, she, 'sync.off').click();
	await page.goto(`${site.url}/settings/data`);
	await expect(page.getByText(she.t('data.delete-online'))).toBeVisible();
	await page.getByRole('link', { name: she.t('sync.erase') }).click();
	await expect(button(page, she, 'sync.erase')).toBeVisible();
});

test('an endpoint that dies when it has taken the answers, before it says so, has each of them once', async ({ page, site }) => {
	const she = await answered(page, site.url, 'en', 3);
	await page.route(push, async (route) => {
		await route.fetch();
		await site.kill();
		await route.abort('connectionreset');
	});
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await expect(page.getByText(she.t('sync.unreachable'))).toBeVisible();
	await safe(page, she, 0, 3);
	expect(site.rows()).toHaveLength(3);
	await page.unroute(push);
	await site.start();
	await page.reload();
	await safe(page, she, 3, 3);
	await eachOnce(page, site, 3);
});

test('the browser sends what waits when no page can, where she allowed it; the page hears later that it is safe', async ({
	playwright,
	site
}) => {
	const executablePath = wholeChromium();
	test.skip(!executablePath, 'the packed Chromium has no Background Sync: install one, or name it by CHROMIUM_PATH');
	const browser = await playwright.chromium.launch({ executablePath: executablePath!, args: chromiumArgs });
	const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true });
	const page = await context.newPage();
	await context.grantPermissions(['background-sync'], { origin: site.url });
	const she = await answered(page, site.url, 'en', 2);
	await page.route('**/v1/push', (route) => route.abort()); // the page alone: a service worker's requests do not pass here
	await settings(page, site.url);
	await button(page, she, 'sync.on').click();
	await expect(page.getByText(she.t('sync.unreachable'))).toBeVisible();
	await expect.poll(() => site.rows()).toHaveLength(2);
	await safe(page, she, 0, 2);
	await page.unroute('**/v1/push');
	await page.reload();
	await safe(page, she, 2, 2);
	await eachOnce(page, site, 2);
	await browser.close();
});

test('a copy of the app without an endpoint says that it has no safe place, and keeps the answers', async ({ page, site }) => {
	const { url, close } = await fileHost('build/packs');
	const she = await answered(page, url, 'en', 1);
	await settings(page, url);
	await button(page, she, 'sync.on').click();
	await expect(page.getByText(she.t('sync.no-endpoint'))).toBeVisible();
	await safe(page, she, 0, 1);
	expect(await table(page, 'answers')).toHaveLength(1);
	expect(site.rows()).toEqual([]);
	close();
});
