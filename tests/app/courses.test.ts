import { beforeEach, expect, test } from 'vitest';
import { createPhone, createShelf, disk, until, type Phone, type Shelf } from '../device/shelf.ts';
import { build, start, type Started } from './start.ts';

let shelf: Shelf;
let phone: Phone;
let her: Started;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
	her = await start(phone);
});
const take = async (course = 'demo') => {
	await her.app.downloads.start(course, 'text');
	expect(her.app.downloads.of(course)?.state).toBe('done');
};
const listed = (course = 'demo') => her.app.courses.listed(course)!;
/** A right response to each exercise of the first lesson. */
const right = ['a', ['b'], ['c', 'a', 'b'], { a: 'y', b: 'z', c: 'x' }, 'b'];
async function lesson(id = 'one', responses: unknown[] = right): Promise<void> {
	await her.app.lesson.open('demo', id);
	while (her.app.lesson.step.kind !== 'exercise') her.app.lesson.forward();
	for (const response of responses) {
		await her.app.lesson.answer(response as never);
		her.app.lesson.forward();
	}
	her.app.lesson.close();
}

test('the list has the twenty with their words in the language of the moment, and says what can be had', async () => {
	expect(her.app.courses.state).toBe('ready');
	expect(her.app.courses.list).toHaveLength(20);
	expect(listed()).toMatchObject({ written: true, installed: false, update: false, done: 0, of: 0 });
	expect(listed('other-1')).toMatchObject({ written: false, installed: false });
	const english = listed().title;
	await her.i18n.change('pl');
	expect(listed().title).toBeTruthy();
	expect(listed().title).not.toBe(english);
});

test('the app starts offline with the list and the courses that are kept', async () => {
	await take();
	await lesson('one', right.slice(0, 2));
	shelf.line.cut = true;
	her = await start(phone, 'it');
	expect(her.app.courses).toMatchObject({ state: 'ready', offline: true, error: undefined });
	expect(listed()).toMatchObject({ installed: true, written: true });
	await her.app.courses.open('demo');
	expect(her.app.courses.lessons[0]).toMatchObject({ answered: 2, right: 2, of: 5, begun: true, next: true });
	expect(her.app.courses.say('one.title')).toBe(her.app.courses.opened?.pack.words.it['one.title']);
	expect(her.app.courses.picture(['hotel'])).toMatch(/^<svg/);
});

test('what is kept is shown, and what is here is not offered again, before the network has answered', async () => {
	await take();
	shelf.line.fault = () => new Promise(() => undefined);
	her = await build(phone);
	void her.app.start();
	await until(() => her.app.courses.state === 'ready' && listed().installed);
	her.app.downloads.look('demo');
	await until(() => her.app.downloads.offers('demo').text.state === 'installed');
	await her.app.lesson.open('demo', 'one');
	expect(her.app.lesson.state).toBe('ready');
});

test('a first start without a network says so, and the list is there once the network is', async () => {
	phone = createPhone(shelf);
	shelf.line.cut = true;
	her = await start(phone);
	expect(her.app.courses).toMatchObject({ state: 'error', error: 'offline', list: [] });
	shelf.line.cut = false;
	await her.app.courses.load();
	expect(her.app.courses).toMatchObject({ state: 'ready', error: undefined, offline: false });
});

test('whoever opened the app without a network has the newest list as soon as the line is back, without a tap', async () => {
	shelf.line.cut = true;
	for (const one of [phone, createPhone(shelf)]) {
		her = await start(one);
		expect(her.app.courses.offline).toBe(true);
		shelf.line.cut = false;
		her.online();
		await until(() => !her.app.courses.offline && her.app.courses.state === 'ready' && her.app.courses.list.length === 20);
		shelf.line.cut = true;
	}
});

test('a list that cannot be trusted is told at a first start, and does not take the place of the kept one', async () => {
	const good = shelf.served.get('catalogue.json')!;
	shelf.served.set('catalogue.json', { body: (good.body as string).replace('lifecomp', 'digcomp'), type: 'application/json' });
	her = await start(phone);
	expect(her.app.courses).toMatchObject({ state: 'ready', error: undefined, offline: false });
	her = await start(createPhone(shelf));
	expect(her.app.courses).toMatchObject({ state: 'error', error: 'signature' });
});

test('the list counts the lessons she has done, and the course says which is next', async () => {
	await take();
	await her.app.courses.open('demo');
	expect(her.app.courses.lessons.map(({ next }) => next)).toEqual([true, false, false, false]);
	await lesson();
	expect(listed()).toMatchObject({ done: 1, of: 4 });
	expect(her.app.courses.lessons[0]).toMatchObject({ answered: 5, right: 5, of: 5, done: true });
	expect(her.app.courses.lessons.map(({ next }) => next)).toEqual([false, true, false, false]);
	her = await start(phone);
	expect(listed()).toMatchObject({ done: 1, of: 4 });
});

test('a lesson is done when all is answered, also with something wrong', async () => {
	await take();
	await lesson('one', ['b', ...right.slice(1)]);
	expect(her.app.courses.lessons[0]).toMatchObject({ right: 4, done: true });
});

test('an item of a later kind does not keep a lesson from being done', async () => {
	await shelf.publish('demo', 2, ({ course }) => void course.lessons[0]!.exercises.push({ id: 'one-e6', kind: 'drawing' } as never));
	await her.app.courses.load();
	await take();
	await lesson();
	expect(her.app.courses.lessons[0]).toMatchObject({ of: 5, done: true });
});

test('a course that is not on the phone cannot be opened, and the reason is told', async () => {
	await her.app.courses.open('demo');
	expect(her.app.courses).toMatchObject({ opened: undefined, openError: 'not-found', opening: undefined });
	await take();
	await her.app.courses.open('demo');
	expect(her.app.courses.openError).toBeUndefined();
});

test('a course whose file was damaged is told, and comes back when it is taken off and fetched again', async () => {
	await take();
	const { sha256 } = shelf.offer.packs['demo']!.text;
	await her.device.database.use((db) => db.files.put({ sha256, type: 'pack', bytes: new ArrayBuffer(9) }));
	her = await start(phone);
	await her.app.courses.open('demo');
	expect(her.app.courses).toMatchObject({ opened: undefined, openError: 'corrupt' });
	await her.app.downloads.removeCourse('demo');
	await take();
	expect(her.app.courses.opened?.id).toBe('demo');
});

test('of two courses that are opened in a row the last one is open, whatever became of the first', async () => {
	await take();
	await Promise.all([her.app.courses.open('other-1'), her.app.courses.open('demo')]);
	expect(her.app.courses).toMatchObject({ opened: { id: 'demo' }, openError: undefined });
});

test('a course is read about before it is here; what is not to be had leaves the page as it was', async () => {
	await her.app.courses.readAbout('demo');
	expect(her.app.courses.about).toMatchObject({ course: 'demo', descriptor: { eqf: { level: 4 } } });
	await her.app.courses.readAbout('other-1');
	expect(her.app.courses.about?.course).toBe('demo');
	await take();
	shelf.line.cut = true;
	her = await start(phone);
	await her.app.courses.open('demo');
	expect(her.app.courses.about?.words.pl['see.text']).toBeTruthy();
});

test('a newer edition is offered, an older one is not', async () => {
	await shelf.publish('demo', 2, ({ words }) => void (words.en[0] = 'Other words.'));
	await her.app.courses.load();
	await take();
	expect(listed().update).toBe(false);
	await shelf.publish('demo', 3, ({ words }) => void (words.en[0] = 'New words.'));
	await her.app.courses.load();
	expect(listed().update).toBe(true);
	await shelf.publish('demo', 1);
	her = await start(phone);
	expect(listed().update).toBe(true);
	expect(her.app.courses.catalogue?.packs['demo']?.edition).toBe(3);
});

test('a course that the list no longer has stays on the phone', async () => {
	await take();
	delete shelf.offer.packs['demo'];
	await shelf.list();
	her = await start(phone);
	expect(listed()).toMatchObject({ installed: true, written: true, update: false });
	await her.app.lesson.open('demo', 'one');
	expect(her.app.lesson.state).toBe('ready');
});

test('a database that refuses everything leaves the list, and the course runs from memory', async () => {
	disk.dead = true;
	her = await start(phone);
	expect(her.app.courses.state).toBe('ready');
	await take();
	expect(her.app.courses.opened).toMatchObject({ id: 'demo', memory: true });
	expect(listed()).toMatchObject({ installed: true });
	await lesson();
	expect(her.app.lesson.kept ?? 'mirror').toBe('mirror');
	expect(listed()).toMatchObject({ done: 1, of: 4 });
});
