import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Locator } from '@playwright/test';
import { locales } from '#core/text.ts';
import { axeFaults, colourFaults, narrowFaults, placeFaults, targetFaults } from './faults.ts';
import { course, person } from './person.ts';
import { expect, interfaceWords, test } from './site.ts';
import { walk } from './walk.ts';

/** Every language with big letters far apart; in the shortest, texts longer than any of them too. */
const narrow: Record<string, ('big' | 'long')[]> = { el: ['big'], pl: ['big'], it: ['big'], es: ['big'], en: ['big', 'long'] };

/** The names of all words of the interface, as a screen would show one that it has no words for. */
const keys = readdirSync('locales/en').flatMap((file) => {
	const names = (tree: object, before = ''): string[] =>
		Object.entries(tree).flatMap(([name, value]) =>
			typeof value === 'object' ? names(value as object, `${before}${name}.`) : `${before}${name}`.replace(/_\w+$/, '')
		);
	return names(JSON.parse(readFileSync(`locales/en/${file}`, 'utf8')) as object).filter((name) => name.includes('.'));
});

for (const locale of locales.filter((one) => existsSync(`locales/${one}/app.json`)))
	test(`every screen can be read, told and tapped by everybody, in ${locale}`, async ({ page, site }) => {
		test.setTimeout(300_000);
		const name = interfaceWords(locale)('name');
		const others: string[] = [];
		page.on(
			'request',
			(request) => new URL(request.url()).origin !== site.url && !/^(data|blob):/.test(request.url()) && others.push(request.url())
		);
		await page.emulateMedia({ colorScheme: 'light' });
		// So high that nothing is under the foot of the screen: what may be there is a matter of the keyboard's test.
		await page.setViewportSize({ width: 360, height: 2400 });
		await walk(page, site, locale, async (screen) => {
			const text = await page.locator('body').innerText();
			const faults = [
				...keys.filter((key) => text.split(/\s+/).includes(key)).map((key) => `no words for ${key}`),
				...(await placeFaults(page, locale, name)),
				...(await targetFaults(page)),
				...(await axeFaults(page))
			];
			await page.emulateMedia({ colorScheme: 'dark' });
			faults.push(...(await colourFaults(page)).map((fault) => `dark: ${fault}`));
			await page.emulateMedia({ colorScheme: 'light' });
			for (const how of narrow[locale] ?? []) faults.push(...(await narrowFaults(page, how)).map((fault) => `narrow, ${how}: ${fault}`));
			expect.soft(faults, screen).toEqual([]);
		});
		expect(others).toEqual([]);
	});

test('in the colours of the system it is seen what is chosen, what cannot be done yet, and how far she is', async ({ page, site }) => {
	await page.emulateMedia({ forcedColors: 'active' });
	const she = person(page, site.url, 'es');
	await she.begin();
	await she.take();
	await she.lesson('listen');
	const progress = page.getByRole('progressbar').first();
	const far = await progress.screenshot();
	await she.study('listen');
	expect(await progress.screenshot(), 'how far she is').not.toEqual(far);
	const check = page.locator('.foot .button');
	const chosen = async (name: string, one: Locator, choose: () => Promise<void>) => {
		await page.mouse.move(0, 0);
		const [before, closed] = [await one.screenshot(), await check.screenshot()];
		await choose();
		await page.mouse.move(0, 0);
		expect(await one.screenshot(), name).not.toEqual(before);
		return closed;
	};
	const [first, , , several] = course.lessons[0]!.exercises;
	const mark = page.locator('label.option .mark').first();
	const closed = await chosen('one of several', mark, () => she.half(first!));
	expect(await check.screenshot(), 'that it can be checked now').not.toEqual(closed);
	await she.answer(course.lessons[0]!.exercises.slice(0, 3));
	if (several?.kind !== 'multiple') throw new Error('another kind stands here now');
	await chosen(
		'some of several',
		page.locator('label.option', { hasText: she.say(`${several.id}.${several.right[0]}.text`) }).locator('.mark'),
		() => she.half(several)
	);
	const matched = course.lessons[1]!.exercises.find(({ kind }) => kind === 'match')!;
	await page.evaluate(
		(step) =>
			localStorage.setItem(
				'passport.places.communication/speak',
				JSON.stringify({ name: 'communication/speak', step, given: {}, repeats: [], at: Date.now() })
			),
		matched.id
	);
	await she.lesson('speak');
	await chosen('a letter', page.locator('.letters').first(), () => she.half(matched));
});

test('who starts with the keyboard goes on at the heading of the home', async ({ page, site }) => {
	const she = person(page, site.url, 'en', 'keys');
	await page.goto(site.url);
	await she.press(she.button(she.t('start.go')));
	await expect(page.getByRole('heading', { level: 1, name: she.t('home.title') })).toBeFocused();
});

test('where no voice can be had, that is said once, and the text can be taken', async ({ page, site }) => {
	const she = person(page, site.url, 'el');
	await page.route(/\/packs\/communication\/\w\w\.\w+\.json/, (route) => route.fulfill({ status: 404 }));
	await she.begin();
	await page.goto(`${site.url}/courses/communication`);
	await expect(page.getByText(she.t('course.no-voice'))).toBeVisible();
	await expect(page.getByText(she.t('course.no-voice'))).toHaveCount(1);
	await she.take('text');
	await expect(page.getByText(she.t('course.no-voice'))).toHaveCount(1);
});
