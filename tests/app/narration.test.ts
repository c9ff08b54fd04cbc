import { beforeEach, expect, test } from 'vitest';
import type { Item } from '#core/item.ts';
import type { Voice } from '#core/narration.ts';
import { createPhone, createShelf, until, type Phone, type Shelf } from '../device/shelf.ts';
import { start, type Started } from './start.ts';

let shelf: Shelf;
let phone: Phone;
let her: Started;
let english: Voice;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
	english = await shelf.speak('demo', 'en', 'cards', {}, 8);
	her = await start(phone);
	await her.app.downloads.start('demo', 'cards');
	await until(() => her.app.narration.availability('one-idea') === 'here');
});

const card = 'one-idea';
const recording = (id: string, voice = english) => voice.recordings.find((one) => one.id === id)!;
const play = async (id = card) => {
	await her.app.narration.play(id);
	expect(her.speaker.now).toBeDefined();
};
/** The Italian voice comes to the phone as well; the app stays in English. */
async function italian(change: (voice: Voice) => Partial<Voice> = () => ({})): Promise<Voice> {
	const voice = await shelf.speak('demo', 'it', 'cards', {}, 8);
	const made = await shelf.speak('demo', 'it', 'cards', change(voice), 8);
	await her.device.packs.install({ course: 'demo', pack: shelf.offer.packs['demo']!, voices: [made], locale: 'it', tier: 'cards' });
	await her.app.narration.prepare('demo');
	return made;
}

test('nothing is ever heard unasked: not when a course is opened, nor on the way through a lesson', async () => {
	await her.app.lesson.open('demo', 'one');
	for (let at = 0; at < 6; at++) her.app.lesson.forward();
	await her.i18n.change('it');
	await her.app.narration.prepare('demo');
	expect(her.speaker.played).toEqual([]);
	expect(her.app.narration).toMatchObject({ state: 'stopped', clip: undefined, reading: undefined });
});

test('a card is played from the phone, without a network', async () => {
	shelf.line.cut = true;
	await play();
	const [played] = her.speaker.played;
	expect(new Uint8Array(played!.bytes)).toEqual(shelf.served.get(`files/${recording(card).mp3.sha256}.mp3`)!.body);
	expect(played).toMatchObject({ type: 'mp3', from: 0, rate: 1, title: her.app.courses.say('one-idea.title') });
	expect(her.app.narration).toMatchObject({ clip: card, state: 'playing', synthetic: true, length: recording(card).milliseconds });
});

test('one clip at a time: a second ends the first', async () => {
	await play();
	const [first] = her.speaker.played;
	await play('one-story');
	expect(her.app.narration.clip).toBe('one-story');
	expect(her.speaker.played).toHaveLength(2);
	expect(her.speaker.now).not.toBe(first);
	expect(her.app.narration.readingOf(card)).toBeUndefined();
});

test('of two taps in a row the last one is heard', async () => {
	await Promise.all([her.app.narration.play(card), her.app.narration.play('one-story')]);
	expect(her.speaker.played).toHaveLength(1);
	expect(her.app.narration.clip).toBe('one-story');
});

test('the sentence that is read is marked, as the cues say', async () => {
	await play();
	for (const [text, sentence, from] of recording(card).sentences) {
		her.speaker.reach(from + 500);
		expect(her.app.narration.reading).toEqual([text, sentence]);
		expect(her.app.narration.readingOf(card)).toEqual([text, sentence]);
		expect(her.app.narration.readingOf('one-story')).toBeUndefined();
	}
	her.speaker.end();
	expect(her.app.narration).toMatchObject({ state: 'stopped', reading: undefined, clip: undefined });
});

test('a tap on a sentence plays from there', async () => {
	const [, [text, sentence, from]] = recording(card).sentences as [unknown, [number, number, number]];
	await her.app.narration.tapSentence(card, text, sentence);
	expect(her.speaker.now).toMatchObject({ from });
	expect(her.app.narration.reading).toEqual([text, sentence]);
});

test('one button plays, pauses and goes on', async () => {
	await her.app.narration.toggle(card);
	expect(her.app.narration.state).toBe('playing');
	await her.app.narration.toggle(card);
	expect(her.app.narration.state).toBe('paused');
	await her.app.narration.toggle(card);
	expect(her.app.narration.state).toBe('playing');
	expect(her.speaker.played).toHaveLength(1);
});

test('the speed she chose is that of the next clip and of the next start', async () => {
	await play();
	her.app.narration.setRate(0.75);
	expect(her.speaker.told).toEqual(['rate 0.75']);
	await play('one-story');
	expect(her.speaker.now?.rate).toBe(0.75);
	her = await start(phone);
	expect(her.app.narration.rate).toBe(0.75);
});

test('a language switch in mid-clip ends the sound and keeps the place: one tap goes on at the same sentence in the new language', async () => {
	const voice = await italian();
	await play();
	const [text, sentence] = recording(card).sentences[1]!;
	her.speaker.reach(recording(card).sentences[1]![2] + 100);
	await her.i18n.change('it');
	expect(her.app.narration.state).toBe('stopped');
	expect(her.app.narration.reading).toBeUndefined();
	her.speaker.reach(recording(card).sentences[1]![2] + 300);
	expect(her.speaker.now).toBeUndefined();
	expect(her.app.narration.availability(card)).toBe('here');
	await her.app.narration.toggle(card);
	expect(new Uint8Array(her.speaker.now!.bytes)).toEqual(shelf.served.get(`files/${recording(card, voice).mp3.sha256}.mp3`)!.body);
	expect(her.app.narration.reading).toEqual([text, sentence]);
	expect(her.speaker.now).toMatchObject({ from: recording(card, voice).sentences[1]![2] });
});

test('a text that the new language cuts into fewer sentences goes on at the nearest sentence before', async () => {
	await italian(({ recordings }) => ({
		recordings: recordings.map((one) =>
			one.id === card
				? {
						...one,
						sentences: [
							[0, 0, 0],
							[1, 0, 700]
						]
					}
				: one
		)
	}));
	await her.app.narration.tapSentence(card, 1, 0);
	her.speaker.now!.onposition(recording(card).sentences.at(-1)![2] + 10);
	await her.i18n.change('it');
	await her.app.narration.tapSentence(card, 1, 3);
	expect(her.speaker.now).toMatchObject({ from: 700 });
});

test('a language switch in the moment in which a clip begins ends it', async () => {
	await Promise.all([her.app.narration.play(card), her.i18n.change('it')]);
	her.speaker.reach(10);
	expect(her.speaker.now).toBeUndefined();
	expect(her.app.narration.state).toBe('stopped');
});

test('without a voice of the new language it says that there is one in another, and a tap plays nothing', async () => {
	await play();
	await her.i18n.change('it');
	her.speaker.reach(1200);
	expect(her.speaker.now).toBeUndefined();
	expect(her.app.narration.availability(card)).toBe('other-language');
	expect(her.app.narration.availability('one-e1')).toBe('none');
	await her.app.narration.toggle(card);
	expect(her.speaker.played).toHaveLength(1);
});

test('back in the first language the place is still there', async () => {
	await play();
	her.speaker.reach(1100);
	await her.i18n.change('it');
	her.speaker.reach(1200);
	await her.i18n.change('en');
	await her.app.narration.toggle(card);
	expect(her.app.narration.reading).toEqual(recording(card).sentences[1]!.slice(0, 2));
});

test('a recording that is gone is told with its card, and a tap tries again', async () => {
	const { sha256 } = recording(card).mp3;
	const row = await her.device.database.use((db) => db.files.get(sha256));
	await her.device.database.use((db) => db.files.delete(sha256));
	await her.app.narration.play(card);
	expect(her.app.narration).toMatchObject({ error: 'voice', state: 'stopped', clip: card });
	expect(her.speaker.played).toEqual([]);
	await her.device.database.use((db) => db.files.put(row!));
	await her.app.narration.toggle(card);
	expect(her.app.narration).toMatchObject({ error: undefined, state: 'playing' });
});

test('a sound that the phone cannot play is told, and the next clip is free of it', async () => {
	const { AppError } = await import('#core/errors.ts');
	await play();
	her.speaker.now!.onerror(new AppError('voice'));
	expect(her.app.narration).toMatchObject({ error: 'voice', state: 'stopped', clip: card });
	await play('one-story');
	expect(her.app.narration.error).toBeUndefined();
});

test('with the voice turned off nothing is offered and nothing is heard, also after a restart', async () => {
	await play();
	her.app.settings.set({ voice: false });
	her.speaker.reach(400);
	expect(her.speaker.now).toBeUndefined();
	expect(her.app.narration).toMatchObject({ on: false, state: 'stopped' });
	expect(her.app.narration.availability(card)).toBe('none');
	await her.app.narration.play(card);
	expect(her.speaker.played).toHaveLength(1);
	her = await start(phone);
	await her.app.courses.open('demo');
	expect(her.app.narration.availability(card)).toBe('none');
});

test('the sound of a clip that is shown is loaded before the tap, in the language of the moment, unless the voice is off', async () => {
	const voice = await italian();
	const release = her.app.narration.ready(card);
	expect([...her.speaker.prepared]).toEqual([recording(card).mp3.sha256]);
	release?.();
	await her.i18n.change('it');
	her.app.narration.ready(card)?.();
	her.app.narration.ready(card);
	expect([...her.speaker.prepared]).toEqual([recording(card, voice).mp3.sha256]);
	her.app.settings.set({ voice: false });
	expect(her.app.narration.ready(card)).toBeUndefined();
	expect(her.speaker.played).toEqual([]);
});

test('a second tap while the sound is loaded ends it, and the next one plays', async () => {
	await Promise.all([her.app.narration.toggle(card), her.app.narration.toggle(card)]);
	expect(her.speaker.now).toBeUndefined();
	expect(her.app.narration.state).toBe('stopped');
	await her.app.narration.toggle(card);
	expect(her.app.narration.state).toBe('playing');
});

test('leaving the screen ends the sound', async () => {
	await play();
	her.app.narration.stop();
	expect(her.speaker.now).toBeUndefined();
	expect(her.app.narration).toMatchObject({ state: 'stopped', clip: undefined, error: undefined });
});

test('in a review each question is read by the voice of its own course, and leaving it ends the sound', async () => {
	const other = await shelf.publish('other-1', 1);
	await her.device.packs.install({ course: 'other-1', pack: other, voices: [], locale: 'en', tier: 'text' });
	await shelf.speak('demo', 'en', 'rest', {}, 100);
	await her.app.downloads.start('demo', 'everything');
	const { lesson, review, narration } = her.app;
	await lesson.open('demo', 'one');
	while (lesson.step.kind !== 'exercise') lesson.forward();
	const { item } = lesson.step as { item: Item };
	if (item.kind !== 'choice') throw new Error('another kind stands here now');
	await lesson.answer(item.right);
	lesson.close();
	phone.now += 3 * 24 * 3600_000;
	await her.app.courses.open('other-1');
	await review.load();
	await review.start();
	expect(narration.availability(item.id)).toBe('here');
	await play(item.id);
	review.close();
	expect(her.speaker.now).toBeUndefined();
});

test('opening another course ends the sound of this one', async () => {
	await play();
	const other = await shelf.publish('other-1', 1);
	await her.device.packs.install({ course: 'other-1', pack: other, voices: [], locale: 'en', tier: 'text' });
	await her.app.courses.open('other-1');
	await until(() => her.speaker.now === undefined);
	expect(her.app.narration.availability(card)).toBe('none');
});
