import { locales } from '#core/text.ts';
import { person, written } from './person.ts';
import { expect, test } from './site.ts';

/** Courses to study from the first card to the result, in every language: half an hour for three, so only those that are named. */
const named = (process.env['E2E_WHOLE'] ?? '').split(' ').filter(Boolean);

test('whole courses are studied, each card heard, in every language', () =>
	test.skip(!named.length, 'takes many minutes: E2E_WHOLE="fairness privacy" and their voices (npm run narrate -- fairness cards)'));

for (const of of named.map(written))
	for (const locale of locales)
		test(`the whole of ${of.id} is studied offline in ${locale}, and each card is heard`, async ({ page, site, context }) => {
			test.setTimeout(600_000);
			const she = person(page, site.url, locale, 'click', of);
			await she.begin();
			await she.take('cards');
			await she.offlineReady();
			await site.kill();
			await context.setOffline(true);
			for (const lesson of of.lessons) {
				await she.lesson(lesson.id);
				for (const card of lesson.cards) {
					await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.say(`${card.id}.title`));
					await she.button(she.t('voice.listen')).click();
					await expect(page.locator('.reading'), card.id).toHaveText(/\p{L}/u);
					await expect(she.button(she.t('voice.pause'))).toBeVisible();
					await she.forward('lesson.next');
				}
				await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('lesson.notes'));
				await she.forward('lesson.next');
				await expect(page.getByText(she.say(`${lesson.id}.try`))).toBeVisible();
				await she.forward('lesson.to-exercises');
				for (const item of lesson.exercises) {
					await she.respond(item);
					await she.forward('continue');
				}
				await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
			}
			await page.goto(`${site.url}/courses/${of.id}/assessment`);
			await she.button(she.t('assessment.begin')).click();
			for (let at = 1; at <= 12; at++) {
				await expect(page.getByText(she.t('assessment.question', { at, of: 12 }))).toBeVisible();
				await expect(she.button(she.t('item.check'))).toBeVisible();
				const text = await page.locator('main').innerText();
				const item = of.assessment.find((one) =>
					text.includes(she.say(one.kind === 'scenario' ? `${one.id}.scene` : `${one.id}.question`))
				)!;
				await she.respond(item);
				await she.forward('continue');
			}
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(
				`${she.t('assessment.result')}: ${she.t('assessment.points', { points: 12, of: 12 })}`
			);
		});
