import { randomUUID } from 'node:crypto';
import type { Page, Route } from '@playwright/test';
import type { Item } from '#core/item.ts';
import type { Locale } from '#core/text.ts';
import { course, person } from './person.ts';
import { expect, type Site } from './site.ts';

const iphone =
	'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const inside =
	'Mozilla/5.0 (Linux; Android 14; SM-A165F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/138.0 Mobile Safari/537.36';
const day = 86_400_000;

/** Goes through every screen and its states, once, and calls `stop` at each, with a name for the report. */
export async function walk(page: Page, site: Site, locale: Locale, stop: (name: string) => Promise<void>): Promise<void> {
	const { url } = site;
	page.setDefaultTimeout(15_000);
	const she = person(page, url, locale);
	const { t, say } = she;
	const button = (name: string) => page.getByRole('button', { name, exact: true });
	const first = (text: string) => expect(page.getByText(text).first()).toBeVisible();
	const heading = (text: string) => expect(page.getByRole('heading', { level: 1 })).toHaveText(text);
	const open = async (path: string) => void (await page.goto(url + path));
	const keep = (name: string, value: object) =>
		page.evaluate(([key, text]) => localStorage.setItem(key!, text!), [`passport.${name}`, JSON.stringify(value)]);
	const place = async (lesson: string, step: string) => {
		await keep(`places.communication/${lesson}`, {
			name: `communication/${lesson}`,
			step,
			given: {},
			repeats: [],
			at: await page.evaluate(() => Date.now())
		});
		await she.lesson(lesson);
	};
	const agent = await page.context().newCDPSession(page);
	const as = async (userAgent: string) => void (await agent.send('Emulation.setUserAgentOverride', { userAgent }));
	/** A voice is not made for the walk: it is on its way, or there is none. */
	await page
		.context()
		.route(/\/packs\/communication\/\w\w\.\w+\.json/, (route) =>
			locale === 'el'
				? route.fulfill({ status: 404 })
				: locale === 'en'
					? route.fallback()
					: route.fulfill({ status: 202, json: { preparing: { done: 12, of: 42 } } })
		);
	const refuse = (route: Route) => route.abort();
	await page.context().route('**/packs/catalogue.json', refuse);
	await page.clock.setFixedTime(Date.now() - 3 * day);

	const agentBefore = await page.evaluate(() => navigator.userAgent);
	await as(iphone);
	await open('/');
	await page.locator(`label.option[lang=${locale}]`).click();
	await first(t('install.ios-1'));
	await stop('first screen on an iPhone');
	await as(inside);
	await open('/');
	await button(t('install.copy-link')).waitFor();
	await stop('first screen inside another app');
	await as(agentBefore);
	await open('/');
	await heading(t('start.title'));
	await stop('first screen');
	await button(t('start.go')).click();
	await first(t('catalogue.none'));
	await stop('home without the list of courses');
	await page.context().unroute('**/packs/catalogue.json', refuse);
	await button(t('retry')).click();
	await first(t('home.begin-why'));
	await stop('home, empty');
	await open('/courses');
	await page.locator('a.card').nth(19).waitFor();
	await stop('catalogue');
	await page.locator('button.language').click();
	await page.getByRole('dialog').waitFor();
	await stop('language sheet');
	await button(t('close')).click();
	const coming = page.locator('a.card.coming');
	if (await coming.count()) {
		await coming.first().click();
		await first(t('course.coming'));
		await stop('a coming course');
	}
	await open('/courses/communication/listen');
	await heading(t('lesson.not-here'));
	await stop('a lesson that is not on the phone');

	await page.context().route('**/packs/files/**', refuse);
	await open('/courses/communication');
	await page.locator('.tier button').first().waitFor();
	await stop('a course and what can be downloaded');
	const take = page.locator('.tier').first().getByRole('button');
	await take.click();
	await button(t('retry')).waitFor();
	await stop('a download that failed');
	let release = () => {};
	const gate = new Promise<void>((free) => (release = free));
	await page.context().unroute('**/packs/files/**', refuse);
	await page.context().route('**/packs/files/**', async (route) => (await gate, route.fallback()));
	await button(t('retry')).click();
	await button(t('course.pause')).waitFor();
	await stop('a download on its way');
	release();
	await page.getByRole('heading', { name: t('course.lessons'), exact: true }).waitFor();
	await page.context().unroute('**/packs/files/**');
	const voice = page
		.locator('.tier')
		.filter({ hasText: t('course.tier.cards') })
		.getByRole('button', { name: new RegExp(t('course.get')) });
	if (locale === 'en' && (await voice.isVisible())) {
		await voice.click();
		await voice.waitFor({ state: 'detached' });
	}
	await page.locator('details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)));
	await stop('a course on the phone, all opened');
	await button(t('course.remove')).click();
	await button(t('no')).waitFor();
	await stop('the question before a course is removed');

	const [lesson, other, , last] = course.lessons;
	await place(last!.id, last!.exercises[0]!.id);
	await she.respond(last!.exercises[0]!, 'right');
	await page.clock.setFixedTime(Date.now());
	await open('/');
	await page.locator('a[href="/review"]').waitFor();
	await stop('home with a course and a review');
	await open('/review');
	await heading(t('review.title'));
	await stop('review');
	await button(t('assessment.begin')).click();
	await page.locator('article h1').waitFor();
	await stop('a question of the review');
	await she.respond(last!.exercises[0]!, 'right');
	await she.forward('continue');
	await heading(t('review.done'));
	await stop('review, done');
	await open('/review');
	await heading(t('review.none'));
	await stop('review, nothing due');

	await she.lesson(lesson!.id);
	for (const card of lesson!.cards) {
		await heading(say(`${card.id}.title`));
		await stop(`card: ${card.kind}`);
		await she.forward('lesson.next');
	}
	await heading(t('lesson.notes'));
	await stop('notes');
	await she.forward('lesson.next');
	await heading(t('lesson.try'));
	await stop('try');
	await she.forward('lesson.to-exercises');
	const exercise = async (item: Item) => {
		await stop(`${item.kind}, not answered`);
		await she.respond(item, 'wrong', () => stop(`${item.kind}, half way`));
		await page.locator('details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)));
		await stop(`${item.kind}, wrong`);
		await she.forward('continue');
	};
	const again = async (item: Item) => {
		await she.respond(item, 'right');
		await stop(`${item.kind}, right`);
		await she.forward('continue');
	};
	for (const item of lesson!.exercises) await exercise(item);
	for (const item of lesson!.exercises) await again(item);
	await first(t('lesson.end-review'));
	await stop('end of a lesson');
	const figures = other!.exercises.filter(({ kind }) => kind === 'sort' || kind === 'number' || kind === 'match');
	await place(other!.id, other!.cards.find((card) => card.kind === 'compare' && card.verdict === 'before-after')!.id);
	await stop('card: before and after');
	await place(other!.id, other!.exercises[0]!.id);
	await she.respond(other!.exercises[0]!, 'right');
	await she.forward('continue');
	for (const item of figures) await exercise(item);
	await she.respond(other!.exercises.at(-1)!, 'right');
	await she.forward('continue');
	for (const item of figures) await again(item);

	await open('/courses/communication/assessment');
	await heading(t('assessment.title'));
	await stop('self-assessment');
	await button(t('assessment.begin')).click();
	await first(t('assessment.question', { at: 1, of: 12 }));
	await page.locator('article h1').waitFor();
	await stop('a question of the self-assessment');
	const asked = ['choose-channel', 'listen-check', 'speak-clearly'].map((outcome) =>
		course.assessment.find((item) => item.outcome === outcome && item.kind === 'choice')!
	);
	const id = randomUUID().replace(/^(.{14})./, '$17');
	const now = Date.now() + 1000;
	await page.evaluate(() =>
		Object.keys(localStorage).forEach((key) => key.startsWith('passport.sittings') && localStorage.removeItem(key))
	);
	await keep(`sittings.${id}`, {
		id,
		course: 'communication',
		items: asked.map((item) => item.id),
		step: 2,
		begun: now,
		at: now,
		finished: false
	});
	await open('/courses/communication/assessment');
	await first(t('assessment.question', { at: 3, of: 3 }));
	await she.respond(asked[2]!, 'right');
	await she.forward('continue');
	await expect(page.getByRole('heading', { level: 1 })).toContainText(t('assessment.result'));
	await stop('result of the self-assessment');

	await open('/passport');
	await page.locator('.stamp').nth(19).waitFor();
	await stop('passport');
	await open('/settings');
	await heading(t('settings.title'));
	await stop('settings');
	await open('/print/poster');
	await page.locator('article svg').waitFor();
	await stop('poster');
	await open('/settings/about');
	await heading(t('about.title'));
	await stop('about');
	await open('/settings/space');
	await page.locator('a[href="/courses/communication"]').waitFor();
	await stop('space on the phone');
	await open('/settings/data');
	await heading(t('data.title'));
	await stop('data');
	await button(t('data.see')).click();
	await page.locator('.answers li').nth(3).waitFor();
	await button(t('data.delete')).click();
	await button(t('data.delete-no')).waitFor();
	await stop('data, seen, and the question before all is deleted');
	await open('/settings/sync');
	await button(t('sync.on')).waitFor();
	await stop('safe online, off');
	await button(t('sync.on')).click();
	await button(t('sync.now')).waitFor();
	await button(t('sync.erase')).click();
	await button(t('no')).waitFor();
	await stop('safe online, on, and the question before it is deleted');

	await open('/nowhere');
	await heading(t('error.title'));
	await stop('an address that is not there');
	await page.context().setOffline(true);
	await open('/');
	await first(t('offline'));
	await stop('home without a network');
	await open('/settings/sync');
	await button(t('sync.now')).click();
	await stop('safe online without a network');
}
