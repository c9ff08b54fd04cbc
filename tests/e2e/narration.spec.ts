import { existsSync } from 'node:fs';
import type { BrowserContext, Page } from '@playwright/test';
import { course, person, type Person } from './person.ts';
import { expect, test, type Site } from './site.ts';

type Heard = {
	/** How often something began to play, and the sound that plays or played last. */
	plays: number;
	sound: HTMLMediaElement | undefined;
	/** The sounds that play now. */
	loud: () => number;
	/** Addresses of sounds that were made and not given back. */
	left: () => number;
	/** What the lock screen can do. */
	handlers: Partial<Record<MediaSessionAction, MediaSessionActionHandler | null>>;
};
declare global {
	var heard: Heard;
}

test.skip(!existsSync('build/packs/communication/en.cards.json'), 'the English voice was not prepared');

/** Listens to what the page plays, and counts what it leaves behind. */
const listenIn = (context: BrowserContext) =>
	context.addInitScript(() => {
		const sounds = new Set<HTMLMediaElement>();
		const addresses = new Set<string>();
		const heard: Heard = {
			plays: 0,
			sound: undefined,
			loud: () => [...sounds].filter((sound) => !sound.paused && !sound.ended && sound.src.startsWith('blob:')).length,
			left: () => addresses.size,
			handlers: {}
		};
		globalThis.heard = heard;
		const { play } = HTMLMediaElement.prototype;
		HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
			if (this.src.startsWith('blob:')) {
				heard.plays += 1;
				sounds.add((heard.sound = this));
			}
			return play.call(this);
		};
		const [make, revoke] = [URL.createObjectURL, URL.revokeObjectURL];
		URL.createObjectURL = (of: Blob) => {
			const address = make.call(URL, of);
			addresses.add(address);
			return address;
		};
		URL.revokeObjectURL = (address) => (addresses.delete(address), revoke.call(URL, address));
		const set = navigator.mediaSession.setActionHandler.bind(navigator.mediaSession);
		navigator.mediaSession.setActionHandler = (action, then) => ((heard.handlers[action] = then), set(action, then));
	});

/** She is offline in the first lesson, with the spoken cards on her phone. */
async function listening(page: Page, site: Site): Promise<Person> {
	const she = person(page, site.url, 'en', 'tap');
	await listenIn(page.context());
	await she.begin();
	await she.take('cards');
	await she.offlineReady();
	await site.kill();
	await page.context().setOffline(true);
	await she.lesson('listen');
	return she;
}

const listen = (she: Person) => she.button(she.t('voice.listen'));
const pause = (she: Person) => she.button(she.t('voice.pause'));
const read = (page: Page) => page.locator('.reading');
/** Where it is in the sound, in seconds. */
const at = (page: Page) => page.evaluate(() => globalThis.heard.sound?.currentTime ?? 0);
/** Nothing sounds, and nothing is left but the one sound that the screen has ready. */
const quiet = (page: Page, ready = 1) => expect.poll(() => page.evaluate(() => [heard.loud(), heard.left()])).toEqual([0, ready]);

test('a card is heard offline: the sentence that is read is marked and moves on; pause holds it, and it goes on from there', async ({
	page,
	site
}) => {
	const she = await listening(page, site);
	await she.press(listen(she));
	await expect(read(page)).toHaveText(she.say('listen-wrong-floor.title'));
	await expect(pause(she)).toBeVisible();
	await expect(read(page)).toHaveAttribute('data-text', '1', { timeout: 30_000 });
	await she.press(pause(she));
	await expect(listen(she)).toBeVisible();
	await expect.poll(() => page.evaluate(() => heard.loud())).toBe(0);
	const held = await at(page);
	const sentence = await read(page).textContent();
	await she.press(listen(she));
	await expect(pause(she)).toBeVisible();
	await expect.poll(() => at(page)).toBeGreaterThan(held);
	expect(await at(page)).toBeLessThan(held + 20);
	expect(sentence).toBeTruthy();

	// The next card ends it, and nothing of it is left.
	await she.forward('lesson.next');
	await quiet(page);
	await expect(read(page)).toHaveCount(0);
	await expect(listen(she)).toBeVisible();
	expect(await page.evaluate(() => [navigator.mediaSession.playbackState, navigator.mediaSession.metadata])).toEqual(['none', null]);
});

test('a tap on a sentence reads from there, one clip at a time; at its end nothing is left', async ({ page, site }) => {
	const she = await listening(page, site);
	const second = page.locator('[data-text="1"][data-sentence="1"]');
	await second.tap();
	await expect(second).toHaveClass(/reading/);
	await expect(read(page)).toHaveCount(1);
	await expect(second, 'the mark moves on').not.toHaveClass(/reading/, { timeout: 30_000 });
	await expect(read(page)).toHaveCount(1);
	await second.tap();
	await expect(second).toHaveClass(/reading/);
	await expect.poll(() => at(page)).toBeGreaterThan(1);
	const from = await at(page);
	await page.locator('[data-text="0"][data-sentence="0"]').tap();
	await expect(page.locator('[data-text="0"]')).toHaveClass(/reading/);
	await expect.poll(() => at(page)).toBeLessThan(from);
	for (let taps = 0; taps < 4; taps++) await second.tap();
	await expect(second).toHaveClass(/reading/);
	await expect.poll(() => page.evaluate(() => [heard.loud(), heard.left()])).toEqual([1, 1]);
	await she.button(she.t('voice.repeat')).tap();
	await expect(second).toHaveClass(/reading/);
	await expect.poll(() => at(page), 'it goes on').toBeGreaterThan(from + 0.3);
	await page.evaluate(() => void (heard.sound!.currentTime = heard.sound!.duration - 0.3));
	await expect(listen(she)).toBeVisible();
	await quiet(page);
	await expect(read(page)).toHaveCount(0);
});

test('it is read slower or faster with the same pitch, and the choice is kept', async ({ page, site }) => {
	const she = await listening(page, site);
	const speed = (rate: number) => she.button(she.t('voice.speed', { rate }));
	const sounds = () => page.evaluate(() => ({ rate: heard.sound?.playbackRate, pitch: heard.sound?.preservesPitch }));
	await listen(she).tap();
	await expect(pause(she)).toBeVisible();
	for (const rate of [1, 1.25, 0.75]) {
		await expect.poll(sounds).toEqual({ rate, pitch: true });
		await she.press(speed(rate));
	}
	await expect.poll(sounds).toEqual({ rate: 1, pitch: true });
	await she.press(speed(1));
	await she.forward('lesson.next');
	await listen(she).tap();
	await expect(pause(she)).toBeVisible();
	await expect.poll(sounds).toEqual({ rate: 1.25, pitch: true });
	await page.reload();
	await expect(speed(1.25)).toBeVisible();
});

test('nothing plays unasked, from the first card to the end', async ({ page, site }) => {
	const she = await listening(page, site);
	for (const card of course.lessons[0]!.cards) {
		await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.say(`${card.id}.title`));
		await expect(listen(she)).toBeVisible();
		await she.forward('lesson.next');
	}
	await she.forward('lesson.next');
	await she.forward('lesson.to-exercises');
	await she.answer(course.lessons[0]!.exercises);
	await expect(page.getByText(she.t('lesson.end-right', { right: 5, of: 5 }))).toBeVisible();
	expect(await page.evaluate(() => [heard.plays, heard.left()])).toEqual([0, 0]);
});

test('the lock screen says what is read, and its buttons work', async ({ page, site }) => {
	const she = await listening(page, site);
	const act = (action: MediaSessionAction) => page.evaluate((one) => void heard.handlers[one]?.({ action: one }), action);
	await listen(she).tap();
	await expect(pause(she)).toBeVisible();
	const session = () =>
		page.evaluate(() => {
			const { metadata, playbackState } = navigator.mediaSession;
			return { title: metadata?.title, album: metadata?.album, artist: metadata?.artist, playbackState };
		});
	const words = { title: she.say('listen-wrong-floor.title'), album: 'Communication', artist: 'Passport to Employment' };
	await expect.poll(session).toEqual({ ...words, playbackState: 'playing' });
	await act('pause');
	await expect(listen(she)).toBeVisible();
	await expect.poll(session).toEqual({ ...words, playbackState: 'paused' });
	await act('play');
	await expect(pause(she)).toBeVisible();
	await page.evaluate(() => void (heard.sound!.currentTime = 8));
	await act('seekbackward');
	await expect.poll(() => at(page)).toBeLessThan(7);
	await act('stop');
	await expect(listen(she)).toBeVisible();
	await quiet(page);
	expect(await page.evaluate(() => Object.values(heard.handlers).every((one) => one === null))).toBe(true);
});

test('a sound that is stopped while it seeks does not begin again by itself', async ({ page, site }) => {
	const she = await listening(page, site);
	await listen(she).tap();
	await expect.poll(() => at(page)).toBeGreaterThan(0);
	const plays = await page.evaluate(async () => {
		const sound = heard.sound!;
		Object.defineProperty(sound, 'readyState', { configurable: true, get: () => 1 }); // it waits for data, as on a slow phone
		heard.handlers.seekbackward!({ action: 'seekbackward' });
		await new Promise((then) => setTimeout(then)); // after the player's own timer
		delete (sound as { readyState?: number }).readyState;
		sound.addEventListener('canplaythrough', () => (sound.dataset['ready'] = 'again'));
		heard.handlers.stop!({ action: 'stop' });
		return heard.plays;
	});
	await expect(listen(she)).toBeVisible();
	await expect.poll(() => page.evaluate(() => heard.sound!.dataset['ready'])).toBe('again');
	expect(await page.evaluate(() => [heard.plays, heard.loud()])).toEqual([plays, 0]);
	await listen(she).press('Enter'); // a tap so soon would be half of a double tap
	await expect.poll(() => page.evaluate(() => heard.loud())).toBe(1);
	await expect(pause(she)).toBeVisible();
});

test('in a language without a voice the app falls silent, says so and offers it', async ({ page, site }) => {
	const she = await listening(page, site);
	await page.locator('[data-text="1"][data-sentence="1"]').tap();
	await expect(pause(she)).toBeVisible();
	const italian = await she.switchTo('it');
	await expect(page.getByText(italian.t('voice.none', { language: 'Italiano' }))).toBeVisible();
	await expect(listen(italian)).toHaveCount(0);
	await quiet(page, 0);
	await page.getByRole('link', { name: italian.t('voice.get') }).click();
	await expect(page).toHaveURL(/\/courses\/communication$/);
});

test('with the voice of a second language it is read on at the same sentence in that language', async ({ page, site }) => {
	test.skip(!existsSync('build/packs/communication/it.cards.json'), 'the Italian voice was not prepared');
	const italian = person(page, site.url, 'it');
	await listenIn(page.context());
	await italian.begin();
	await italian.take('cards');
	const she = await italian.switchTo('en');
	await she.take('cards');
	await she.lesson('listen');
	const second = page.locator('[data-text="1"][data-sentence="1"]');
	await second.tap();
	await expect(pause(she)).toBeVisible();
	await she.switchTo('it');
	await expect(listen(italian)).toBeVisible();
	await quiet(page);
	await listen(italian).tap();
	await expect(pause(italian)).toBeVisible();
	await expect(second).toHaveClass(/reading/);
	await expect.poll(() => page.evaluate(() => heard.loud())).toBe(1);
});

test('the listen buttons can be switched off in the settings', async ({ page, site }) => {
	const she = await listening(page, site);
	await expect(listen(she)).toBeVisible();
	await page.goto(`${site.url}/settings`);
	await page
		.locator('label')
		.filter({ hasText: she.t('settings.voice-on') })
		.tap();
	await she.lesson('listen');
	await expect(page.getByRole('heading', { level: 1 })).toHaveText(she.say('listen-wrong-floor.title'));
	await expect(listen(she)).toHaveCount(0);
	await page.locator('[data-text="1"][data-sentence="0"]').tap();
	await she.forward('lesson.next');
	await expect(listen(she)).toHaveCount(0);
	expect(await page.evaluate(() => heard.plays)).toBe(0);
});
