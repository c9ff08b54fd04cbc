import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import type { Voice } from '#core/narration.ts';
import { known, type Offered } from '#core/pack.ts';
import { packKey } from '#compiler/key.ts';
import { temporary } from '../compiler/fixture.ts';
import { createPhone, createShelf, demoText, disk, refusal, until, weight, type Phone, type Shelf, type Tab } from './shelf.ts';

let shelf: Shelf;
let phone: Phone;
let tab: Tab;
let demo: Offered;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
	tab = phone.tab();
	demo = shelf.offer.packs['demo']!;
});

const text = (pack = demo, course = 'demo') => ({ course, pack, voices: [] as Voice[], locale: 'en' as const, tier: 'text' as const });
const spoken = (...voices: Voice[]) => ({
	course: 'demo',
	pack: shelf.offer.packs['demo']!,
	voices,
	locale: voices[0]!.locale,
	tier: 'cards' as const
});
const install = (wanted: Parameters<Tab['device']['packs']['install']>[0], options?: Parameters<Tab['device']['packs']['install']>[1]) =>
	tab.device.packs.install(wanted, options);
const files = () => tab.device.database.use(async (db) => (await db.files.toCollection().primaryKeys()).sort());
const named = (pack: Offered, ...voices: Voice[]) =>
	[pack.text.sha256, pack.pictures.sha256, ...voices.flatMap((voice) => voice.recordings.map(({ mp3 }) => mp3.sha256))].sort();
const title = async (course = 'demo') => (await tab.device.packs.text(course)).pack.words.en['one.title'];
const edition = async () => (await tab.device.packs.record('demo'))?.edition;
const demoTitle = demoText().words.en[demoText().keys.indexOf('one.title')];
/** Changes one word, so that the text is another. */
const retitled = (changed: ReturnType<typeof demoText>) =>
	void (changed.words.en[changed.keys.indexOf('one.title')] = `Edition ${changed.course.edition}`);

test('a course that is on the phone is whole: its text, its pictures, every recording of its voices', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards');
	expect(await install(spoken(voice))).toBe('installed');
	shelf.line.cut = true;
	tab = phone.tab();
	const { pack, memory } = await tab.device.packs.text('demo');
	expect(memory).toBe(false);
	expect(pack.course.lessons).toHaveLength(4);
	expect(pack.words.el['one.title']).toMatch(/\p{Script=Greek}/u);
	expect(Object.values(pack.pictures)[0]).toMatch(/^<svg/);
	const [kept] = await tab.device.packs.voices('demo');
	for (const { mp3 } of kept!.voice.recordings) expect((await tab.device.files.read(mp3.sha256))?.byteLength).toBe(mp3.bytes);
	expect(await files()).toEqual(named(demo, voice));
	expect(await tab.device.packs.installed()).toMatchObject([
		{ course: 'demo', edition: 1, voices: [{ locale: 'en', part: 'cards', sound: 'mp3', synthetic: true, engine: 'noise en' }] }
	]);
});

test.each([0, 1, 2, 3, 4, 5, 6])(
	'a line that is cut after %i files costs none of them: the download goes on where it stopped, also after a restart',
	async (whole) => {
		const voice = await shelf.speak('demo', 'en', 'cards', {}, 5);
		const all = named(demo, voice);
		let arrived = 0;
		shelf.line.fault = () => (arrived++ < whole ? undefined : 'cut');
		expect(await refusal(install(spoken(voice)))).toBe('offline');
		expect(await tab.device.packs.installed()).toEqual([]);
		tab = phone.tab();
		expect(await tab.device.packs.staged()).toMatchObject([{ course: 'demo', locale: 'en', tier: 'cards', of: weight(demo, voice) }]);
		shelf.line.fault = () => undefined;
		expect(await install(spoken(voice))).toBe('installed');
		expect(shelf.line.arrived.map((name) => name.slice(6, 70)).sort()).toEqual(all);
		expect(await tab.device.packs.staged()).toEqual([]);
	}
);

test('a phone that dies between any two writes has the course whole or not at all, and the download goes on', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards', {}, 3);
	let dead = true;
	for (let at = 1; dead; at++) {
		phone = createPhone(shelf);
		disk.heal();
		tab = phone.tab();
		disk.refuse = ({ writes }) => (writes === at ? 'dead' : undefined);
		await refusal(install(spoken(voice)));
		dead = disk.dead;
		disk.heal();
		tab = phone.tab();
		const [here] = await tab.device.packs.installed();
		if (here) expect(await files()).toEqual(expect.arrayContaining(named(demo, voice)));
		else expect(await refusal(tab.device.packs.text('demo'))).toBe('not-found');
		expect(await install(spoken(voice))).toBe('installed');
		expect(await files()).toEqual(named(demo, voice));
	}
});

test('a phone that dies in an update has the old edition whole or the new one whole', async () => {
	let dead = true;
	for (let at = 1; dead; at++) {
		shelf = await createShelf();
		demo = shelf.offer.packs['demo']!;
		phone = createPhone(shelf);
		tab = phone.tab();
		const voice = await shelf.speak('demo', 'en', 'cards', {}, 2);
		await install(spoken(voice));
		const fresh = await shelf.publish('demo', 2, retitled);
		const other = await shelf.speak('demo', 'en', 'cards', {}, 2);
		disk.heal();
		disk.refuse = ({ writes }) => (writes === at ? 'dead' : undefined);
		await refusal(install(spoken(other)));
		dead = disk.dead;
		disk.heal();
		tab = phone.tab();
		const now = (await edition()) === 2 ? { pack: fresh, voice: other } : { pack: demo, voice };
		expect(await title()).toBe((await edition()) === 2 ? 'Edition 2' : demoTitle);
		expect((await tab.device.packs.voices('demo')).map((kept) => kept.voice)).toEqual([now.voice]);
		expect(await files()).toEqual(expect.arrayContaining(named(now.pack, now.voice)));
	}
});
const html = { body: '<!doctype html><title>Log in</title>', type: 'text/html; charset=utf-8' };
test.each([
	['arrives with other bytes', () => ({ body: new Uint8Array(900) }), 'corrupt'],
	['arrives in half', () => ({ body: new Uint8Array(450) }), 'corrupt'],
	['arrives empty', () => ({ body: '' }), 'corrupt'],
	['is the login page of a hotspot', () => html, 'server'],
	['is not there', () => ({ body: '', status: 404 }), 'not-found'],
	['was taken away for good', () => ({ body: '', status: 410 }), 'not-found'],
	['fails at the site', () => ({ body: '', status: 500 }), 'server'],
	['does not come', () => 'cut' as const, 'offline']
])('a file that %s is refused, and what was there before still works', async (_, reply, code) => {
	await install(text());
	const voice = await shelf.speak('demo', 'en', 'cards');
	shelf.line.fault = (name) => (name === `files/${voice.recordings[1]!.mp3.sha256}.mp3` ? reply() : undefined);
	expect(await refusal(install(spoken(voice)))).toBe(code);
	expect(await title()).toBe(demoTitle);
	expect(await tab.device.packs.voices('demo')).toEqual([]);
	shelf.line.fault = () => undefined;
	shelf.took(/./);
	expect(await install(spoken(voice))).toBe('installed');
	expect(shelf.took(/mp3/)).toEqual([`files/${voice.recordings[1]!.mp3.sha256}.mp3`]);
});

test('the text of a course is refused in the same way, and nothing of it is on the phone', async () => {
	shelf.line.fault = () => ({ body: gzipSync('{}') });
	expect(await refusal(install(text()))).toBe('corrupt');
	shelf.line.fault = () => html;
	expect(await refusal(install(text()))).toBe('server');
	expect(await tab.device.packs.installed()).toEqual([]);
	expect(await files()).toEqual([]);
});

test.each<[string, string, Parameters<Shelf['publish']>[2]]>([
	['made for a newer app', 'newer', (changed) => Object.assign(changed, { format: 2, course: { id: 'demo', edition: 2, shape: 'new' } })],
	['that is no course', 'corrupt', (changed) => Object.assign(changed, { course: { id: 'demo' } })],
	['that is another course', 'corrupt', (changed) => void (changed.course.id = 'other-1')],
	['of another edition than the list says', 'corrupt', (changed) => void (changed.course.edition = 3)]
])('a pack %s is told as %s, takes no room, and the edition before it stays', async (_, code, change) => {
	await install(text());
	expect(await refusal(install(text(await shelf.publish('demo', 2, change))))).toBe(code);
	expect(await edition()).toBe(1);
	expect(await title()).toBe(demoTitle);
	expect(await files()).toEqual(named(demo));
	expect(await tab.device.packs.staged()).toEqual([]);
});

test('an older edition never replaces a newer one', async () => {
	await install(text(await shelf.publish('demo', 2, retitled)));
	expect(await refusal(install(text(demo)))).toBe('older');
	expect(await title()).toBe('Edition 2');
});

test('a voice for another text, or for another course, is not taken', async () => {
	await install(text());
	const voice = await shelf.speak('demo', 'en', 'cards');
	expect(await refusal(install(spoken({ ...voice, text: 'f'.repeat(64) })))).toBe('older');
	expect(await refusal(install(spoken({ ...voice, course: 'other-1' })))).toBe('older');
	expect(await tab.device.packs.voices('demo')).toEqual([]);
});

test('a card or an item of a kind that this app does not know is installed and marked as later', async () => {
	const pack = await shelf.publish('demo', 2, (changed) => {
		const [lesson] = changed.course.lessons;
		lesson!.cards.splice(1, 0, { id: 'one-film', kind: 'film', seconds: 12 } as never);
		lesson!.exercises.push({ id: 'one-e6', kind: 'drawing', outcome: 'see' } as never);
		changed.course.assessment.push({ id: 'one-a99', kind: 'speech' } as never);
	});
	expect(await install(text(pack))).toBe('installed');
	const { course } = (await tab.device.packs.text('demo')).pack;
	expect(course.lessons[0]!.cards[1]).toEqual({ id: 'one-film', kind: 'later' });
	expect(course.lessons[0]!.exercises.at(-1)).toEqual({ id: 'one-e6', kind: 'later' });
	expect(course.assessment.filter((item) => !known(item))).toHaveLength(1);
});

test('a voice that is offered is read with its signature: made, being made, absent, or refused', async () => {
	const ask = () => tab.device.packs.voice('demo', 'en', 'cards');
	expect(await ask()).toBe('absent');
	const name = 'demo/en.cards.json';
	shelf.served.set(name, { body: '{"preparing":{"done":3,"of":40}}', status: 202, type: 'application/json' });
	expect(await ask()).toEqual({ preparing: { done: 3, of: 40 } });
	const voice = await shelf.speak('demo', 'en', 'cards');
	expect(await ask()).toEqual(voice);
	const stranger = await packKey(temporary({}));
	const signature = JSON.parse(await shelf.seal({})).signature as string;
	for (const [body, code] of [
		[await shelf.seal(voice, stranger), 'signature'],
		[JSON.stringify({ payload: JSON.stringify(voice), signature }), 'signature'],
		[JSON.stringify(voice), 'corrupt'],
		[await shelf.seal({ ...voice, locale: 'it' }), 'corrupt'],
		[await shelf.seal({ ...voice, format: 2 }), 'newer'],
		['{', 'server']
	] as const) {
		shelf.served.set(name, { body, type: 'application/json' });
		expect(await refusal(ask())).toBe(code);
	}
	shelf.served.set(name, html);
	expect(await refusal(ask())).toBe('server');
	shelf.served.set(name, { body: '', status: 503 });
	expect(await refusal(ask())).toBe('server');
});

test('a phone without room lends the first course from memory, and gives back what the download took', async () => {
	disk.refuse = ({ table }) => (table === 'packs' ? 'full' : undefined);
	expect(await install(text())).toBe('memory');
	expect((await tab.device.packs.text('demo')).memory).toBe(true);
	expect(await tab.device.packs.installed()).toMatchObject([{ course: 'demo', memory: true, voices: [] }]);
	expect(await files()).toEqual([]);
	expect(await tab.device.packs.staged()).toEqual([]);
	tab = phone.tab();
	expect(await refusal(tab.device.packs.text('demo'))).toBe('not-found');
});

test.each(['staging', 'files', 'packs'])('the course is lent wherever the room ends: at %s', async (full) => {
	disk.refuse = ({ table }) => (table === full ? 'full' : undefined);
	expect(await install(text())).toBe('memory');
	expect(shelf.took(/pack$/)).toHaveLength(2);
	disk.heal();
	expect(await files()).toEqual([]);
	expect(await install(text())).toBe('installed');
	expect(await tab.device.packs.installed()).toMatchObject([{ memory: false }]);
});

test('a second voice that finds no room is refused; the first still speaks, answers are untouched, the space is given back', async () => {
	const english = await shelf.speak('demo', 'en', 'cards');
	await install(spoken(english));
	const draft = { course: 'demo', item: 'one-e1', identity: '0123456789abcdef', purpose: 'exercise', response: 'a', score: 1 } as const;
	await tab.device.answers.record({ ...draft, locale: 'en' });
	const italian = await shelf.speak('demo', 'it', 'cards', {}, 20);
	let room = 12;
	disk.refuse = ({ table }) => (table === 'files' && room-- <= 0 ? 'full' : undefined);
	expect(await refusal(install(spoken(italian)))).toBe('storage-full');
	disk.heal();
	expect((await tab.device.packs.voices('demo')).map(({ locale }) => locale)).toEqual(['en']);
	expect(await files()).toEqual(named(demo, english));
	expect(await tab.device.answers.all()).toHaveLength(1);
	expect(await tab.device.packs.staged()).toEqual([]);
});

test('an update that finds no room is refused and the old edition stays', async () => {
	await install(text());
	disk.refuse = ({ table }) => (table === 'files' ? 'full' : undefined);
	expect(await refusal(install(text(await shelf.publish('demo', 2, retitled))))).toBe('storage-full');
	expect(await title()).toBe(demoTitle);
	expect(await files()).toEqual(named(demo));
});

test('a text that is open stays open when the database refuses', async () => {
	await install(text());
	disk.dead = true;
	expect(await title()).toBe(demoTitle);
});

test('an update fetches only what changed, and takes away what nothing names any more', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards');
	await install(spoken(voice));
	shelf.took(/./);
	const fresh = await shelf.publish('demo', 2, retitled);
	const again = await shelf.speak('demo', 'en', 'cards', { recordings: [...voice.recordings.slice(0, 3)] });
	expect(await tab.device.packs.missing(fresh, [again])).toBe(fresh.text.bytes);
	expect(await install(spoken(again))).toBe('installed');
	expect(shelf.took(/files/)).toEqual([`files/${fresh.text.sha256}.pack`]);
	expect(await title()).toBe('Edition 2');
	expect(await files()).toEqual(named(fresh, again));
});

test('an update takes voices of the old text away with it, as their words are others', async () => {
	await install(spoken(await shelf.speak('demo', 'en', 'cards')));
	const fresh = await shelf.publish('demo', 2, retitled);
	await install(text(fresh));
	expect(await tab.device.packs.voices('demo')).toEqual([]);
	expect(await tab.device.packs.record('demo')).toMatchObject({ edition: 2, voices: [] });
	expect(await files()).toEqual(named(fresh));
});

test('a voice that is taken off the phone gives back its room; the other stays', async () => {
	const [english, italian] = [await shelf.speak('demo', 'en', 'cards'), await shelf.speak('demo', 'it', 'cards')];
	await install(spoken(english));
	await install(spoken(italian));
	await tab.device.packs.removeVoice('demo', 'en');
	expect(await files()).toEqual(named(demo, italian));
	expect((await tab.device.packs.record('demo'))?.voices.map(({ locale }) => locale)).toEqual(['it']);
	expect(await tab.device.disk.byCourse()).toEqual([
		{ course: 'demo', text: weight(demo), voices: [{ locale: 'it', bytes: weight(demo, italian) - weight(demo) }] }
	]);
});

test('a course that is taken off the phone takes its files with it, but not those that another course names', async () => {
	const other = await shelf.publish('other-1', 1);
	await install(spoken(await shelf.speak('demo', 'en', 'cards')));
	await install(text(other, 'other-1'));
	expect(other.pictures.sha256).toBe(demo.pictures.sha256);
	await tab.device.packs.remove('demo');
	expect(await refusal(tab.device.packs.text('demo'))).toBe('not-found');
	expect(await files()).toEqual(named(other));
	expect(await title('other-1')).toBe(demoTitle);
});

test('two tabs that install the same course at once fetch it once', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards');
	const second = phone.tab();
	expect(await Promise.all([install(spoken(voice)), second.device.packs.install(spoken(voice))])).toEqual(['installed', 'installed']);
	expect(shelf.line.arrived).toHaveLength(2 + voice.recordings.length);
	expect(new Set(shelf.line.arrived).size).toBe(shelf.line.arrived.length);
});

test('two courses that are installed at once in two tabs do not take each other away', async () => {
	const other = await shelf.publish('other-1', 1, retitled);
	const second = phone.tab();
	await Promise.all([install(text()), second.device.packs.install(text(other, 'other-1'))]);
	expect(await title()).toBe(demoTitle);
	expect(await title('other-1')).toBe('Edition 1');
});

test('a download that is paused keeps what has arrived, and goes on with the rest', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards', {}, 12);
	const stop = new AbortController();
	let sounds = 0;
	shelf.line.fault = (name) => (name.endsWith('mp3') && sounds++ >= 5 ? new Promise(() => undefined) : undefined);
	const progress: number[] = [];
	const end = install(spoken(voice), { signal: stop.signal, onprogress: ({ done }) => void progress.push(done) });
	await until(() => progress.length === 6);
	stop.abort();
	expect(await end).toBe('paused');
	expect(progress).toEqual([...progress].sort((a, b) => a - b));
	expect((await tab.device.packs.staged())[0]).toMatchObject({ done: weight(demo) + 5 * 900, of: weight(demo, voice) });
	shelf.line.fault = () => undefined;
	expect(await install(spoken(voice))).toBe('installed');
	expect(new Set(shelf.line.arrived).size).toBe(shelf.line.arrived.length);
});

test('a download that was paused before it began fetches nothing', async () => {
	const stop = new AbortController();
	stop.abort();
	expect(await install(text(), { signal: stop.signal })).toBe('paused');
	expect(shelf.line.asked).toEqual([]);
});

test('a download that is given up gives back its room; what was there before stays', async () => {
	await install(text());
	const voice = await shelf.speak('demo', 'en', 'cards', {}, 6);
	let sounds = 0;
	shelf.line.fault = (name) => (name.endsWith('mp3') && sounds++ >= 3 ? 'cut' : undefined);
	expect(await refusal(install(spoken(voice)))).toBe('offline');
	expect((await files()).length).toBeGreaterThan(2);
	await tab.device.packs.cancel('demo');
	expect(await files()).toEqual(named(demo));
	expect(await tab.device.packs.staged()).toEqual([]);
	expect(await title()).toBe(demoTitle);
});

test('a voice that she asked for and that is still being made is not forgotten when the app is closed', async () => {
	expect(await install({ ...text(), tier: 'cards' })).toBe('installed');
	tab = phone.tab();
	expect(await tab.device.packs.staged()).toMatchObject([{ course: 'demo', locale: 'en', tier: 'cards' }]);
	await install(spoken(await shelf.speak('demo', 'en', 'cards')));
	expect(await tab.device.packs.staged()).toEqual([]);
});

test('a line that slows down does not stop a download, and no more than four files are on it at once', async () => {
	const voice = await shelf.speak('demo', 'en', 'cards', {}, 12);
	let [now, most] = [0, 0];
	shelf.line.fault = async () => {
		most = Math.max(most, ++now);
		for (let turns = 0; turns < 5; turns++) await new Promise((resolve) => setImmediate(resolve));
		now -= 1;
		return undefined;
	};
	expect(await install(spoken(voice))).toBe('installed');
	expect(most).toBe(4);
});
