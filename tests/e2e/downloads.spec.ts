import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page, type Route } from '@playwright/test';
import { compile } from '#compiler/compile.ts';
import { packKey } from '#compiler/key.ts';
import { localeNames, type Locale } from '#core/text.ts';
import { fileHost } from './host.ts';
import { addVoice, catalogueOf, forged, ownPacks, rewrite, voiceOf } from './packs.ts';
import { course, person } from './person.ts';
import { expect, test } from './site.ts';

type Person = ReturnType<typeof person>;
type Tier = 'text' | 'cards';

const files = '**/packs/files/*';
const { text, pictures } = catalogueOf('build/packs').packs['communication']!;
const names = (refs: { sha256: string; type: string }[]) => refs.map(({ sha256, type }) => `${sha256}.${type}`);
const textFiles = names([text, pictures]);
/** The sounds of the English voice, of the type that the browser took. */
const sounds = (taken: string[]) => {
	const type = taken.some((name) => name.endsWith('.ogg')) ? 'ogg' : 'mp3';
	return names(voiceOf('build/packs', 'en').recordings.map((one) => one[type]));
};

/** The files of courses and voices that arrive whole from now on. */
function arrivals(context: BrowserContext) {
	let bodies: { name: string; bytes: Promise<number> }[] = [];
	context.on('requestfinished', (request) => {
		const name = request.url().split('/packs/files/')[1];
		const size = async () => (await (await request.response())!.body()).length;
		if (name) bodies.push({ name, bytes: size() });
	});
	return {
		names: () => bodies.map(({ name }) => name).sort(),
		bytes: async () => (await Promise.all(bodies.map(({ bytes }) => bytes))).reduce((sum, one) => sum + one, 0),
		forget: () => void (bodies = [])
	};
}

const open = (page: Page, url: string) => page.goto(`${url}/courses/communication`);
const tierOf = (page: Page, she: Person, tier: Tier) =>
	page
		.locator('.tier')
		.filter({ hasText: she.t(`course.tier.${tier}`) })
		.first();
const offer = (page: Page, she: Person, tier: Tier) =>
	tierOf(page, she, tier).getByRole('button', { name: new RegExp(she.t('course.get')) });
const bytesOn = async (page: Page, she: Person, tier: Tier) =>
	Number((await offer(page, she, tier).textContent())!.match(/\(([\d,]+) bytes\)/)![1]!.replaceAll(',', ''));
const lessons = (page: Page, she: Person) => page.getByRole('heading', { name: she.t('course.lessons'), exact: true });
const button = (page: Page, she: Person, key: string) => page.getByRole('button', { name: she.t(key), exact: true });
const told = (page: Page, she: Person, key: string) => page.getByRole('alert').filter({ hasText: she.t(key) });

/** Opens what is said of a course that is on the phone. */
async function here(page: Page, she: Person) {
	const details = page.locator('details').filter({ has: page.locator('summary').getByText(she.t('course.here'), { exact: true }) });
	await expect(details).toBeVisible();
	if (!(await details.evaluate((one: HTMLDetailsElement) => one.open))) await details.locator('summary').click();
	return details;
}

/** Waits until a download has ended: the course is there with the voices of these languages and no other. */
async function ended(page: Page, she: Person, voices: Locale[]) {
	const details = await here(page, she);
	for (const locale of voices) await expect(details.getByText(`${localeNames[locale]}: ${she.t('course.tier.cards')}`)).toBeVisible();
	await expect(details.getByRole('button', { name: she.t('course.remove-voice') })).toHaveCount(voices.length);
	await expect(page.locator('section[aria-labelledby="running"]')).toHaveCount(0);
	await expect(lessons(page, she)).toBeVisible();
}

/** The first lesson, of which so much is answered. */
const begun = (page: Page, she: Person, answered: string) =>
	page.getByRole('link', { name: new RegExp(`${she.say('listen.title')}.*${she.t('course.lesson-started')} ?${answered}`) });

/** How many records a table on the phone has. */
const stored = (page: Page, table: 'files' | 'packs' | 'voices' | 'answers') =>
	page.evaluate(async (table) => {
		const asked = <T>(request: IDBRequest<T>) =>
			new Promise<T>((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
		const db = await asked(indexedDB.open('passport'));
		const count = await asked(db.transaction(table).objectStore(table).count());
		db.close();
		return count;
	}, table);

/** The line carries this many files and then stands still. */
async function still(page: Page, after: number) {
	let asked = 0;
	await page.route(files, async (route) => {
		if (++asked <= after) await route.continue();
	});
}

test('the exact bytes are shown before the tap, and just these are fetched after it', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await open(page, site.url);
	const came = arrivals(context);
	for (const [tier, expected] of [
		['text', () => textFiles],
		['cards', sounds]
	] as [Tier, (taken: string[]) => string[]][]) {
		const shown = await bytesOn(page, she, tier);
		expect(came.names()).toEqual([]);
		await offer(page, she, tier).click();
		await ended(page, she, tier === 'text' ? [] : ['en']);
		await expect.poll(() => came.names()).toEqual(expected(came.names()).sort());
		expect(await came.bytes()).toBe(shown);
		came.forget();
	}
});

test('what a course is about can be read before the download', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	const came = arrivals(context);
	await open(page, site.url);
	for (const { id } of course.outcomes) await expect(page.getByText(she.say(`${id}.text`))).toBeVisible();
	await page.getByText(she.t('course.descriptor'), { exact: true }).click();
	for (const element of ['award', 'assessment', 'quality', 'prerequisites'])
		await expect(page.getByText(she.say(`descriptor.${element}`))).toBeVisible();
	expect(came.names()).toEqual([]);
});

test('a download that loses the line half-way says so and goes on by itself; what had arrived is not fetched again', async ({
	page,
	site,
	context
}) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await open(page, site.url);
	const came = arrivals(context);
	let asked = 0;
	await page.route(files, async (route) => {
		if (++asked === 22) await context.setOffline(true);
		await route.continue();
	});
	await offer(page, she, 'cards').click();
	await expect(told(page, she, 'error.offline')).toBeVisible();
	await expect(lessons(page, she)).toBeVisible();
	expect(came.names().length).toBeGreaterThan(10);
	expect(came.names().length).toBeLessThan(30);
	await context.setOffline(false);
	await ended(page, she, ['en']);
	await expect.poll(() => came.names()).toEqual([...textFiles, ...sounds(came.names())].sort());
});

test('a download that was paused goes on where it was', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await open(page, site.url);
	const came = arrivals(context);
	await still(page, 20);
	await offer(page, she, 'cards').click();
	await expect.poll(() => stored(page, 'files')).toBe(20);
	await button(page, she, 'course.pause').click();
	await expect(button(page, she, 'course.resume'), 'the focus stays where it was').toBeFocused();
	await page.unrouteAll({ behavior: 'ignoreErrors' });
	await button(page, she, 'course.resume').click();
	await ended(page, she, ['en']);
	await expect.poll(() => came.names()).toEqual([...textFiles, ...sounds(came.names())].sort());
});

test('a download that waits can be given up: what can be had stands there again, and nothing of it is kept', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await open(page, site.url);
	let release = () => {};
	const held = new Promise<void>((free) => (release = free));
	await page.context().route(files, async (route) => (await held, route.fallback()));
	await offer(page, she, 'text').click();
	await button(page, she, 'course.pause').focus();
	await page.keyboard.press('Enter');
	await button(page, she, 'course.cancel').focus();
	await page.keyboard.press('Enter');
	await expect(offer(page, she, 'text')).toBeVisible();
	await expect(page.getByRole('heading', { name: she.t('course.download') }), 'the focus is at what came in its place').toBeFocused();
	expect(await stored(page, 'files')).toBe(0);

	await offer(page, she, 'text').click();
	await button(page, she, 'course.pause').focus();
	release();
	await expect(lessons(page, she), 'the focus is at what it brought').toBeFocused();
	await expect(page.getByRole('status').filter({ hasText: she.t('course.here') })).toBeVisible();
});

test('where something is missing, it is said once what did not work', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await page.context().route('**/packs/catalogue.json', (route) => route.abort());
	await she.begin();
	for (const address of ['/', '/courses']) {
		await page.goto(site.url + address);
		await expect(told(page, she, 'catalogue.none')).toBeVisible();
		await expect(page.getByText(she.t('error.title'))).toHaveCount(0);
		await expect(page.getByText(she.t('offline'))).toHaveCount(0);
	}
	for (const address of ['/courses/nothing', '/nothing']) {
		await page.goto(site.url + address);
		await expect(page.getByRole('heading', { level: 1, name: she.t('error.title') })).toBeVisible();
		await expect(page.getByText(she.t('error.title'))).toHaveCount(1);
	}
});

test('a browser that is killed in mid-download comes back to a download that waits, and goes on', async ({
	site,
	launchOptions,
	viewport
}, info) => {
	const opened = async () => {
		const context = await chromium.launchPersistentContext(info.outputPath('profile'), { ...launchOptions, viewport, hasTouch: true });
		return { context, page: context.pages()[0]!, came: arrivals(context) };
	};
	const first = await opened();
	const before = person(first.page, site.url, 'en');
	await before.begin();
	await open(first.page, site.url);
	await still(first.page, 20);
	await offer(first.page, before, 'cards').click();
	await expect.poll(() => stored(first.page, 'files')).toBe(20);
	const had = first.came.names();
	const session = await first.context.browser()!.newBrowserCDPSession();
	const { processInfo } = await session.send('SystemInfo.getProcessInfo');
	const closed = first.context.waitForEvent('close');
	process.kill(processInfo.find(({ type }) => type === 'browser')!.id, 'SIGKILL');
	await closed;

	const { context, page, came } = await opened();
	const she = person(page, site.url, 'en');
	await open(page, site.url);
	await expect(button(page, she, 'course.resume')).toBeVisible();
	await expect(lessons(page, she)).toBeVisible();
	expect(came.names()).toEqual([]);
	await button(page, she, 'course.resume').click();
	await ended(page, she, ['en']);
	await expect.poll(() => [...had, ...came.names()].sort()).toEqual([...textFiles, ...sounds(came.names())].sort());
	await context.close();
});

const whole = { status: 200, contentType: 'application/octet-stream' };
const body = async (route: Route) => (await route.fetch()).body();
/** What can come instead of a file, and what is said then. */
const faults: Record<string, { code: string; reply: (route: Route) => Promise<void> }> = {
	'one bit is another': {
		code: 'corrupt',
		async reply(route) {
			const bytes = await body(route);
			bytes[bytes.length >> 1]! ^= 1;
			await route.fulfill({ ...whole, body: bytes });
		}
	},
	'a page of a hotspot': {
		code: 'server',
		reply: (route) => route.fulfill({ contentType: 'text/html', body: '<h1>Welcome! Please log in</h1>' })
	},
	'the file is cut short': {
		code: 'corrupt',
		async reply(route) {
			const bytes = await body(route);
			await route.fulfill({ ...whole, body: bytes.subarray(0, bytes.length >> 1) });
		}
	},
	'the file is not there': { code: 'not-found', reply: (route) => route.fulfill({ status: 404, body: '' }) }
};

test('whatever comes instead of a file is said in her language and never used; the next try works', async ({ page, site }) => {
	const packs = ownPacks(site);
	await addVoice(packs, 'el');
	await site.kill();
	await site.start({ PACKS: packs });
	const she = person(page, site.url, 'el');
	await she.begin();
	await open(page, site.url);
	let tap = offer(page, she, 'cards');
	for (const [type, kept] of [
		[/\.pack$/, 0],
		[/\.(ogg|mp3)$/, 1]
	] as [RegExp, number][]) {
		for (const [name, { code, reply }] of Object.entries(faults))
			await test.step(`${name}: ${type}`, async () => {
				await page.route(type, reply);
				await tap.click();
				await expect(told(page, she, `error.${code}`)).toBeVisible();
				expect(await stored(page, 'packs')).toBe(kept);
				expect(await stored(page, 'voices')).toBe(0);
				await expect(lessons(page, she)).toHaveCount(kept);
				await page.unroute(type);
				tap = button(page, she, 'retry');
			});
	}
	await tap.click();
	await ended(page, she, ['el']);
});

test('a catalogue or a voice that is not signed by us is not used, and she is told', async ({ page, site }) => {
	const she = person(page, site.url, 'pl');
	const reply = (file: string) => (route: Route) => route.fulfill({ contentType: 'application/json', body: forged(`build/packs/${file}`) });
	await page.route('**/catalogue.json', reply('catalogue.json'));
	await she.begin();
	await page.goto(`${site.url}/courses`);
	await expect(told(page, she, 'error.signature')).toBeVisible();
	const listed = page.locator('a[href="/courses/communication"]');
	await expect(listed).toHaveCount(0);
	await page.unroute('**/catalogue.json');
	await button(page, she, 'retry').click();
	await expect(listed).toBeVisible();

	await page.getByRole('button', { name: new RegExp(`^${localeNames.pl}`) }).click();
	await page.getByRole('button', { name: localeNames.en, exact: true }).click();
	const inEnglish = person(page, site.url, 'en');
	await page.route('**/en.cards.json', reply('communication/en.cards.json'));
	await listed.click();
	await expect(tierOf(page, inEnglish, 'cards').getByText(inEnglish.t('error.signature'))).toBeVisible();
	await expect(offer(page, inEnglish, 'text')).toBeVisible();
	await page.unroute('**/en.cards.json');
	await tierOf(page, inEnglish, 'cards')
		.getByRole('button', { name: inEnglish.t('retry'), exact: true })
		.click();
	await expect(offer(page, inEnglish, 'cards')).toBeVisible();
});

test('on mobile data a download asks first, and can wait', async ({ page, site, context }) => {
	await page.addInitScript(() => Object.defineProperty(navigator, 'connection', { value: { type: 'cellular', saveData: false } }));
	const she = person(page, site.url, 'en');
	await she.begin();
	await open(page, site.url);
	const came = arrivals(context);
	const size = (await offer(page, she, 'text').textContent())!.match(/· (.+) \(/)![1]!;
	await offer(page, she, 'text').click();
	await expect(page.getByText(she.t('course.metered', { size }))).toBeVisible();
	await expect(page.locator('#running'), 'the focus goes to what came').toBeFocused();
	await button(page, she, 'course.metered-wait').click();
	await expect(offer(page, she, 'text')).toBeVisible();
	expect(came.names()).toEqual([]);
	await offer(page, she, 'text').click();
	await button(page, she, 'course.metered-go').click();
	await ended(page, she, []);
	await expect.poll(() => came.names()).toEqual([...textFiles].sort());
});

test('which voice is on its way is said, also when she reads on in another language', async ({ page, site, context }) => {
	test.skip(!existsSync('build/packs/communication/en.cards.json'), 'the English voice was not prepared');
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take();
	await context.route('**/packs/files/**', () => undefined); // nothing comes any more
	await offer(page, she, 'cards').click();
	const running = page.locator('section').filter({ has: page.locator('#running') });
	await expect(running).toContainText(she.t('course.voice-in', { language: localeNames.en }));
	const inPolish = await she.switchTo('pl');
	await expect(running).toContainText(inPolish.t('course.voice-in', { language: localeNames.en }));
	await context.unrouteAll({ behavior: 'ignoreErrors' });
});

test('the voice of a second language comes and goes, and the first stays', async ({ page, site, context }) => {
	const packs = ownPacks(site);
	await addVoice(packs, 'es');
	await site.kill();
	await site.start({ PACKS: packs });
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('cards');
	await ended(page, she, ['en']);
	const before = await stored(page, 'files');
	const came = arrivals(context);

	await page.getByRole('button', { name: new RegExp(`^${localeNames.en}`) }).click();
	await page.getByRole('button', { name: localeNames.es, exact: true }).click();
	const inSpanish = person(page, site.url, 'es');
	await offer(page, inSpanish, 'cards').click();
	await ended(page, inSpanish, ['en', 'es']);
	const { recordings } = voiceOf(packs, 'es');
	await expect.poll(() => came.names()).toHaveLength(recordings.length);
	expect(await stored(page, 'files')).toBe(before + recordings.length);

	const details = await here(page, inSpanish);
	await details
		.locator('.card')
		.filter({ hasText: localeNames.es })
		.getByRole('button', { name: inSpanish.t('course.remove-voice') })
		.click();
	await ended(page, inSpanish, ['en']);
	expect(await stored(page, 'files')).toBe(before);
});

test('a course that is removed takes its files with it and leaves her answers', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await she.lesson('listen');
	await she.study('listen');
	await she.respond(course.lessons[0]!.exercises[0]!);
	await open(page, site.url);
	const progress = begun(page, she, '1/5');
	await expect(progress).toBeVisible();
	const details = await here(page, she);
	await details.getByRole('button', { name: she.t('course.remove'), exact: true }).click();
	await page
		.getByRole('group', { name: she.t('course.remove') })
		.getByRole('button', { name: she.t('course.remove'), exact: true })
		.click();
	await expect(page.getByText(she.t('course.removed'))).toBeVisible();
	await expect(lessons(page, she)).toHaveCount(0);
	expect(await stored(page, 'files')).toBe(0);
	expect(await stored(page, 'answers')).toBe(1);
	await offer(page, she, 'text').click();
	await expect(progress).toBeVisible();
});

test('a voice that nobody asked for before is made while she sees how far it is', async ({ page, site }) => {
	const packs = ownPacks(site);
	rmSync(join(packs, 'communication/en.cards.json'));
	// Every clip was recorded before, so that the program would be done at once: here it stops after the first until the test goes on.
	const [patient, go] = [join(site.folder, 'patient.mjs'), join(site.folder, 'go')];
	const { length } = voiceOf('build/packs', 'en').recordings;
	writeFileSync(
		patient,
		`import { spawnSync } from 'node:child_process';
		import { existsSync } from 'node:fs';
		console.log('{"done":1,"of":${length}}');
		while (!existsSync('${go}')) await new Promise((then) => setTimeout(then, 20));
		const program = ['--import', 'tsx', 'src/compiler/narrate.ts', ...process.argv.slice(2)];
		process.exitCode = spawnSync(process.execPath, program, { stdio: 'inherit' }).status;`
	);
	await site.kill();
	await site.start({ PACKS: packs, NARRATE: `node ${patient}` });
	const she = person(page, site.url, 'en');
	await she.begin();
	await open(page, site.url);
	await expect(tierOf(page, she, 'cards').getByText(she.t('course.preparing', { done: 1, of: length }))).toBeVisible();
	await expect(offer(page, she, 'text')).toBeVisible();
	writeFileSync(go, '');
	await offer(page, she, 'cards').click({ timeout: 60_000 });
	await ended(page, she, ['en']);
});

test('on a host of files alone, a voice that is missing is told, and the text can be had', async ({ page, site }) => {
	const packs = ownPacks(site);
	rmSync(join(packs, 'communication/en.cards.json'));
	const { url, close } = await fileHost(packs);
	const she = person(page, url, 'en');
	await she.begin();
	await open(page, url);
	await expect(tierOf(page, she, 'cards').getByText(she.t('course.no-voice'))).toBeVisible();
	await she.take('text');
	await ended(page, she, []);
	close();
});

test('a new edition fetches what changed, keeps what still counts, and says what does not', async ({ page, site, context }) => {
	const packs = ownPacks(site);
	await site.kill();
	await site.start({ PACKS: packs, NARRATE: 'node --import tsx src/compiler/narrate.ts' });
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('cards');
	await ended(page, she, ['en']);
	await she.lesson('listen');
	await she.study('listen');
	await she.answer(course.lessons[0]!.exercises.slice(0, 3));

	const content = join(site.folder, 'content');
	cpSync('content', content, { recursive: true });
	const structure = join(content, 'courses/communication/course.yaml');
	const written = readFileSync(structure, 'utf8')
		.replace(/^edition: 1$/m, 'edition: 2')
		.replace(/(id: listen-e1,.*right: )c/, '$1a');
	writeFileSync(structure, written);
	const { problems, packs: made } = await compile({ content, out: packs, key: await packKey('.') });
	expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
	expect(made['communication']!.edition).toBe(2);

	const came = arrivals(context);
	await open(page, site.url);
	await expect(page.getByText(she.t('course.update'))).toBeVisible();
	await page.getByRole('button', { name: new RegExp(she.t('course.update-get', { size: '.+' }).replace(/[()]/g, '\\$&')) }).click();
	await expect(page.getByText(she.t('course.update-left_one', { count: 1 }))).toBeVisible({ timeout: 60_000 });
	await ended(page, she, ['en']);
	await expect.poll(() => came.names()).toEqual(names([made['communication']!.text]));
	await expect(begun(page, she, '2/5')).toBeVisible();
	expect(await stored(page, 'answers')).toBe(3);
});

test('an older edition than the one on the phone is not taken', async ({ page, site, context }) => {
	const packs = ownPacks(site);
	await rewrite(packs, (text) => text.replace('"edition":1', '"edition":2'));
	await site.kill();
	await site.start({ PACKS: packs });
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await ended(page, she, []);
	await site.kill();
	await site.start();
	const came = arrivals(context);
	const older = page.waitForResponse('**/catalogue.json');
	await open(page, site.url);
	await (await older).finished();
	// The voice there reads the older text, so that when it is refused the older catalogue has been looked at.
	await expect(tierOf(page, she, 'cards').getByText(she.t('course.no-voice'))).toBeVisible();
	await expect(page.getByText(she.t('course.update'))).toHaveCount(0);
	await she.lesson('listen');
	expect(came.names()).toEqual([]);
});

test('a lesson goes on past a card and a question that this app does not know yet', async ({ page, site }) => {
	type Structure = { course: { lessons: { cards: object[]; exercises: object[] }[] } };
	const packs = ownPacks(site);
	const [first, ...cards] = course.lessons[0]!.cards;
	const [drawn, ...exercises] = course.lessons[0]!.exercises;
	await rewrite(packs, (text) => {
		const content = JSON.parse(text) as Structure;
		content.course.lessons[0]!.cards[0] = { id: first!.id, kind: 'hologram', depth: 3 };
		content.course.lessons[0]!.exercises[0] = { id: drawn!.id, kind: 'drawing', strokes: { most: 4 } };
		return JSON.stringify(content);
	});
	await site.kill();
	await site.start({ PACKS: packs });
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await she.lesson('listen');
	await expect(page.getByText(she.t('lesson.later-card'))).toBeVisible();
	await she.forward('lesson.next');
	for (const { id } of cards) {
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.say(`${id}.title`));
		await she.forward('lesson.next');
	}
	await she.forward('lesson.next');
	await she.forward('lesson.to-exercises');
	await expect(page.getByText(she.t('lesson.later-item'))).toBeVisible();
	await she.forward('lesson.next');
	await she.answer(exercises);
	await expect(page.getByRole('heading', { name: she.t('lesson.end') })).toBeVisible();
	await open(page, site.url);
	await expect(page.getByRole('link', { name: new RegExp(`${she.say('listen.title')}.*${she.t('course.lesson-done')}`) })).toBeVisible();
});
