import { readdirSync } from 'node:fs';
import { locales } from '#core/text.ts';
import { course, person, written } from './person.ts';
import { expect, test } from './site.ts';

const others = readdirSync('content/courses').filter((id) => id !== course.id);

/** Each course by one of its lessons, in one of the languages, so that all courses, lessons and languages have their turn. */
for (const [turn, locale] of locales.entries()) {
	const own = others.flatMap((id, at) => (at % locales.length === turn ? [{ of: written(id), lesson: at % 4 }] : []));
	test(`in ${locale} a lesson of each of ${own.map(({ of }) => of.id).join(', ')} is studied to its end with the network cut`, async ({
		page,
		site,
		context
	}) => {
		const learners = own.map(({ of, lesson }) => ({ she: person(page, site.url, locale, 'click', of), of, lesson: of.lessons[lesson]! }));
		await learners[0]!.she.begin();
		for (const { she } of learners) await she.take('text');
		await learners[0]!.she.offlineReady();
		await site.kill();
		await context.setOffline(true);
		for (const { she, of, lesson } of learners)
			await test.step(of.id, async () => {
				await she.lesson(lesson.id);
				await she.study(lesson.id);
				await she.answer(lesson.exercises);
				await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
				await page.goto(`${site.url}/courses/${of.id}`);
				await expect(
					page.getByRole('link', {
						name: new RegExp(`${she.say(`${lesson.id}.title`).replace(/[()?.*]/g, '\\$&')}.*${she.t('course.lesson-done')}`)
					})
				).toBeVisible();
			});
	});
}
