import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { parse } from 'yaml';
import { Course } from '#core/course.ts';
import type { Item } from '#core/item.ts';
import { localeNames, type Locale } from '#core/text.ts';
import { expect, interfaceWords } from './site.ts';

export const course = Course.parse(parse(readFileSync('content/courses/communication/course.yaml', 'utf8')));

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, before = ''): [string, string][] =>
	Object.entries(tree).flatMap(([key, value]): [string, string][] =>
		typeof value === 'string' ? [[before + key, value]] : flat(value, `${before}${key}.`)
	);

/** The texts of a words file, by key. */
export const texts = (file: string): Record<string, string> => Object.fromEntries(flat(parse(readFileSync(file, 'utf8'))));

/** The words of the course in one language, by key. */
export const courseWords = (locale: string): Record<string, string> =>
	Object.assign(
		{},
		...['course', ...course.lessons.map(({ id }) => id), 'assessment'].map((file) =>
			texts(`content/courses/communication/words/${locale}/${file}.yaml`)
		)
	);

/** A learner at the phone: what she does, by what she sees. */
export function person(page: Page, url: string, locale: Locale) {
	const t = interfaceWords(locale);
	const words = courseWords(locale);
	const say = (key: string) => (words[key] ?? '').trim();
	const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
	const option = (text: string) => page.locator('label.option, button.option').filter({ hasText: text });

	const self = {
		t,
		say,
		/** Opens the address for the first time, chooses the language and starts. */
		async begin() {
			await page.goto(url);
			await page.getByText(localeNames[locale], { exact: true }).click();
			await button(t('start.go')).click();
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('home.title'));
		},
		/** Puts the course on the phone. */
		async take(tier: 'text' | 'cards' = 'text') {
			await page.goto(`${url}/courses/communication`);
			await page
				.locator('.tier')
				.filter({ hasText: t(`course.tier.${tier}`) })
				.first()
				.getByRole('button', { name: new RegExp(t('course.get')) })
				.click({ timeout: 60_000 });
			await expect(page.getByRole('heading', { name: t('course.lessons'), exact: true })).toBeVisible({ timeout: 60_000 });
		},
		/** Waits until the shell is complete on the phone. */
		async offlineReady() {
			await page.evaluate(async () => {
				await navigator.serviceWorker.ready;
				if (!navigator.serviceWorker.controller)
					await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
			});
		},
		/** Opens a lesson by its address, as a bookmark would. */
		async lesson(id: string) {
			await page.goto(`${url}/courses/communication/${id}`);
			await expect(page.getByRole('progressbar').first()).toBeVisible();
		},
		async forward(key: 'lesson.next' | 'continue' | 'lesson.to-exercises' | 'item.check' | 'item.go-on') {
			await button(t(key)).click();
		},
		/** Goes from the first card to the first exercise, and sees every card, the notes and the task on the way. */
		async study(id: string) {
			const lesson = course.lessons.find((one) => one.id === id)!;
			for (const card of lesson.cards) {
				await expect(page.getByRole('heading', { level: 1 })).toHaveText(say(`${card.id}.title`));
				await self.forward('lesson.next');
			}
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('lesson.notes'));
			await self.forward('lesson.next');
			await expect(page.getByText(say(`${id}.try`))).toBeVisible();
			await self.forward('lesson.to-exercises');
		},
		/** Answers the item on screen by taps: rightly, or with a mistake. The explanation stands on screen afterwards; `paused` is told of the pauses of a scenario. */
		async respond(item: Item, how: 'right' | 'wrong' = 'right', paused?: () => Promise<void>) {
			const other = (options: string[], right: string) => options.find((one) => one !== right)!;
			const pick = async (prefix: string, one: string) => option(say(`${prefix}.${one}.text`)).click();
			switch (item.kind) {
				case 'choice':
				case 'gap':
					await pick(item.id, how === 'right' ? item.right : other(item.options, item.right));
					break;
				case 'multiple':
					for (const one of how === 'right' ? item.right : item.options.filter((all) => !item.right.includes(all)).slice(0, 1))
						await pick(item.id, one);
					break;
				case 'order':
					for (const one of how === 'right' ? item.right : item.right.toReversed()) await pick(item.id, one);
					break;
				case 'match':
				case 'sort': {
					const targets = item.kind === 'match' ? item.targets : item.groups;
					for (const one of item.options) {
						const target = how === 'right' ? item.right[one]! : other(targets, item.right[one]!);
						await page
							.locator('fieldset.assign')
							.filter({ hasText: say(`${item.id}.${one}.text`) })
							.first()
							.locator('label.pill')
							.nth(targets.indexOf(target))
							.click();
					}
					break;
				}
				case 'number':
					await page
						.getByLabel(t('item.number'))
						.fill(String(how === 'right' ? item.right : (Object.values(item.mistakes)[0] ?? item.right + 1)));
					break;
				case 'scenario':
					for (const [at, step] of item.steps.entries()) {
						await pick(`${item.id}.${step.id}`, how === 'right' ? step.right : other(step.options, step.right));
						await self.forward('item.check');
						if (at === 0) await paused?.();
						if (at < item.steps.length - 1) await self.forward('item.go-on');
					}
			}
			if (item.kind !== 'scenario') await self.forward('item.check');
			const feedback = page.getByRole('status').filter({ has: page.locator('.feedback') });
			await expect(feedback).toContainText(t(how === 'right' ? 'item.right' : 'item.not-yet'));
			await expect(button(t('continue'))).toBeVisible();
		}
	};
	return self;
}
