import { readFileSync, readdirSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { parse } from 'yaml';
import { Course } from '#core/course.ts';
import type { Item } from '#core/item.ts';
import { localeNames, type Locale } from '#core/text.ts';
import { expect, interfaceWords } from './site.ts';

/** The structure of a course, as it is written. */
export const written = (id: string): Course => Course.parse(parse(readFileSync(`content/courses/${id}/course.yaml`, 'utf8')));

/** The course of most flows. */
export const course = written('communication');

type Tree = { [key: string]: string | Tree };
const flat = (tree: Tree, before = ''): [string, string][] =>
	Object.entries(tree).flatMap(([key, value]): [string, string][] =>
		typeof value === 'string' ? [[before + key, value]] : flat(value, `${before}${key}.`)
	);

/** The texts of a words file, by key. */
export const texts = (file: string): Record<string, string> => Object.fromEntries(flat(parse(readFileSync(file, 'utf8'))));

/** The words of a course in one language, by key. */
export const courseWords = (locale: string, of = course): Record<string, string> =>
	Object.assign(
		{},
		...['course', ...of.lessons.map(({ id }) => id), 'assessment'].map((file) =>
			texts(`content/courses/${of.id}/words/${locale}/${file}.yaml`)
		)
	);

/** How she touches the phone: with a mouse, with a finger, or with the keys of a keyboard and nothing else. */
export type Hand = 'click' | 'tap' | 'keys';

/** A learner at the phone, in one course: what she does, by what she sees. */
export function person(page: Page, url: string, locale: Locale, hand: Hand = 'click', of = course, words = courseWords(locale, of)) {
	const t = interfaceWords(locale);
	const say = (key: string) => (words[key] ?? '').trim();
	const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
	const option = (text: string) => page.locator('label.option, button.option').filter({ hasText: text });

	/** Goes to a control by Tab alone; the ring around it is thick, and nothing lies over it. */
	async function reach(target: Locator) {
		await target.waitFor({ state: 'attached' });
		const turn = () =>
			target.evaluate((control) => {
				const at = document.activeElement;
				const radio = (one: Element | null) => (one instanceof HTMLInputElement && one.type === 'radio' ? one.name : undefined);
				if (at === control || (radio(at) && radio(at) === radio(control))) return 'here';
				return at && control.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING ? 'Shift+Tab' : 'Tab';
			});
		for (let presses = 0, key = await turn(); key !== 'here'; key = await turn()) {
			expect(presses++, 'a control is reached by Tab').toBeLessThan(60);
			await page.keyboard.press(key);
		}
		const ring = await page.evaluate(() => {
			const control = document.activeElement as HTMLElement;
			const box = control.closest('label') ?? control;
			const { outlineStyle, outlineWidth } = getComputedStyle(box);
			const { left, top, width, height } = box.getBoundingClientRect();
			const over = document.elementFromPoint(left + width / 2, top + height / 2);
			return { width: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth), seen: !!over && (box.contains(over) || over.contains(box)) };
		});
		expect(ring.width, 'the focus is seen').toBeGreaterThanOrEqual(2);
		expect(ring.seen, 'the focus is not under something').toBe(true);
	}
	let tapped = { at: -Infinity, y: -Infinity };
	/** Taps as fast as a hand can: two taps at one place in one moment would be a double tap. */
	async function tap(control: Locator, times = 1) {
		await control.scrollIntoViewIfNeeded();
		const { x, y, width, height } = (await control.boundingBox())!;
		const low = y + height * 0.8;
		if (Math.abs(low - tapped.y) < 30) await expect.poll(() => performance.now() - tapped.at, { intervals: [50] }).toBeGreaterThan(400);
		if (times === 1) await control.tap({ position: { x: width / 2, y: height * 0.8 } });
		else for (let done = 0; done < times; done++) await page.touchscreen.tap(x + width / 2, low);
		tapped = { at: performance.now(), y: low };
	}
	async function press(control: Locator) {
		if (hand === 'click') return control.click();
		if (hand === 'tap') return tap(control);
		await reach(control);
		await page.keyboard.press('Enter');
	}
	/** Chooses an option: a button, or a label with its radio button or box. */
	async function choose(control: Locator) {
		const input = control.locator('input');
		if (hand !== 'keys' || (await input.count()) === 0) return press(control);
		await reach(input);
		while (!(await input.evaluate((one) => one === document.activeElement))) await page.keyboard.press('ArrowDown');
		if (!(await input.isChecked())) await page.keyboard.press('Space');
	}
	const pick = (prefix: string, one: string) => choose(option(say(`${prefix}.${one}.text`)));
	async function assign(item: Item & { kind: 'match' | 'sort' }, one: string, target: string) {
		const box = page.locator('fieldset.assign').filter({ hasText: say(`${item.id}.${one}.text`) });
		const pills = box.first().locator('label.pill');
		// By its words, not by its place: in an exam each candidate has them in an order of her own.
		const words = (await pills.allTextContents()).map((text) => text.slice(text.indexOf(':') + 1).trim());
		await choose(pills.nth(words.indexOf(say(`${item.id}.${target}.text`))));
	}
	async function type(figure: string) {
		const field = page.getByLabel(t('item.number'));
		if (hand === 'keys') {
			await reach(field);
			await page.keyboard.press('ControlOrMeta+a');
			await page.keyboard.type(figure);
		} else await field.fill(figure);
	}
	const other = (options: string[], right: string) => options.find((one) => one !== right)!;

	const self = {
		t,
		say,
		page,
		button,
		press,
		pick,
		/** Taps a control twice at once, as some people do with everything. */
		twice: (control: Locator) => tap(control, 2),
		/** Opens the address for the first time, chooses the language and starts. */
		async begin() {
			await page.goto(url);
			await page.getByText(localeNames[locale], { exact: true }).click();
			await button(t('start.go')).click();
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('home.title'));
		},
		/** Puts the course on the phone, with all that the tier names. */
		async take(tier: 'text' | 'cards' = 'text') {
			await page.goto(`${url}/courses/${of.id}`);
			await page
				.locator('.tier')
				.filter({ hasText: t(`course.tier.${tier}`) })
				.first()
				.getByRole('button', { name: new RegExp(t('course.get')) })
				.click({ timeout: 60_000 });
			await expect(page.getByRole('heading', { name: t('course.lessons'), exact: true })).toBeVisible({ timeout: 60_000 });
			if (tier === 'cards')
				await expect(page.getByText(`${localeNames[locale]}: ${t('course.tier.cards')}`)).toBeAttached({ timeout: 60_000 });
		},
		/** Waits until the shell is complete on the phone. */
		async offlineReady() {
			const controlled = await page.evaluate(async () => {
				await navigator.serviceWorker.ready;
				return !!navigator.serviceWorker.controller;
			});
			if (!controlled) await page.reload(); // a page that was being opened while the shell became complete has it from its next start
			await expect.poll(() => page.evaluate(() => !!navigator.serviceWorker.controller)).toBe(true);
		},
		/** Opens a lesson by its address, as a bookmark would. */
		async lesson(id: string) {
			await page.goto(`${url}/courses/${of.id}/${id}`);
			await expect(page.getByRole('progressbar').first()).toBeVisible();
		},
		async forward(key: 'lesson.next' | 'continue' | 'lesson.to-exercises' | 'item.check' | 'item.go-on') {
			await press(button(t(key)));
		},
		/** Goes from the first card to the first exercise, and sees every card, the notes and the task on the way; `onCard` is told at each card. */
		async study(id: string, onCard?: () => Promise<void>) {
			const lesson = of.lessons.find((one) => one.id === id)!;
			for (const card of lesson.cards) {
				await expect(page.getByRole('heading', { level: 1 })).toHaveText(say(`${card.id}.title`));
				await onCard?.();
				await self.forward('lesson.next');
			}
			await expect(page.getByRole('heading', { level: 1 })).toHaveText(t('lesson.notes'));
			await self.forward('lesson.next');
			await expect(page.getByText(say(`${id}.try`))).toBeVisible();
			await self.forward('lesson.to-exercises');
		},
		/** Begins to answer the item on screen, and leaves it half-made. */
		async half(item: Item) {
			switch (item.kind) {
				case 'choice':
				case 'gap':
					return pick(item.id, item.options[0]!);
				case 'multiple':
					return pick(item.id, item.right[0]!);
				case 'order':
					for (const one of item.right.slice(0, 2)) await pick(item.id, one);
					return;
				case 'match':
				case 'sort':
					return assign(item, item.options[0]!, item.right[item.options[0]!]!);
				case 'number':
					return type('7');
				case 'scenario':
					return pick(`${item.id}.${item.steps[0]!.id}`, item.steps[0]!.options[0]!);
			}
		},
		/** Makes an answer to the item on screen, rightly or with a mistake; `on` goes on to the next step of a scenario. */
		async fill(item: Item, how: 'right' | 'wrong', on: (step: number) => Promise<void>) {
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
					for (const one of item.options) await assign(item, one, how === 'right' ? item.right[one]! : other(targets, item.right[one]!));
					break;
				}
				case 'number':
					await type(String(how === 'right' ? item.right : (Object.values(item.mistakes)[0] ?? item.right + 1)));
					break;
				case 'scenario':
					for (const [at, step] of item.steps.entries()) {
						await pick(`${item.id}.${step.id}`, how === 'right' ? step.right : other(step.options, step.right));
						if (at < item.steps.length - 1) await on(at);
					}
			}
		},
		/** Makes an answer to the item on screen, and has it checked; `paused` is told of the first pause of a scenario. */
		async make(item: Item, how: 'right' | 'wrong' = 'right', paused?: () => Promise<void>) {
			await self.fill(item, how, async (step) => {
				await self.forward('item.check');
				if (step === 0) await paused?.();
				await self.forward('item.go-on');
			});
			await self.forward('item.check');
		},
		/** Answers the item on screen. Whether it is right, and why, stands there afterwards. */
		async respond(item: Item, how: 'right' | 'wrong' = 'right', paused?: () => Promise<void>) {
			await self.make(item, how, paused);
			await self.explained(how);
			await expect(button(t('continue'))).toBeVisible();
		},
		/** Answers items rightly, one after the other as they come. */
		async answer(items: Item[]) {
			for (const item of items) {
				await self.respond(item);
				await self.forward('continue');
			}
		},
		/** The item, of the self-assessment if not said otherwise, that the screen asks now; it is there with the button `ready`. */
		async asked(among: Item[] = of.assessment, ready = t('item.check')) {
			await expect(button(ready)).toBeVisible();
			const text = await page.locator('main').innerText();
			// Two items may ask the same of two scenes.
			const heads = (item: Item) => [
				...(item.scene || item.kind === 'scenario' ? [`${item.id}.scene`] : []),
				...(item.kind === 'scenario' ? [] : [`${item.id}.question`])
			];
			return among.find((item) => heads(item).every((key) => text.includes(say(key))))!;
		},
		/** The answer is explained to eye and screen reader alike: in a sign, a word and a sentence. */
		async explained(how: 'right' | 'wrong') {
			const feedback = page.getByRole('status').filter({ has: page.locator('.feedback') });
			await expect(feedback).toContainText(t(how === 'right' ? 'item.right' : 'item.not-yet'));
			await expect(feedback.locator('.head svg')).toBeVisible();
			await expect(feedback.locator('.line').first()).toHaveText(/\p{L}+ .*[.!?…;”»]/u);
		},
		/** All that is to be seen on the screen, with what is chosen and typed. */
		seen: () =>
			page.locator('main').evaluate((main) => ({
				text: (main as HTMLElement).innerText,
				made: [...main.querySelectorAll<HTMLInputElement>('input')].map(({ type, checked, value }) => (type === 'text' ? value : checked)),
				marks: [...main.querySelectorAll('.option, .pill, .assign')].map((one) =>
					[...one.classList].filter((name) => !name.startsWith('svelte')).join(' ')
				)
			})),
		/** The app is killed in this moment, the tab closed or crashed; she opens it again at the same address. */
		async killed(how: 'closed' | 'crashed' = 'closed') {
			const address = page.url();
			const context = page.context();
			if (how === 'crashed') {
				const gone = page.waitForEvent('crash');
				const session = await context.newCDPSession(page);
				session.send('Page.crash').catch(() => undefined);
				await gone;
			}
			await page.close({ runBeforeUnload: false });
			const again = person(await context.newPage(), url, locale, hand, of);
			await again.page.goto(address);
			return again;
		},
		/**
		 * The answers that the phone keeps, as it shows them to her, the newest first. An exercise of the course that she sees with its question,
		 * its course and its place there is told here as `course / item`; anything else by its first line.
		 */
		async answers() {
			await page.goto(`${url}/settings/data`);
			await button(t('data.see')).click();
			await expect(page.getByRole('heading', { name: t('data.see') })).toBeVisible();
			const rows = await page
				.locator('.answers li .grow')
				.evaluateAll((all) => all.map((row) => (row as HTMLElement).innerText.split('\n').map((line) => line.trim())));
			const title = texts(`content/catalogue/${locale}.yaml`)[`${of.id}.plain`];
			const shown = of.lessons.flatMap(({ id: lesson, exercises }) =>
				exercises.map((item, at) => ({
					id: `${of.id} / ${item.id}`,
					lines: [
						say(item.kind === 'scenario' ? `${item.id}.${item.steps[0]!.id}.question` : `${item.id}.question`),
						title,
						say(`${lesson}.title`),
						t('lesson.exercise', { at: at + 1, of: exercises.length })
					]
				}))
			);
			return rows.map((row) => shown.find(({ lines }) => lines.every((line, at) => line === row[at]))?.id ?? row[0] ?? '');
		},
		/** Switches the language on the screen where she is, and reads on in it. */
		async switchTo(to: Locale) {
			await page.locator('button.language').click();
			await page.getByRole('dialog').getByText(localeNames[to], { exact: true }).click();
			await expect(page.getByRole('dialog')).toBeHidden();
			return person(page, url, to, hand, of);
		}
	};
	return self;
}

export type Person = ReturnType<typeof person>;

const house = 'build/app/_app/immutable/house';
/** Everything of the house of certification is on the phone, not only the shell. */
export const housed = (page: Page) =>
	expect
		.poll(() =>
			page.evaluate(async () => {
				const paths = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
				return paths.flat().filter(({ url }) => /\/immutable\/house\/.*\.js$/.test(url)).length;
			})
		)
		.toBe(readdirSync(house, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.js')).length);
