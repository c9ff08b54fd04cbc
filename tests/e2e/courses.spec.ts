import { readdirSync } from 'node:fs';
import { locales } from '#core/text.ts';
import { course, person, written } from './person.ts';
import { expect, test } from './site.ts';

const others = readdirSync('content/courses').filter((id) => id !== course.id);

/** Each course by one of its lessons, in one of the languages, so that all courses, lessons and languages have their turn. */
for (const [at, id] of others.entries()) {
	const locale = locales[at % locales.length]!;
	const own = written(id);
	const lesson = own.lessons[at % own.lessons.length]!;
	test(`a lesson of ${id} is studied to its end with the network cut, in ${locale}`, async ({ page, site, context }) => {
		const she = person(page, site.url, locale, 'click', own);
		await she.begin();
		await she.take('text');
		await she.offlineReady();
		await site.kill();
		await context.setOffline(true);
		await she.lesson(lesson.id);
		await she.study(lesson.id);
		for (const item of lesson.exercises) {
			await she.respond(item);
			await she.forward('continue');
		}
		await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
		await page.goto(`${site.url}/courses/${id}`);
		await expect(
			page.getByRole('link', {
				name: new RegExp(`${she.say(`${lesson.id}.title`).replace(/[()?.*]/g, '\\$&')}.*${she.t('course.lesson-done')}`)
			})
		).toBeVisible();
	});
}
