import { locales } from '#core/text.ts';
import { course, person, written } from './person.ts';
import { expect, test } from './site.ts';

/** Courses to study from the first card to the result, in every language. */
const named = (process.env['E2E_WHOLE'] ?? '').split(' ').filter(Boolean);

test.skip(
	!named.length,
	'takes a minute a course and language: E2E_WHOLE="fairness privacy", and their voices (npm run narrate -- fairness cards)'
);

for (const of of named.length ? named.map(written) : [course])
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
				await she.study(lesson.id, async () => {
					await she.button(she.t('voice.listen')).click();
					await expect(page.locator('.reading')).toHaveText(/\p{L}/u);
					await expect(she.button(she.t('voice.pause'))).toBeVisible();
				});
				await she.answer(lesson.exercises);
				await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
			}
			await page.goto(`${site.url}/courses/${of.id}/assessment`);
			await she.button(she.t('assessment.begin')).click();
			for (let at = 1; at <= 12; at++) {
				await expect(page.getByText(she.t('assessment.question', { at, of: 12 }))).toBeVisible();
				await she.answer([await she.asked()]);
			}
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(
				`${she.t('assessment.result')}: ${she.t('assessment.points', { points: 12, of: 12 })}`
			);
		});
