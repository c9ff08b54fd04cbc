import type { Page } from '@playwright/test';
import { course, person } from './person.ts';
import { expect, test } from './site.ts';

/** What has the focus: its text, how thick its ring is, and what lies over the middle of it. */
const focused = (page: Page) =>
	page.evaluate(() => {
		const one = document.activeElement as HTMLElement;
		const shown = one.classList.contains('hidden') ? one.closest('label')! : one;
		const box = shown.getBoundingClientRect();
		const top = document.elementFromPoint(box.left + box.width / 2, Math.min(box.bottom - 2, box.top + box.height / 2));
		const ring = getComputedStyle(shown);
		return {
			name: `${one.tagName} ${(shown.innerText || one.ariaLabel || '').trim().slice(0, 40)}`,
			body: one === document.body,
			ring: ring.outlineStyle === 'none' ? 0 : parseFloat(ring.outlineWidth),
			seen: box.top >= 0 && box.bottom <= innerHeight && !!top && (shown.contains(top) || top.contains(shown))
		};
	});

/** Goes through a screen with the tabulator key, once around. */
async function around(page: Page): Promise<string[]> {
	const faults: string[] = [];
	await expect(page.locator('html.ready')).toBeAttached(); // until then the readable start of the address is shown
	await page.evaluate(() => {
		document.body.tabIndex = -1;
		document.body.focus();
		document.body.removeAttribute('tabindex');
	});
	for (let step = 0; step < 60; step++) {
		await page.keyboard.press('Tab');
		const now = await focused(page);
		if (now.body) return step ? faults : ['nothing can have the focus'];
		if (now.ring < 2) faults.push(`no ring: ${now.name}`);
		if (!now.seen) faults.push(`not seen: ${now.name}`);
	}
	return [...faults, 'no way out'];
}

test('by keyboard all is reached, with a ring around it, and never under the foot of the screen', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	await page.locator('details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)));
	expect(await around(page)).toEqual([]);
	for (const address of ['/', '/courses', '/passport', '/settings', '/settings/sync', '/settings/data']) {
		await page.goto(site.url + address);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		expect.soft(await around(page), address).toEqual([]);
	}
	await she.lesson('listen');
	expect.soft(await around(page), 'a card').toEqual([]);
	await she.study('listen');
	expect.soft(await around(page), 'a question').toEqual([]);
	await page.locator('label.option input').first().focus();
	await page.keyboard.press('Space');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await expect(page.getByRole('status').filter({ has: page.locator('.feedback') })).toContainText(she.t('item.not-yet'));
	await expect(page.getByRole('button', { name: she.t('continue'), exact: true })).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByText(she.say(`${course.lessons[0]!.exercises[1]!.id}.question`))).toBeVisible();
});

test('the focus is at the beginning of each new screen, and comes back from the language sheet', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await page.getByRole('link', { name: she.t('tabs.settings') }).click();
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('settings.title'));
	await expect(page).toHaveTitle(`${she.t('settings.title')} - ${she.t('name')}`);
	await page.keyboard.press('Tab');
	await expect(page.locator('.skip')).toBeFocused();
	await page.keyboard.press('Enter');
	await page.keyboard.press('Tab');
	const language = page.locator('button.language');
	await expect(language).toBeFocused();
	await page.keyboard.press('Enter');
	await expect(page.getByRole('dialog')).toBeVisible();
	await page.keyboard.press('Escape');
	await expect(page.getByRole('dialog')).toBeHidden();
	await expect(language).toBeFocused();

	await she.take('text');
	await she.lesson('listen');
	await she.forward('lesson.next');
	await expect(page.locator('.top')).toBeFocused();
	await expect(page.locator('.top')).toHaveText(she.t('lesson.card', { at: 2, of: 8 }));
	await page.goto(`${site.url}/courses/communication/assessment`);
	await page.getByRole('button', { name: she.t('assessment.begin'), exact: true }).click();
	await expect(page.locator('.top')).toBeFocused();
	await expect(page.locator('.top')).toHaveText(she.t('assessment.question', { at: 1, of: 12 }));
});

test('before something is deleted the focus goes to the question, and back to its button', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	for (const [address, does, no] of [
		['/settings/data', 'data.delete', 'data.delete-no'],
		['/courses/communication', 'course.remove', 'no']
	] as const) {
		await page.goto(site.url + address);
		const opener = she.button(she.t(does));
		await page.getByText(she.t(does), { exact: true }).first().waitFor({ state: 'attached' });
		await page.locator('details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)));
		await opener.focus();
		await page.keyboard.press('Enter');
		await expect(page.getByRole('group', { name: she.t(does) })).toBeFocused();
		await page.keyboard.press('Tab');
		await page.keyboard.press('Tab');
		await expect(she.button(she.t(no))).toBeFocused();
		await page.keyboard.press('Enter');
		await expect(opener).toBeFocused();
	}
});

test('where less motion is asked for, nothing moves for longer than a tenth of a second', async ({ page, site }) => {
	await page.emulateMedia({ reducedMotion: 'reduce' });
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take('text');
	for (const address of ['/', '/courses', '/courses/communication', '/courses/communication/listen', '/settings']) {
		await page.goto(site.url + address);
		await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
		const moving = await page.evaluate(() => {
			const seconds = (list: string) => Math.max(...list.split(',').map(parseFloat));
			return [...document.querySelectorAll('*')]
				.filter((one) => {
					const style = getComputedStyle(one);
					return Math.max(seconds(style.animationDuration), seconds(style.transitionDuration)) > 0.1 || style.scrollBehavior === 'smooth';
				})
				.map((one) => one.outerHTML.slice(0, 80));
		});
		expect(moving).toEqual([]);
	}
});

test('every page says that nothing may be loaded from elsewhere', async ({ page, site }) => {
	await page.goto(site.url);
	await expect(page.getByRole('button').last()).toBeVisible(); // the app is there, with all that it loads
	const policy = await page.locator('meta[http-equiv="content-security-policy"]').getAttribute('content');
	expect(policy).toContain("default-src 'none'");
	expect(policy).toContain("require-trusted-types-for 'script'");
	expect(policy).not.toMatch(/unsafe-(inline|eval)|https?:/);
});
