import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { parse } from 'yaml';
import { ExamBank } from '#core/course.ts';
import { locales, type Locale } from '#core/text.ts';
import { certified } from './certified.ts';
import { course, housed, person, texts } from './person.ts';
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

/** Whether what was typed fits into its field with letters twice as big. */
function fitsTwiceAsBig(field: HTMLElement | SVGElement): boolean {
	document.documentElement.style.fontSize = '200%';
	const fits = field.scrollWidth <= field.clientWidth;
	document.documentElement.style.fontSize = '';
	return fits;
}

/** A candidate who has a certificate of the course. */
async function awarded(body: Awaited<ReturnType<typeof certified>>) {
	const maria = await body.candidate('Maria Nowak');
	const application = await maria.apply(course.id);
	await body.accept(application);
	const room = await body.room([application]);
	const { form, code } = room.seats[0]!;
	const attempt = await maria.sit(form, code, 20);
	await body.seen(room.id, form);
	await body.decide(attempt, 'passed');
	await expect.poll(async () => ((await maria.ask('GET', '/mine')) as { credentials: unknown[] }).credentials.length).toBe(1);
	return maria;
}

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
	await expect(registrar.page.locator(':focus'), 'the focus is on what was done').toHaveText(t('office.application.accepted'));

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
	await expect(invigilator.page.locator(':focus')).toHaveText(new RegExp(t('office.seat.seen-at', { time: '.*' })));
	const code = (await invigilator.page.getByText(/^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$/).textContent())!;

	await follow(page, t('exam.to-exam'));
	await page.getByLabel(t('exam.code.label')).fill('0000-0000-0000');
	await press(page, t('exam.code.open'));
	await expect(page.getByText(t('exam.code.wrong_one'))).toBeVisible({ timeout: 30_000 });
	await page.getByLabel(t('exam.code.label')).fill(code);
	expect(await page.getByLabel(t('exam.code.label')).evaluate(fitsTwiceAsBig), 'the whole code is seen in big letters').toBe(true);
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
		if (at === 0) {
			const left = screen.getByText(/^About \d+ minutes left\.$/);
			await expect(left).toHaveCount(0); // the time is never shown unasked
			await press(screen, words('exam.time'));
			await expect(left).toBeInViewport();
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
	await follow(invigilator.page, t('back'));
	await follow(invigilator.page, t('office.session.collect'));
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
		['dates', 'good'],
		['status', 'good']
	])
		await expect(employer.page.getByRole('heading', { name: `${t(`verify.check.${check}`)}: ${t(`verify.${word}-word`)}` })).toBeVisible();
	await expect(employer.page.getByRole('heading', { name: `${t('verify.check.holder')}: Ελένη Παπαδοπούλου` })).toBeVisible();
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

test('an employer who was never here has first what speaks against a certificate, then whose it is, in her language; and goes on by keyboard', async ({
	browser,
	site
}) => {
	const words = interfaceWords('el');
	const body = await certified(site);
	await awarded(body);
	const { edc, qr } = body.issued();
	body.close();
	const context = await browser.newContext({ viewport: { width: 360, height: 640 }, locale: 'el-GR' });
	const page = await context.newPage();
	await page.goto(`${site.url}/verify`);
	const check = (text: string) =>
		page.locator('input[type=file]').setInputFiles({ name: 'file.jsonld', mimeType: 'text/plain', buffer: Buffer.from(text) });
	const line = (at: number) => page.locator('main ol > li').nth(at).getByRole('heading');
	for (const text of [qr, edc]) {
		await check(text);
		await expect(line(0)).toHaveText(`${words('verify.check.issuer')}: ${words('verify.note-word')}`);
		await expect(page.getByText(words('verify.reason.issuer-development'))).toBeInViewport();
		await expect(line(1)).toHaveText(`${words('verify.check.holder')}: Maria Nowak`);
		await expect(page.getByText('Μόνο για ανάπτυξη: δεν είναι φορέας πιστοποίησης')).toBeVisible();
		await expect(page.getByText('Development only')).toHaveCount(0);
		await page.getByRole('button', { name: words('verify.another') }).press('Enter');
		await expect(page.getByRole('button', { name: words('verify.scan') })).toBeFocused();
	}
	const sealed = JSON.parse(edc) as { payload: string };
	await check(JSON.stringify({ ...sealed, payload: sealed.payload.replaceAll('Maria', 'Marta') }));
	await expect(line(0)).toHaveText(`${words('verify.check.seal')}: ${words('verify.bad-word')}`);
	await expect(page.getByRole('heading', { name: /Marta/ })).toHaveCount(0); // a name that no seal protects is not called good
	await context.close();
});

test('a candidate with a new phone is told what stands in the way of her code, then what came; and hears her Passport', async ({
	browser,
	site
}) => {
	const body = await certified(site);
	const maria = await awarded(body);
	const { context, page } = await device(browser, site);
	await page.addInitScript(() => {
		class Utterance {
			text: string;
			constructor(text: string) {
				this.text = text;
			}
		}
		speechSynthesis.getVoices = () => [{ lang: 'en', localService: true } as SpeechSynthesisVoice];
		speechSynthesis.speak = ({ text }) => void (document.body.dataset['said'] = `${document.body.dataset['said'] ?? ''} ${text}`);
		Object.assign(window, { SpeechSynthesisUtterance: Utterance });
	});
	const listen = async (text: string) => {
		await press(page, t('voice.listen'));
		await expect(page.locator('body')).toHaveAttribute('data-said', new RegExp(text));
	};
	await page.goto(`${site.url}/passport/phone`);
	const use = async (code: string, said: string) => {
		await page.getByLabel(t('passport.phone.label')).fill(code);
		await press(page, t('passport.phone.use'));
		await expect(page.getByText(said)).toBeInViewport();
	};
	await use('7K3M', t('passport.phone.form'));
	await use('7K3M-0QXZ-9ABC', t('passport.phone.code'));
	const { code } = (await body.crew.registrar.post(`/candidates/${maria.id}/code`, { seen: true })) as { code: string };
	await context.setOffline(true);
	await use(code, t('passport.phone.offline'));
	await context.setOffline(false);
	await use(code, t('passport.phone.done'));
	await expect(page.getByText(t('passport.phone.came_one', { count: 1 }))).toBeVisible();
	await expect(page.getByText(t('passport.phone.old'))).toBeVisible();
	await follow(page, t('tabs.passport'));
	await expect(page.locator('a.stamp')).toHaveCount(1);
	await listen(title);
	await page.locator('a.stamp').click();
	await listen(texts('content/catalogue/en.yaml')[`${course.id}.plain`]!);
	await context.close();
	body.close();
});

test('the tab of an appeal says that she does not agree, and that of a complaint that it is one', async ({ page, site }) => {
	await person(page, site.url, 'en').begin();
	for (const [address, kind] of [
		['/exam/appeal?attempt=1', 'appeal'],
		['/exam/appeal', 'complaint']
	]) {
		await page.goto(site.url + address);
		await expect(page).toHaveTitle(`${t(`exam.appeal.${kind}`)} - ${t('name')}`);
	}
});
