import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import type { Page } from '@playwright/test';
import { course, person } from './person.ts';
import { expect, test, type Site } from './site.ts';

const files = (folder: string): string[] =>
	readdirSync(folder).flatMap((name) => {
		const path = join(folder, name);
		return statSync(path).isDirectory() ? files(path) : [path];
	});

/** Makes of the built app in a folder its next version: another number, and every script under another name, as after a change in the code. */
function nextVersion(folder: string, version: string): void {
	const { version: before } = JSON.parse(readFileSync(join(folder, '_app/version.json'), 'utf8')) as { version: string };
	const scripts = files(join(folder, '_app/immutable')).filter((path) => extname(path) === '.js');
	const renamed = scripts.map((path) => [basename(path), basename(path).replace(/\.js$/, 'v2.js')] as const);
	const inline = (html: string) => [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, script]) => script!);
	const hash = (script: string) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`;
	for (const path of files(folder).filter((one) => /\.(js|html|json)$/.test(one))) {
		const text = readFileSync(path, 'utf8');
		let changed = text.replaceAll(before, version);
		for (const [from, to] of renamed) changed = changed.replaceAll(from, to);
		const scripts = inline(changed);
		for (const [at, script] of inline(text).entries()) changed = changed.replaceAll(hash(script), hash(scripts[at]!));
		writeFileSync(path, changed);
	}
	for (const path of scripts) renameSync(path, join(dirname(path), basename(path).replace(/\.js$/, 'v2.js')));
}

/** A copy of the built app that the site serves, and that may change while it does. */
async function served(site: Site): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'passport-app-'));
	cpSync('build/app', folder, { recursive: true, filter: (path) => !/\.(br|gz)$/.test(path) }); // they would be of the version before
	await site.kill();
	await site.start({ FOLDER: folder });
	return folder;
}

/** Which version a tab runs; undefined while it loads. */
const versionOf = (page: Page) =>
	page
		.evaluate(() => (performance.getEntriesByType('resource').some(({ name }) => name.endsWith('v2.js')) ? 'next' : 'first'))
		.catch(() => undefined);
const shells = (page: Page) => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('shell-')));
/** She comes back to the app after a while: the moment in which it looks for a new version. */
const comesBack = (page: Page) => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')));

test('a new version is offered at home and never in a lesson; taken, it changes all tabs, each where it was', async ({
	page: home,
	site,
	context
}) => {
	const folder = await served(site);
	const she = person(home, site.url, 'en');
	await she.begin();
	await she.take();
	await she.offlineReady();
	await home.goto(site.url);
	const studying = person(await context.newPage(), site.url, 'en');
	await studying.lesson('listen');
	await studying.study('listen');
	await studying.half(course.lessons[0]!.exercises[0]!);
	const half = await studying.seen();
	const tabs = [home, studying.page];
	for (const tab of tabs) await tab.evaluate(() => void (document.title = 'not reloaded'));

	nextVersion(folder, 'next');
	for (const tab of tabs) await comesBack(tab);
	const offer = (tab: Page) => tab.getByText(she.t('update.ready'));
	await expect(offer(home)).toBeVisible();
	await home.getByRole('link', { name: she.t('tabs.settings') }).click(); // a screen that was not loaded yet, of the version that is gone
	await expect(home.getByRole('heading', { name: she.t('settings.look') })).toBeVisible();
	await expect(offer(home)).toBeVisible();
	expect(await studying.seen()).toEqual(half);
	await expect(offer(studying.page)).toHaveCount(0);
	for (const tab of tabs) expect(await versionOf(tab)).toBe('first');

	await she.button(she.t('update.now')).click();
	for (const tab of tabs) await expect.poll(() => versionOf(tab)).toBe('next');
	await expect(home.getByRole('heading', { name: she.t('settings.look') })).toBeVisible();
	await expect(offer(home)).toHaveCount(0);
	await expect.poll(() => studying.seen()).toEqual(half);
	await expect.poll(() => shells(home)).toEqual(['shell-next']);

	await site.kill();
	await context.setOffline(true);
	for (const tab of tabs) await tab.reload();
	await expect.poll(() => studying.seen()).toEqual(half);
	await home.goto(`${site.url}/settings/about`);
	await expect(home.getByText(she.t('about.version', { version: 'next' }))).toBeVisible();
	await studying.respond(course.lessons[0]!.exercises[0]!);
	rmSync(folder, { recursive: true });
});

test('a new version that came during a lesson is offered when she is back at home', async ({ page, site }) => {
	const folder = await served(site);
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take();
	await she.offlineReady();
	await she.lesson('listen');
	nextVersion(folder, 'next');
	await comesBack(page);
	await expect.poll(() => page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration())?.waiting)).toBe(true);
	await she.forward('lesson.next');
	await expect(page.getByText(she.t('update.ready'))).toHaveCount(0);
	await page.reload();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.say(`${course.lessons[0]!.cards[1]!.id}.title`));
	await expect(page.getByText(she.t('update.ready'))).toHaveCount(0);
	await page.goto(site.url);
	await she.button(she.t('update.now')).click();
	await expect.poll(() => versionOf(page)).toBe('next');
	rmSync(folder, { recursive: true });
});

test('a first visit that is cut off goes on where it stopped, and is complete then', async ({ page, site, context }) => {
	const folder = await served(site);
	const late = 'icon-512.png';
	renameSync(join(folder, late), join(folder, 'late'));
	const she = person(page, site.url, 'en');
	await she.begin(); // the app works meanwhile
	await expect.poll(() => shells(page)).toHaveLength(1);
	await expect.poll(() => page.evaluate(async () => !!(await navigator.serviceWorker.getRegistration()))).toBe(false);
	const kept = await page.evaluate(async () => {
		const [name] = await caches.keys();
		return (await (await caches.open(name!)).keys()).map(({ url }) => new URL(url).pathname);
	});
	expect(kept.length).toBeGreaterThan(5);

	renameSync(join(folder, 'late'), join(folder, late));
	const fetched: string[] = [];
	context.on('request', (request) => request.serviceWorker() && fetched.push(new URL(request.url()).pathname));
	await page.reload();
	await she.offlineReady();
	expect(fetched).toContain(`/${late}`);
	expect(fetched.filter((path) => kept.includes(path))).toEqual([]);
	await site.kill();
	await context.setOffline(true);
	await page.goto(`${site.url}/settings`);
	await expect(page.getByRole('heading', { name: she.t('settings.look') })).toBeVisible();
	rmSync(folder, { recursive: true });
});
