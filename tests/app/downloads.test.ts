import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPhone, createShelf, disk, until, weight, type Phone, type Shelf } from '../device/shelf.ts';
import { start, type Started } from './start.ts';

let shelf: Shelf;
let phone: Phone;
let her: Started;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
});
afterEach(() => vi.unstubAllGlobals());

const demo = () => shelf.offer.packs['demo']!;
const offers = () => her.app.downloads.offers('demo');
const download = () => her.app.downloads.of('demo');
/** Opens the course's page, as its screen does. */
async function look(): Promise<void> {
	her.app.downloads.look('demo');
	await until(() => offers().cards.state !== 'unknown');
}
/** A phone on which the course is, with the voices of these languages. */
async function having(...locales: ('en' | 'it')[]): Promise<void> {
	her = await start(phone, locales[0] ?? 'en');
	for (const locale of locales) {
		await shelf.speak('demo', locale, 'cards');
		await her.i18n.change(locale);
		await look();
		await her.app.downloads.start('demo', 'cards');
		expect(download()?.state).toBe('done');
	}
	if (!locales.length) await her.app.downloads.start('demo', 'text');
	shelf.took(/./);
}

test('before the tap she sees what each tier takes, to the byte, in the language of the moment', async () => {
	const [cards, rest] = [await shelf.speak('demo', 'en', 'cards'), await shelf.speak('demo', 'en', 'rest')];
	const italian = await shelf.speak('demo', 'it', 'cards', {}, 7);
	her = await start(phone);
	await look();
	expect(offers().text).toEqual({ state: 'ready', bytes: weight(demo()), total: weight(demo()) });
	expect(offers().cards).toEqual({ state: 'ready', bytes: weight(demo(), cards), total: weight(demo(), cards) });
	expect(offers().everything.state).toBe('unknown');
	her.app.downloads.prepare('demo', 'everything');
	await until(() => offers().everything.state === 'ready');
	expect(offers().everything.bytes).toBe(weight(demo(), cards, rest));

	await her.i18n.change('it');
	expect(offers().cards.state).toBe('unknown');
	await look();
	expect(offers().cards.bytes).toBe(weight(demo(), italian));
	expect(shelf.took(/files/)).toEqual([]);
});

test('a size is never shown before it is known', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards');
	her = await start(phone);
	her.app.downloads.look('demo');
	await until(() => offers().cards.state === 'ready');
	expect(offers().cards.bytes).toBe(weight(demo(), voice));
});

test('what the offer said is what the download fetches', async () => {
	await shelf.speak('demo', 'en', 'cards');
	her = await start(phone);
	await look();
	const { bytes } = offers().cards;
	await her.app.downloads.start('demo', 'cards');
	expect(download()).toMatchObject({ state: 'done', done: bytes, of: bytes });
	const fetched = shelf.took(/files/).map((name) => (shelf.served.get(name)!.body as Uint8Array).length);
	expect(fetched.reduce((sum, one) => sum + one, 0)).toBe(bytes);
	expect(offers().cards.state).toBe('installed');
	expect(her.app.courses.listed('demo')).toMatchObject({ installed: true, update: false });
	expect(her.app.downloads.voices('demo')).toMatchObject([{ locale: 'en', tier: 'cards', synthetic: true, engine: 'noise en' }]);
});

test('the next tier costs only what is not here', async () => {
	await having('en');
	const rest = await shelf.speak('demo', 'en', 'rest');
	her.app.downloads.prepare('demo', 'everything');
	await until(() => offers().everything.state === 'ready');
	expect(offers().everything.bytes).toBe(weight(demo(), rest) - weight(demo()));
	await her.app.downloads.start('demo', 'everything');
	expect(shelf.took(/files/)).toHaveLength(rest.recordings.length);
	expect(her.app.downloads.voices('demo')).toMatchObject([{ locale: 'en', tier: 'everything' }]);
});

const making = (done: number) => ({ body: `{"preparing":{"done":${done},"of":40}}`, status: 202, type: 'application/json' });

test('a voice that is being made is shown with how far it is, and then with its size', async () => {
	shelf.served.set('demo/en.cards.json', making(3));
	her = await start(phone);
	await look();
	expect(offers().cards).toMatchObject({ state: 'preparing', preparing: { done: 3, of: 40 } });
	shelf.served.set('demo/en.cards.json', making(17));
	await until(() => (her.pass(1000), offers().cards.preparing?.done === 17));
	const voice = await shelf.speak('demo', 'en', 'cards');
	await until(() => (her.pass(1000), offers().cards.state === 'ready'));
	expect(offers().cards.bytes).toBe(weight(demo(), voice));
});

test('nobody asks for a voice any more when the page is left', async () => {
	shelf.served.set('demo/en.cards.json', making(3));
	her = await start(phone);
	await look();
	her.app.downloads.leave();
	shelf.line.asked.splice(0);
	her.pass(1000);
	await look();
	expect(shelf.line.asked).toHaveLength(1);
});

test('a download waits for a voice that is being made; the text is there already, so that she can begin', async () => {
	shelf.served.set('demo/en.cards.json', making(5));
	her = await start(phone);
	const end = her.app.downloads.start('demo', 'cards');
	await until(() => download()?.state === 'preparing');
	expect(download()?.preparing).toEqual({ done: 5, of: 40 });
	expect(her.app.courses.opened).toMatchObject({ id: 'demo', memory: false });
	await shelf.speak('demo', 'en', 'cards');
	await until(() => (her.pass(1000), download()?.state === 'done'));
	await end;
	expect(her.app.narration.availability('one-idea')).toBe('here');
});

test('an app that is closed while a voice is being made still knows that she wants it', async () => {
	shelf.served.set('demo/en.cards.json', making(5));
	her = await start(phone);
	void her.app.downloads.start('demo', 'cards');
	await until(() => download()?.state === 'preparing');
	her = await start(phone, 'it');
	expect(download()).toMatchObject({ locale: 'en', tier: 'cards', state: 'paused' });
	await shelf.speak('demo', 'en', 'cards');
	await her.app.downloads.resume('demo');
	expect(her.app.downloads.voices('demo')).toMatchObject([{ locale: 'en' }]);
});

test('a voice that is not to be had is shown as absent, and so is one for another text', async () => {
	her = await start(phone);
	await look();
	expect(offers().cards.state).toBe('absent');
	expect(offers().text.state).toBe('ready');
	await shelf.speak('demo', 'en', 'cards', { text: 'f'.repeat(64) });
	await look();
	expect(offers().cards.state).toBe('absent');
	await her.app.downloads.start('demo', 'cards');
	expect(download()).toMatchObject({ state: 'failed', error: 'not-found' });
	expect(her.app.courses.opened?.id).toBe('demo');
});

test('sizes that could not be asked for without a network are asked for when it is back', async () => {
	her = await start(phone);
	const voice = await shelf.speak('demo', 'en', 'cards');
	shelf.line.cut = true;
	await look();
	expect(offers().cards).toMatchObject({ state: 'error', error: 'offline' });
	shelf.line.cut = false;
	her.online();
	await until(() => offers().cards.state === 'ready');
	expect(offers().cards.bytes).toBe(weight(demo(), voice));
});

test('a download that lost the network says so and goes on by itself when it is back, with what is missing', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards');
	her = await start(phone);
	shelf.line.fault = (name) => (name === `files/${voice.recordings[3]!.mp3.sha256}.mp3` ? 'cut' : undefined);
	await her.app.downloads.start('demo', 'cards');
	expect(download()).toMatchObject({ state: 'failed', error: 'offline' });
	shelf.line.fault = () => undefined;
	shelf.took(/./);
	her.online();
	await until(() => download()?.state === 'done');
	expect(shelf.took(/files/)).toEqual([`files/${voice.recordings[3]!.mp3.sha256}.mp3`]);
});

test('a download that failed for another reason does not go on by itself', async () => {
	her = await start(phone);
	shelf.line.fault = (name) => (name.endsWith('.pack') ? { body: '', status: 500 } : undefined);
	await her.app.downloads.start('demo', 'text');
	expect(download()).toMatchObject({ state: 'failed', error: 'server' });
	shelf.line.asked.splice(0);
	her.online();
	expect(shelf.line.asked).toEqual([]);
	shelf.line.fault = () => undefined;
	await her.app.downloads.resume('demo');
	expect(download()?.state).toBe('done');
});

test.each([{ type: 'cellular' }, { saveData: true }])('on a line that costs (%o) it asks first', async (connection) => {
	vi.stubGlobal('navigator', { connection });
	her = await start(phone);
	await look();
	shelf.took(/./);
	await her.app.downloads.start('demo', 'text');
	expect(download()).toMatchObject({ state: 'asking', done: 0, of: weight(demo()) });
	expect(shelf.took(/files/)).toEqual([]);
	await her.app.downloads.cancel('demo');
	expect(download()).toBeUndefined();
	await her.app.downloads.start('demo', 'text');
	await her.app.downloads.confirm('demo');
	expect(download()?.state).toBe('done');
});

/** Begins a download of the English cards that stands still after some of its recordings. */
async function half(): Promise<void> {
	await shelf.speak('demo', 'en', 'cards', {}, 9);
	her = await start(phone);
	let sounds = 0;
	shelf.line.fault = (name) => (name.endsWith('mp3') && sounds++ >= 4 ? new Promise(() => undefined) : undefined);
	void her.app.downloads.start('demo', 'cards');
	await until(() => download()!.done >= weight(demo()) + 4 * 900);
}

test('a download can be paused and goes on where it was, also after the app was closed', async () => {
	await half();
	her.app.downloads.pause('demo');
	await until(() => download()?.state === 'paused');
	shelf.line.fault = () => undefined;
	her = await start(phone);
	expect(download()).toMatchObject({
		state: 'paused',
		tier: 'cards',
		locale: 'en',
		done: weight(demo()) + 4 * 900,
		of: weight(demo()) + 9 * 900
	});
	shelf.took(/./);
	await her.app.downloads.resume('demo');
	expect(download()?.state).toBe('done');
	expect(shelf.took(/files/)).toHaveLength(5);
});

test('a download that is given up leaves the text, and nothing of the voice', async () => {
	await half();
	await her.app.downloads.cancel('demo');
	expect(download()).toBeUndefined();
	expect(her.app.downloads.voices('demo')).toEqual([]);
	expect(her.app.courses.listed('demo')?.installed).toBe(true);
	expect(await her.device.database.use((db) => db.files.count())).toBe(2);
	her = await start(phone);
	expect(download()).toBeUndefined();
});

test('two taps begin one download', async () => {
	her = await start(phone);
	await Promise.all([her.app.downloads.start('demo', 'text'), her.app.downloads.start('demo', 'text')]);
	expect(shelf.took(/files/)).toHaveLength(2);
});

test('a second voice comes beside the first', async () => {
	await having('en', 'it');
	expect(her.app.downloads.voices('demo').map(({ locale }) => locale)).toEqual(['en', 'it']);
	await her.i18n.change('en');
	expect(her.app.narration.availability('one-idea')).toBe('here');
});

test('a language switch while sizes are asked for shows those of the new language alone', async () => {
	await shelf.speak('demo', 'en', 'cards');
	const italian = await shelf.speak('demo', 'it', 'cards', {}, 7);
	her = await start(phone);
	let answer = () => {};
	shelf.line.fault = (name) => (name.includes('en.cards') ? new Promise((resolve) => (answer = () => resolve(undefined))) : undefined);
	her.app.downloads.look('demo');
	await until(() => shelf.line.asked.includes('demo/en.cards.json'));
	await her.i18n.change('it');
	her.app.downloads.look('demo');
	answer();
	await until(() => offers().cards.state === 'ready');
	expect(offers().cards.bytes).toBe(weight(demo(), italian));
	await her.i18n.change('en');
	expect(offers().cards.state).toBe('unknown');
});

test('a download in one language goes on while the app is read in another', async () => {
	await half();
	await her.i18n.change('it');
	her.app.downloads.pause('demo');
	await until(() => download()?.state === 'paused');
	shelf.line.fault = () => undefined;
	await her.app.downloads.resume('demo');
	expect(her.app.downloads.voices('demo')).toMatchObject([{ locale: 'en' }]);
});

test('a download that ends while she is in another course leaves that one open', async () => {
	await having();
	await shelf.publish('other-1', 1);
	await her.app.courses.load();
	await her.app.lesson.open('demo', 'one');
	await her.app.downloads.start('other-1', 'text');
	expect(her.app.downloads.of('other-1')?.state).toBe('done');
	expect(her.app.courses.opened?.id).toBe('demo');
	expect(her.app.courses.say('one.title')).not.toBe('');
});

/** An edition in which one exercise has another key, and one title reads otherwise. */
const changed = () =>
	shelf.publish('demo', 2, (text) => {
		text.words.en[text.keys.indexOf('one.title')] = 'The second edition';
		const [first] = text.course.lessons[0]!.exercises;
		Object.assign(first!, { right: 'b' });
		text.identities[first!.id] = 'ffffffffffffffff';
	});
const rightOf = (id: string) =>
	(her.app.courses.opened!.pack.course.lessons.flatMap((lesson) => lesson.exercises).find((item) => item.id === id) as { right: string })
		.right;
/** Answers the first exercise and the gap of the first lesson as they are. */
async function answered(): Promise<void> {
	await her.app.lesson.open('demo', 'one');
	while (her.app.lesson.step.kind !== 'exercise') her.app.lesson.forward();
	await her.app.lesson.answer('a');
	her.app.lesson.forward();
	await her.app.lesson.answer(['b']);
	her.app.lesson.close();
}

test('an update tells how many answers no longer count, and keeps the rest', async () => {
	await having('en');
	await answered();
	expect(her.app.courses.lessons[0]).toMatchObject({ answered: 2 });
	await changed();
	const voice = await shelf.speak('demo', 'en', 'cards');
	await her.app.courses.load();
	expect(her.app.courses.listed('demo')?.update).toBe(true);
	await her.app.downloads.update('demo');
	expect(download()?.state).toBe('done');
	expect(her.app.courses.left).toEqual({ course: 'demo', count: 1 });
	expect(her.app.courses.lessons[0]).toMatchObject({ title: 'The second edition', answered: 1 });
	expect(her.app.courses.answers).toHaveLength(2);
	expect(her.app.courses.listed('demo')?.update).toBe(false);
	expect(rightOf('one-e1')).toBe('b');
	expect((await her.device.packs.voices('demo')).map((kept) => kept.voice)).toEqual([voice]);
	expect(her.app.narration.availability('one-idea')).toBe('here');
});

test('an exercise that an update changed is asked again, where the lesson was left further on', async () => {
	await having();
	await answered();
	await changed();
	await her.app.courses.load();
	await her.app.downloads.update('demo');
	await her.app.lesson.open('demo', 'one');
	expect(her.app.lesson.step).toMatchObject({ kind: 'exercise', item: { id: 'one-e1', right: 'b' } });
	expect(her.app.lesson.mark).toBeUndefined();
	await her.app.lesson.answer('b');
	expect(her.app.lesson.mark?.right).toBe(true);
	her.app.lesson.forward();
	expect(her.app.lesson.half).toEqual(['b']);
	expect(her.app.courses.lessons[0]).toMatchObject({ answered: 2 });
});

test('an update of words alone leaves every answer', async () => {
	await having();
	await answered();
	await shelf.publish('demo', 2, (text) => void (text.words.en[0] = 'Other words.'));
	await her.app.courses.load();
	await her.app.downloads.update('demo');
	expect(her.app.courses.left).toEqual({ course: 'demo', count: 0 });
	expect(her.app.courses.lessons[0]).toMatchObject({ answered: 2 });
});

test('an update brings the voices of all languages that are here; one that is not made for it is told as absent', async () => {
	await having('it', 'en');
	await changed();
	await shelf.speak('demo', 'en', 'cards');
	await her.app.courses.load();
	await her.app.downloads.update('demo');
	expect(her.app.downloads.voices('demo').map(({ locale }) => locale)).toEqual(['en']);
	await her.i18n.change('it');
	await look();
	expect(offers().cards.state).toBe('absent');
	expect(her.app.narration.availability('one-idea')).toBe('other-language');
});

test('before an update she sees what it fetches: the text, and of the voices that are here what is not the same', async () => {
	await having('en', 'it');
	await her.app.courses.load();
	const pack = await shelf.publish('demo', 2);
	const voices = [await shelf.speak('demo', 'en', 'cards', {}, 3), await shelf.speak('demo', 'it', 'cards')];
	await her.app.courses.load();
	her.app.downloads.look('demo');
	expect(her.app.downloads.updateSize('demo')).toBeUndefined();
	await until(() => her.app.downloads.updateSize('demo') !== undefined);
	const said = her.app.downloads.updateSize('demo')!;
	expect(said).toBeLessThan(weight(pack, ...voices));
	shelf.took(/./);
	await her.app.downloads.update('demo');
	const fetched = shelf.took(/files/).map((name) => (shelf.served.get(name)!.body as Uint8Array).length);
	expect(fetched.reduce((sum, one) => sum + one, 0)).toBe(said);
});

test('an update waits for a voice that is being made, and the old edition works until then', async () => {
	await having('en');
	await changed();
	shelf.served.set('demo/en.cards.json', making(1));
	await her.app.courses.load();
	const end = her.app.downloads.update('demo');
	await until(() => download()?.state === 'preparing');
	expect(her.app.courses.opened?.pack.course.edition).toBe(1);
	expect(her.app.narration.availability('one-idea')).toBe('here');
	await shelf.speak('demo', 'en', 'cards');
	await until(() => (her.pass(1000), download()?.state === 'done'));
	await end;
	expect(her.app.courses.opened?.pack.course.edition).toBe(2);
	expect(her.app.narration.availability('one-idea')).toBe('here');
});

test('an update that fails leaves the old edition and its voice', async () => {
	await having('en');
	await changed();
	await shelf.speak('demo', 'en', 'cards');
	await her.app.courses.load();
	shelf.line.fault = (name) => (name.endsWith('mp3') ? { body: 'x' } : undefined);
	await her.app.downloads.update('demo');
	expect(download()).toMatchObject({ state: 'failed', error: 'corrupt' });
	expect(her.app.courses.opened?.pack.course.edition).toBe(1);
	expect(her.app.narration.availability('one-idea')).toBe('here');
});

test('on a full phone the first course runs from memory, and the voice is refused', async () => {
	disk.refuse = ({ table }) => (table === 'files' ? 'full' : undefined);
	await shelf.speak('demo', 'en', 'cards');
	her = await start(phone);
	await her.app.downloads.start('demo', 'cards');
	expect(download()).toMatchObject({ state: 'failed', error: 'storage-full' });
	expect(shelf.took(/files/)).toHaveLength(2);
	expect(her.app.courses.listed('demo')?.installed).toBe(true);
	expect(her.app.courses.opened).toMatchObject({ id: 'demo', memory: true });
	await her.app.lesson.open('demo', 'one');
	expect(her.app.lesson.state).toBe('ready');
});

test('a voice is taken off the phone; the course and the other voice stay', async () => {
	await having('en', 'it');
	await her.app.downloads.removeVoice('demo', 'it');
	expect(her.app.downloads.voices('demo').map(({ locale }) => locale)).toEqual(['en']);
	expect(her.app.narration.availability('one-idea')).toBe('other-language');
	expect(her.app.courses.opened?.id).toBe('demo');
});

test('taking one voice away does not give up the download of another', async () => {
	await having('it');
	await her.i18n.change('en');
	await shelf.speak('demo', 'en', 'cards');
	let sounds = 0;
	shelf.line.fault = (name) => (name.endsWith('mp3') && sounds++ >= 2 ? new Promise(() => undefined) : undefined);
	void her.app.downloads.start('demo', 'cards');
	await until(() => sounds === 4);
	await her.app.downloads.removeVoice('demo', 'it');
	expect(download()).toMatchObject({ locale: 'en', state: 'paused' });
	expect(her.app.downloads.voices('demo')).toEqual([]);
});

test('a course is taken off the phone and can be had again; her answers stay', async () => {
	await having('en');
	await answered();
	await her.app.downloads.removeCourse('demo');
	expect(her.app.courses.opened).toBeUndefined();
	expect(her.app.courses.listed('demo')).toMatchObject({ installed: false, written: true });
	expect(her.app.narration.availability('one-idea')).toBe('none');
	expect(await her.device.database.use((db) => db.files.count())).toBe(0);
	expect(her.app.courses.answers).toHaveLength(2);
	await look();
	expect(offers().cards).toMatchObject({ state: 'ready', bytes: offers().cards.total });
	await her.app.downloads.start('demo', 'text');
	expect(her.app.courses.lessons[0]).toMatchObject({ answered: 2 });
});
