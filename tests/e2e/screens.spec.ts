import { existsSync } from 'node:fs';
import { locales } from '#core/text.ts';
import { axeFaults, colourFaults, narrowFaults, placeFaults, targetFaults } from './faults.ts';
import { expect, interfaceWords, test } from './site.ts';
import { walk } from './walk.ts';

/** Where colours are looked at, light and dark: they are the same in every language. */
const coloured = ['it', 'es'];
/** The longest languages with big letters far apart; texts longer than any of them in the shortest. */
const narrow: Record<string, 'big' | 'long'> = { el: 'big', pl: 'big', en: 'long' };

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
			const faults = [
				...(await placeFaults(page, locale, name)),
				...(await targetFaults(page)),
				...(await axeFaults(page, coloured.includes(locale)))
			];
			if (coloured.includes(locale)) {
				await page.emulateMedia({ colorScheme: 'dark' });
				faults.push(...(await colourFaults(page)).map((fault) => `dark: ${fault}`));
				await page.emulateMedia({ colorScheme: 'light' });
			}
			const how = narrow[locale];
			if (how) faults.push(...(await narrowFaults(page, how)).map((fault) => `narrow, ${how}: ${fault}`));
			expect.soft(faults, screen).toEqual([]);
		});
		expect(others).toEqual([]);
	});
