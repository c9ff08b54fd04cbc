import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { parse } from 'yaml';
import { ExamBank } from '#core/course.ts';
import { locales, type Locale } from '#core/text.ts';
import { course, person, texts } from './person.ts';
import { expect, interfaceWords, test, type Site } from './site.ts';

const bank = ExamBank.parse(parse(readFileSync(`content/exams/${course.id}/exam.yaml`, 'utf8')));
const t = interfaceWords('en');
const title = texts('content/catalogue/en.yaml')[`${course.id}.title`]!;
const inAYear = () => new Date(Date.now() + 366 * 86_400_000).toISOString().slice(0, 10);

/** Makes one of the people of the certification body known, as its office does; gives her key. */
function employed(site: Site, name: string, role: string): string {
	const said = execFileSync('npm', ['run', '--silent', 'staff', '--', 'add', name, role, inAYear()], {
		env: { ...process.env, CERTIFICATION: join(site.folder, 'certification.db') },
		encoding: 'utf8'
	});
	return said.trim().split(' ').at(-1)!;
}

/** A phone or computer of its own, in English, with the app on it. */
async function device(browser: Browser, site: Site): Promise<{ context: BrowserContext; page: Page }> {
	const context = await browser.newContext({ viewport: { width: 360, height: 640 }, hasTouch: true, acceptDownloads: true });
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	const owner = person(page, site.url, 'en');
	await owner.begin();
	await owner.offlineReady();
	return { context, page };
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click();
const follow = (page: Page, name: string | RegExp) =>
	page
		.getByRole('link', { name, exact: typeof name === 'string' })
		.first()
		.click();

/** One of the people of the certification body at her own device: signs in, and signs the statement. */
async function atWork(browser: Browser, site: Site, name: string, role: string) {
	const { context, page } = await device(browser, site);
	await page.goto(`${site.url}/office`);
	await page.getByLabel(t('office.key.label')).fill(employed(site, name, role));
	await press(page, t('office.key.go'));
	for (const one of ['confidential', 'conflicts'])
		await page
			.locator('label.option')
			.filter({ hasText: t(`office.statement.${one}`) })
			.click();
	await press(page, t('office.statement.go'));
	await expect(page.getByRole('heading', { name })).toBeVisible();
	return { context, page };
}

const house = 'build/app/_app/immutable/house';
/** Everything of the house of certification is on the phone, not only the shell. */
const housed = (page: Page) =>
	expect
		.poll(() =>
			page.evaluate(async () => {
				const paths = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
				return paths.flat().filter(({ url }) => /\/immutable\/house\/.*\.js$/.test(url)).length;
			})
		)
		.toBe(readdirSync(house, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js')).length);

test('from a lesson to a credential that an employer checks: applied, sat without a network in five languages, carried by file, decided, read from its picture', async ({
	browser,
	site
}) => {
	test.setTimeout(240_000);
	const { context: phone, page } = await device(browser, site);
	const she = person(page, site.url, 'en');

	// She learns.
	await she.take('text');
	const lesson = course.lessons[0]!;
	await she.lesson(lesson.id);
	await she.study(lesson.id);
	await she.answer(lesson.exercises);

	// She applies.
	await page.goto(`${site.url}/passport`);
	await follow(page, t('passport.how-title'));
	await follow(page, t('exam.apply'));
	await page.locator('label.option').filter({ hasText: title }).click();
	await press(page, t('exam.form.next'));
	await page.getByLabel(t('exam.form.name')).fill('Ελένη Παπαδοπούλου');
	await press(page, t('exam.form.next'));
	for (const [part, value] of [
		['day', '7'],
		['month', '3'],
		['year', '1984']
	] as const)
		await page.getByLabel(t(`exam.form.${part}`), { exact: true }).fill(value);
	await press(page, t('exam.form.next'));
	await page
		.locator('label.option')
		.filter({ hasText: t('exam.help.extra-time') })
		.click();
	await press(page, t('exam.form.next'));
	await press(page, t('exam.form.next'));
	await page
		.locator('label.option')
		.filter({ hasText: t('exam.form.agree-yes') })
		.click();
	await press(page, t('exam.form.send'));
	await follow(page, t('exam.to-list'));
	await expect(page.getByText(t('exam.state.received'))).toBeVisible();

	// The registrar accepts her, the invigilator makes a session and prepares it.
	const registrar = await atWork(browser, site, 'Rosa Registrar', 'registrar');
	await registrar.page.goto(`${site.url}/office/applications`);
	await follow(registrar.page, /Ελένη Παπαδοπούλου/);
	await press(registrar.page, t('office.application.accept'));
	await expect(registrar.page.getByText(t('office.application.accepted'), { exact: true })).toBeVisible();

	const invigilator = await atWork(browser, site, 'Ivo Invigilator', 'invigilator');
	await invigilator.page.goto(`${site.url}/office/sessions/new`);
	await invigilator.page.getByLabel(t('office.session.place')).fill('Job centre, room 4');
	await invigilator.page.getByLabel(t('office.session.day')).fill(new Date().toISOString().slice(0, 10));
	await invigilator.page.locator('label.option').filter({ hasText: 'Ελένη Παπαδοπούλου' }).click();
	await press(invigilator.page, t('office.session.make'));
	await expect(invigilator.page.getByRole('heading', { level: 1 })).toHaveText('Job centre, room 4');

	// The form comes to her phone. Then there is no network in the room.
	await press(page, t('exam.refresh'));
	await expect(page.getByText(t('exam.state.here'))).toBeVisible();
	await Promise.all([housed(page), housed(invigilator.page)]);
	await site.kill();
	for (const { context } of [{ context: phone }, invigilator]) await context.setOffline(true);

	await follow(invigilator.page, /Ελένη Παπαδοπούλου/);
	await press(invigilator.page, t('office.seat.seen'));
	const code = (await invigilator.page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/).textContent())!;

	await follow(page, t('exam.to-exam'));
	await page.getByLabel(t('exam.code.label')).fill('0000-0000-0000');
	await press(page, t('exam.code.open'));
	await expect(page.getByText(t('exam.code.wrong_one'))).toBeVisible({ timeout: 30_000 });
	await page.getByLabel(t('exam.code.label')).fill(code.toLowerCase().replaceAll('-', ' '));
	await press(page, t('exam.code.open'));
	await expect(page.getByText(t('exam.start.count_other', { count: 20, minutes: t('minutes_other', { count: 60 }) }))).toBeVisible();
	await press(page, t('exam.start.go'));

	// Twenty questions, each in the next language; one is answered wrongly; in the middle the browser is killed.
	let screen = page;
	const speak = async (locale: Locale) => {
		await screen.locator('button.language').click();
		await screen.getByRole('dialog').locator(`button[lang=${locale}]`).click();
		await expect(screen.getByRole('dialog')).toHaveCount(0);
	};
	for (let at = 0; at < 20; at++) {
		const locale = locales[at % 5]!;
		const words = interfaceWords(locale);
		await speak(locale);
		if (at === 10) {
			const { pathname } = new URL(screen.url());
			await screen.close({ runBeforeUnload: false });
			screen = await phone.newPage();
			screen.setDefaultTimeout(15_000);
			await screen.goto(site.url + pathname);
			await expect(screen.getByText(words('exam.question', { at: 11, of: 20 }))).toBeVisible();
		}
		const reader = person(screen, site.url, locale, 'click', course, texts(`content/exams/${course.id}/words/${locale}/exam.yaml`));
		const item = await reader.asked(bank.items, words('exam.overview'));
		expect(item, `question ${at + 1} in ${locale}`).toBeDefined();
		await reader.fill(item, at === 3 ? 'wrong' : 'right', () => press(screen, words('item.go-on')));
		await press(screen, words(at === 19 ? 'exam.to-end' : 'exam.forward'));
	}
	await speak('en');
	await expect(screen.getByText(t('exam.end.all'))).toBeVisible();
	await press(screen, t('exam.end.go'));
	await expect(screen.getByText(t('exam.state.kept'))).toBeVisible();
	const saved = screen.waitForEvent('download');
	await press(screen, t('exam.done.file'));
	const carried = join(site.folder, 'carried.json');
	await (await saved).saveAs(carried);

	// The invigilator takes the file, and sends it when there is a network again.
	await invigilator.page.goto(`${invigilator.page.url().replace(/\/[0-9a-f-]{36}$/, '')}/collect`);
	await invigilator.page.locator('input[type=file]').setInputFiles(carried);
	await expect(invigilator.page.getByText(t('office.waiting.responses_one', { count: 1 }))).toBeVisible();
	await site.start();
	await invigilator.context.setOffline(false);
	await expect(invigilator.page.getByText(t('office.waiting.title'))).toHaveCount(0, { timeout: 60_000 });

	// A person who neither taught nor watched decides.
	const decider = await atWork(browser, site, 'Dora Decider', 'decider');
	await decider.page.goto(`${site.url}/office/attempts`);
	await expect(decider.page.getByText(new RegExp(t('office.attempts.met')))).toBeVisible();
	await follow(decider.page, new RegExp(title));
	await expect(decider.page.getByText('Ivo Invigilator')).toBeVisible();
	await decider.page
		.locator('label.option')
		.filter({ hasText: t('office.decide.passed') })
		.first()
		.click();
	await decider.page.getByLabel(t('office.decide.note')).fill('All is in order.');
	await press(decider.page, t('office.decide.go'));
	await press(decider.page, t('office.decide.yes'));
	await expect(decider.page.getByText(t('office.decide.done'))).toBeVisible();

	// The credential comes to her phone.
	await phone.setOffline(false);
	await screen.goto(`${site.url}/passport`);
	await press(screen, t('passport.collect'));
	await expect(screen.getByText(t('passport.count', { got: 1 }), { exact: true })).toBeVisible();
	await screen.locator('a[href^="/passport/urn"]').first().click();
	await press(screen, t('passport.show-code'));
	const picture = join(site.folder, 'code.png');
	await screen.getByRole('dialog').getByRole('img').screenshot({ path: picture, scale: 'device' });

	// An employer reads it from its picture, with the network cut, on a device that was here once.
	const employer = await device(browser, site);
	await employer.page.goto(`${site.url}/verify`);
	await housed(employer.page);
	await expect
		.poll(() =>
			employer.page.evaluate(
				() =>
					new Promise<number>((resolve, reject) => {
						const open = indexedDB.open('passport');
						open.onerror = () => reject(open.error);
						open.onsuccess = () => {
							const counted = open.result.transaction('statuses').objectStore('statuses').count();
							counted.onsuccess = () => (open.result.close(), resolve(counted.result));
						};
					})
			)
		)
		.toBe(2);
	await site.kill();
	await employer.context.setOffline(true);
	await employer.page.reload();
	await employer.page.locator('input[type=file]').setInputFiles(picture);
	for (const [check, word] of [
		['form', 'good'],
		['seal', 'good'],
		['issuer', 'note'],
		['holder', 'good'],
		['dates', 'good'],
		['status', 'good']
	])
		await expect(employer.page.getByRole('heading', { name: `${t(`verify.check.${check}`)}: ${t(`verify.${word}-word`)}` })).toBeVisible();
	await expect(employer.page.getByText('Ελένη Παπαδοπούλου').first()).toBeVisible();
	await expect(employer.page.getByText(title).first()).toBeVisible();
	for (const { context } of [{ context: phone }, registrar, invigilator, decider, employer]) await context.close();
});

test('what is not on the phone yet, and cannot come, is said: she is not left waiting', async ({ browser, site }) => {
	const context = await browser.newContext({ viewport: { width: 360, height: 640 }, serviceWorkers: 'block' });
	const page = await context.newPage();
	await person(page, site.url, 'en').begin();
	await page.goto(`${site.url}/verify`);
	await page.getByRole('heading', { name: t('verify.title') }).waitFor();
	await context.setOffline(true);
	await page.locator('input[type=file]').setInputFiles('static/icon-192.png');
	await expect(page.getByText(t('error.offline'))).toBeVisible();
	await context.close();
});
