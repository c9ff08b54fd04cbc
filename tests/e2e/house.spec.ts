import type { Page } from '@playwright/test';
import { locales, type Locale } from '#core/text.ts';
import { axeFaults, narrowFaults, placeFaults, targetFaults } from './faults.ts';
import { candidateWalk, officeWalk } from './house.ts';
import { expect, interfaceWords, test } from './site.ts';

const others = locales.filter((locale) => locale !== 'en');

/** Switches the language on the screen where one is. */
async function speak(page: Page, locale: Locale): Promise<void> {
	await page.locator('button.language').click();
	await page.locator(`dialog button[lang=${locale}]`).click();
	await page.locator('dialog').waitFor({ state: 'detached' });
}

/** What is wrong with the booklet on paper when every place of it has its code: more than one sheet, or a page that is cut off. */
async function paperFaults(page: Page): Promise<string[]> {
	await page.evaluate(() => {
		const code = document.querySelector('.booklet .code')!;
		for (const empty of document.querySelectorAll('.booklet .ring')) empty.replaceWith(code.cloneNode(true));
	});
	const pdf = (await page.pdf({ preferCSSPageSize: true, tagged: true })).toString('latin1');
	const sides = pdf.match(/\/Type\s*\/Page\b/g)?.length;
	await page.emulateMedia({ media: 'print' });
	const cut = await page
		.locator('.booklet .page')
		.evaluateAll((pages) => pages.filter((one) => one.scrollHeight > one.clientHeight + 1).map((one) => `cut off: ${one.className}`));
	await page.emulateMedia({ media: null });
	return [...(sides === 2 ? [] : [`${sides} sides of paper`]), ...cut];
}

/** Looks at a screen in English, one in light and the next in dark colours, and in another language: each screen in the next one. */
function looking(page: Page) {
	let turn = 0;
	return async (screen: string) => {
		const colorScheme = turn % 2 ? ('dark' as const) : ('light' as const);
		await page.emulateMedia({ colorScheme });
		const faults = [
			...(await placeFaults(page, 'en', interfaceWords('en')('name'))),
			...(await targetFaults(page)),
			...(await axeFaults(page)).map((fault) => `${colorScheme}: ${fault}`),
			...(await narrowFaults(page, 'long')).map((fault) => `narrow, long: ${fault}`)
		];
		const locale = others[turn++ % others.length]!;
		// Behind a sheet that is open the language cannot be switched.
		if (!(await page.locator('dialog[open]').count())) {
			await speak(page, locale);
			faults.push(
				...[
					...(await placeFaults(page, locale, interfaceWords(locale)('name'))),
					...(await targetFaults(page)),
					...(await narrowFaults(page, 'big')).map((fault) => `narrow, big: ${fault}`)
				].map((fault) => `${locale}: ${fault}`)
			);
			if (screen === 'booklet on paper') faults.push(...(await paperFaults(page)));
			await speak(page, 'en');
		}
		expect.soft(faults, screen).toEqual([]);
	};
}

for (const [name, walk] of [
	['the candidate', candidateWalk],
	['the office', officeWalk]
] as const)
	test(`every screen of certification can be read, told and tapped by everybody: ${name}`, async ({ page, site }) => {
		test.setTimeout(300_000);
		await page.setViewportSize({ width: 360, height: 3600 });
		await walk(page, site, looking(page));
	});
