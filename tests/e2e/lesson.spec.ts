import type { Item } from '#core/item.ts';
import { locales } from '#core/text.ts';
import { course, person, type Hand, type Person } from './person.ts';
import { expect, test, type Site } from './site.ts';

const exercises = (lesson: string) => course.lessons.find(({ id }) => id === lesson)!.exercises;
const named = (items: Item[]) => items.map(({ id }) => `communication / ${id}`);

/** Killed in this moment: the same screen comes back, with all that was on it. */
async function survives(she: Person, how: 'closed' | 'crashed'): Promise<Person> {
	const before = await she.seen();
	const again = await she.killed(how);
	await expect.poll(() => again.seen()).toEqual(before);
	return again;
}

/** Offline, in the first lesson, with the course on the phone and the server dead. */
async function offline(she: Person, site: Site) {
	await she.begin();
	await she.take();
	await she.offlineReady();
	await site.kill();
	await she.page.context().setOffline(true);
	await she.lesson('listen');
}

test('whenever the app is killed on a card, it opens again at that card', async ({ page, site }) => {
	let she = person(page, site.url, 'en');
	await offline(she, site);
	let kills = 0;
	const killed = async () => (she = await survives(she, kills++ % 2 ? 'crashed' : 'closed'));
	for (const card of course.lessons[0]!.cards) {
		await expect(she.page.getByRole('heading', { level: 1 })).toHaveText(she.say(`${card.id}.title`));
		await she.forward('lesson.next');
		await killed();
	}
	await she.forward('lesson.next');
	await killed();
	await expect(she.page.getByText(she.say('listen.try'))).toBeVisible();
});

test('whenever the app is killed in an exercise, it opens again with the same half-made or checked answer, and none is lost', async ({
	page,
	site
}) => {
	test.slow(); // some twenty restarts
	let she = person(page, site.url, 'en');
	await offline(she, site);
	await she.study('listen');
	let kills = 0;
	const killed = async () => (she = await survives(she, kills++ % 2 ? 'crashed' : 'closed'));
	for (const [at, item] of exercises('listen').entries()) {
		await she.half(item);
		await killed();
		if (item.kind === 'scenario') {
			await she.forward('item.check'); // its first step is explained, and the scene waits
			await killed();
			await she.forward('item.go-on');
			await killed();
			for (const step of item.steps.slice(1)) {
				await she.pick(`${item.id}.${step.id}`, step.right);
				await she.forward('item.check');
				if (step !== item.steps.at(-1)) await she.forward('item.go-on');
			}
			await she.explained('wrong');
		} else {
			if (item.kind === 'order' || item.kind === 'multiple') await she.half(item); // a second tap takes it back
			await she.respond(item, at === 1 ? 'wrong' : 'right');
		}
		await killed();
		await she.forward('continue');
		await killed();
	}
	const [again, last] = [exercises('listen')[1]!, exercises('listen')[4]!];
	await she.half(again);
	await killed();
	await she.respond(again);
	await killed();
	await she.forward('continue');
	await she.respond(last);
	await she.forward('continue');
	await killed();
	await expect(she.page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
	expect(await she.answers()).toEqual(named([...exercises('listen'), again, last]).reverse());
});

test('an answer is kept once, also when the app is killed in the very moment of the check', async ({ page, site }) => {
	let she = person(page, site.url, 'en');
	await offline(she, site);
	await she.study('listen');
	for (const item of exercises('listen').slice(0, 4)) {
		await she.half(item);
		if (item.kind === 'order' || item.kind === 'multiple') await she.half(item);
		await she.make(item);
		she = await she.killed('crashed');
		await expect(she.button(she.t('continue')).or(she.button(she.t('item.check')))).toBeVisible();
		if (await she.button(she.t('item.check')).isVisible()) await she.forward('item.check');
		await she.explained('right');
		await she.forward('continue');
	}
	expect(await she.answers()).toEqual(named(exercises('listen').slice(0, 4)).reverse());
});

for (const [hand, name, tries] of [
	['tap', 'taps', ['wrong', 'right']],
	['keys', 'keys', ['right']]
] as const satisfies [Hand, string, ('right' | 'wrong')[]][]) {
	test(`every kind of question is answered by ${name} alone, and every answer is explained`, async ({ page, site }) => {
		const she = person(page, site.url, 'en');
		const herHand = person(page, site.url, 'en', hand);
		await she.begin();
		await she.take();
		for (const lesson of ['listen', 'speak']) {
			await she.lesson(lesson);
			// The cards of one lesson are enough to see that its every step is reached.
			await (lesson === 'listen' ? herHand : she).study(lesson);
			for (const how of tries)
				for (const item of exercises(lesson)) {
					await herHand.respond(item, how);
					await herHand.forward('continue');
				}
			await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
		}
		expect(await she.answers()).toHaveLength(10 * tries.length);
	});
}

test('who checks too early is brought to the place where an answer is missing, and nothing is marked', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take();
	const check = she.button(she.t('item.check'));
	for (const kind of ['choice', 'order', 'sort', 'number', 'match'] as const) {
		const lesson = course.lessons.find(({ exercises }) => exercises.some((item) => item.kind === kind))!;
		const item = lesson.exercises.find((one) => one.kind === kind)!;
		await page.evaluate(
			([name, step]) =>
				localStorage.setItem(`passport.places.${name}`, JSON.stringify({ name, step, given: {}, repeats: [], at: Date.now() })),
			[`communication/${lesson.id}`, item.id]
		);
		await she.lesson(lesson.id);
		if (item.kind === 'sort') await she.fill({ ...item, options: item.options.slice(0, 1) }, 'right', async () => undefined);
		await check.click({ force: true }); // it says that it cannot be done yet, and she taps it all the same
		const place = page.locator('fieldset.assign').nth(item.kind === 'sort' ? 1 : 0);
		const missing =
			item.kind === 'sort' || item.kind === 'match'
				? place.locator('input').first()
				: page.locator('article :is(input, button.option)').first();
		await expect(missing, kind).toBeFocused();
		await expect(page.locator('article :is(:focus, label:has(:focus))').first(), kind).toBeInViewport();
		await expect(page.locator('.feedback')).toHaveCount(0);
	}
});

test('the keyboard of the phone leaves what she types and its button in sight', async ({ page, site }) => {
	const she = person(page, site.url, 'el');
	await she.begin();
	await she.take();
	const lesson = course.lessons.find(({ exercises }) => exercises.some(({ kind }) => kind === 'number'))!;
	const item = lesson.exercises.find(({ kind }) => kind === 'number')!;
	await page.evaluate(
		([name, step]) =>
			localStorage.setItem(`passport.places.${name}`, JSON.stringify({ name, step, given: {}, repeats: [], at: Date.now() })),
		[`communication/${lesson.id}`, item.id]
	);
	await she.lesson(lesson.id);
	const field = page.getByLabel(she.t('item.number'));
	await field.focus();
	await page.setViewportSize({ width: 360, height: 300 }); // what a keyboard leaves
	await expect(she.button(she.t('item.check'))).toBeInViewport({ ratio: 1 });
	await expect(field).toBeInViewport({ ratio: 1 });
});

test('who taps everything twice is not hurried: each double tap counts as one, also where something is deleted', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	const step = (key: 'card' | 'exercise', at: number, of: number) =>
		expect(page.locator('.top')).toHaveText(she.t(`lesson.${key}`, { at, of }));
	await she.begin();
	await she.take();
	await she.lesson('listen');
	await she.twice(she.button(she.t('lesson.next')));
	await step('card', 2, 8);
	await page.mouse.dblclick(180, 600); // the same with a mouse
	await step('card', 3, 8);
	await she.lesson('listen');
	for (let at = 3; at <= 8; at++) await she.forward('lesson.next');
	await she.forward('lesson.next');
	await she.forward('lesson.to-exercises');
	for (const [at, item] of exercises('listen').slice(0, 4).entries()) {
		await step('exercise', at + 1, 5);
		if (item.kind === 'order' || item.kind === 'multiple') {
			for (const one of item.right)
				await she.twice(page.locator('label.option, button.option').filter({ hasText: she.say(`${item.id}.${one}.text`) }));
		} else await she.fill(item, 'right', async () => undefined);
		await she.twice(she.button(she.t('item.check')));
		await she.explained('right');
		await she.twice(she.button(she.t('continue')));
	}
	await step('exercise', 5, 5);
	expect(await she.answers()).toEqual(named(exercises('listen').slice(0, 4)).reverse());
	await she.twice(she.button(she.t('data.delete')));
	await expect(page.getByText(she.t('data.delete-ask'))).toBeVisible();
});

test('the language is switched in mid-question, offline, through all five and back: nothing is lost', async ({ page, site, context }) => {
	const she = person(page, site.url, 'en');
	await she.begin();
	await she.take();
	await she.offlineReady();
	await site.kill();
	await context.setOffline(true);
	await she.lesson('speak');
	const round = [...locales.filter((locale) => locale !== 'en'), 'en' as const];
	/** In every language: the place stays, the words change, what is made stays. */
	const through = async (words: (in_: Person) => Promise<void>) => {
		const { made, marks } = await she.seen();
		let now = she;
		for (const locale of round) {
			now = await now.switchTo(locale);
			await expect(page.locator('html')).toHaveAttribute('lang', locale);
			await words(now);
			const here = await now.seen();
			expect({ made: here.made, marks: here.marks }).toEqual({ made, marks });
		}
	};
	const card = course.lessons[1]!.cards[1]!;
	await she.forward('lesson.next');
	await through(async (now) => {
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(now.say(`${card.id}.title`));
		await expect(page.getByText(now.t('lesson.card', { at: 2, of: 8 }))).toBeVisible();
	});
	await she.forward('lesson.next');
	for (let left = course.lessons[1]!.cards.length - 1; left > 0; left--) await she.forward('lesson.next');
	await she.forward('lesson.to-exercises');
	for (const [at, item] of exercises('speak').entries()) {
		await she.half(item);
		const asks = (now: Person) => now.say(item.kind === 'scenario' ? `${item.id}.scene` : `${item.id}.question`);
		await through(async (now) => {
			await expect(page.getByText(asks(now)).first()).toBeVisible();
			await expect(page.getByText(now.t('lesson.exercise', { at: at + 1, of: 5 }))).toBeVisible();
		});
		if (item.kind === 'match') {
			await she.respond(item, 'wrong');
			await through(async (now) => {
				await now.explained('wrong');
				await expect(now.button(now.t('continue'))).toBeVisible();
			});
		} else await she.respond(item);
		await she.forward('continue');
	}
});

test('the self-assessment asks twelve questions, shows the result by outcome, and asks others the next time', async ({
	page,
	site,
	context
}) => {
	let she = person(page, site.url, 'en');
	await she.begin();
	await she.take();
	await she.offlineReady();
	await context.setOffline(true);
	await page.goto(`${site.url}/courses/communication/assessment`);
	await she.button(she.t('assessment.begin')).click();

	/** What the phone keeps of her sittings. */
	const sittings = () =>
		she.page.evaluate(() =>
			Object.keys(localStorage)
				.filter((name) => name.startsWith('passport.sittings.'))
				.map((name) => JSON.parse(localStorage.getItem(name)!) as { items: string[]; begun: number })
				.sort((a, b) => a.begun - b.begun)
				.map(({ items }) => items)
		);
	const asked: Item[] = [];
	let wrong = 0;
	for (let at = 1; at <= 12; at++) {
		await expect(she.page.getByText(she.t('assessment.question', { at, of: 12 }))).toBeVisible();
		const item = await she.asked();
		asked.push(item);
		if (at === 4) {
			await she.half(item);
			she = await survives(she, 'crashed');
			if (item.kind === 'order' || item.kind === 'multiple') await she.half(item);
		}
		const choice = item.kind === 'choice' && wrong === 0;
		if (choice) wrong += 1;
		await she.respond(item, choice ? 'wrong' : 'right');
		if (at === 7) she = await survives(she, 'closed');
		await she.forward('continue');
	}
	expect(new Set(asked.map(({ id }) => id)).size).toBe(12);
	const result = `${she.t('assessment.result')}: ${she.t('assessment.points', { points: 12 - wrong, of: 12 })}`;
	await expect(she.page.getByRole('heading', { level: 1 })).toHaveText(result);
	for (const { id } of course.outcomes) {
		const of = asked.filter(({ outcome }) => outcome === id).length;
		const card = she.page.locator('li.card').filter({ hasText: she.say(`${id}.text`) });
		await expect(card).toContainText(new RegExp(`${she.t('assessment.enough')}|${she.t('assessment.more')}`));
		await expect(card).toContainText(new RegExp(`of ${of}`));
		await expect(card.locator('svg').first()).toBeVisible();
	}
	await she.button(she.t('assessment.again')).click();
	await expect(she.page.getByText(she.t('assessment.question', { at: 1, of: 12 }))).toBeVisible();
	const [first, second] = await sittings();
	expect(second).toHaveLength(12);
	expect(second!.filter((id) => first!.includes(id)).length, 'other questions while there are others').toBeLessThanOrEqual(2);
	expect(await she.answers()).toHaveLength(12);
});

test('what was wrong comes back after one day, what was right after three', async ({ page, site }) => {
	const she = person(page, site.url, 'en');
	const [first, second, third, fourth, fifth] = exercises('listen') as [Item, Item, Item, Item, Item];
	const today = Date.now();
	const daysLater = async (days: number) => {
		await page.clock.setFixedTime(today + days * 24 * 3600_000 + 60_000);
		await page.goto(site.url);
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.t('home.title'));
	};
	const due = async (count: number) => {
		await page.getByRole('link', { name: she.t('home.review') }).click();
		await she.button(she.t('assessment.begin')).click();
		await expect(page.getByText(she.t('review.question', { at: 1, of: count }))).toBeVisible();
	};
	await she.begin();
	await she.take();
	await she.lesson('listen');
	await she.study('listen');
	for (const item of [first, second, third, fourth, fifth]) {
		await she.respond(item, item === second ? 'wrong' : 'right');
		await she.forward('continue');
	}
	await she.respond(second);
	await she.forward('continue');
	await daysLater(0);
	await expect(page.getByRole('link', { name: she.t('home.go-on') })).toBeVisible();
	await expect(page.getByRole('link', { name: she.t('home.review') })).toHaveCount(0);

	await daysLater(1);
	await due(1);
	await she.respond(second);
	await she.forward('continue');
	await expect(page.getByText(she.t('review.done'))).toBeVisible();

	await daysLater(3);
	await due(4);
	for (const item of [first, third, fourth, fifth]) {
		await she.respond(item, item === first ? 'wrong' : 'right');
		await she.forward('continue');
	}
	await expect(page.getByText(she.t('assessment.points', { points: 3, of: 4 }))).toBeVisible();

	await daysLater(4.1);
	await due(2);
});
