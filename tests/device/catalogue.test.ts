import { beforeEach, expect, test } from 'vitest';
import { packKey } from '#compiler/key.ts';
import { temporary } from '../compiler/fixture.ts';
import { createPhone, createShelf, disk, refusal, type Phone, type Served, type Shelf, type Tab } from './shelf.ts';

let shelf: Shelf;
let phone: Phone;
let tab: Tab;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
	tab = phone.tab();
});
const restart = () => (tab = phone.tab());
const editions = (catalogue: { packs: Record<string, { edition: number }> } | undefined) =>
	catalogue && Object.fromEntries(Object.entries(catalogue.packs).map(([course, { edition }]) => [course, edition]));
const sealed = { type: 'application/json' };

test('a phone that never saw the list has none, and says that it is offline', async () => {
	shelf.line.cut = true;
	expect(await tab.device.catalogue.kept()).toBeUndefined();
	expect(await refusal(tab.device.catalogue.refresh())).toBe('offline');
});

test('the list is kept, so that the app starts without a network', async () => {
	await tab.device.catalogue.refresh();
	shelf.line.cut = true;
	restart();
	const kept = await tab.device.catalogue.kept();
	expect(kept?.credentials).toHaveLength(20);
	expect(kept).toEqual(shelf.offer);
	expect(shelf.line.asked).toHaveLength(1);
});

test('the newest list comes from the network, and is the one that is kept', async () => {
	await tab.device.catalogue.refresh();
	await shelf.publish('demo', 2);
	expect(editions(await tab.device.catalogue.refresh())).toEqual({ demo: 2 });
	restart();
	expect(editions(await tab.device.catalogue.kept())).toEqual({ demo: 2 });
});

test('a list in which a course is older than in the kept one is not taken, even if it is signed', async () => {
	await shelf.publish('demo', 3);
	await tab.device.catalogue.refresh();
	await shelf.publish('other-1', 1);
	await shelf.publish('demo', 2);
	expect(editions(await tab.device.catalogue.refresh())).toEqual({ demo: 3 });
	restart();
	expect(editions(await tab.device.catalogue.refresh())).toEqual({ demo: 3 });
	await shelf.publish('demo', 3);
	expect(editions(await tab.device.catalogue.refresh())).toEqual({ demo: 3, 'other-1': 1 });
});

const stranger = await packKey(temporary({}));
const refused: [string, string, (shelf: Shelf) => Promise<Served>][] = [
	['that another key signed', 'signature', async ({ seal, offer }) => ({ body: await seal(offer, stranger), ...sealed })],
	[
		'whose words were changed after it was signed',
		'signature',
		async ({ seal, offer }) => ({ body: (await seal(offer)).replace('lifecomp', 'digcomp'), ...sealed })
	],
	['without a signature', 'corrupt', async ({ offer }) => ({ body: JSON.stringify(offer), ...sealed })],
	['that is no list', 'corrupt', async ({ seal }) => ({ body: await seal({ format: 1, packs: [] }), ...sealed })],
	['for a newer app', 'newer', async ({ seal, offer }) => ({ body: await seal({ ...offer, format: 2 }), ...sealed })],
	['that breaks off', 'server', async ({ seal, offer }) => ({ body: (await seal(offer)).slice(0, 400), ...sealed })],
	['that is the login page of a hotspot', 'server', async () => ({ body: '<!doctype html>', type: 'text/html' })],
	['that is not there', 'not-found', async () => ({ body: '', status: 404 })],
	['while the site fails', 'server', async () => ({ body: '', status: 502 })]
];
test.each(refused)('a list %s is refused as %s, and the kept one stays', async (_, code, reply) => {
	await tab.device.catalogue.refresh();
	shelf.served.set('catalogue.json', await reply(shelf));
	expect(await refusal(tab.device.catalogue.refresh())).toBe(code);
	restart();
	expect(editions(await tab.device.catalogue.kept())).toEqual({ demo: 1 });
});

test.each<[string, (row: { payload: string; signature: string }) => unknown]>([
	['was damaged', (row) => ({ ...row, payload: row.payload.slice(1) })],
	['was changed', (row) => ({ ...row, payload: row.payload.replace('"edition":1', '"edition":9') })],
	['is something else', () => 42]
])('a kept list that %s is as if there were none, and the next one from the network takes its place', async (_, damage) => {
	await tab.device.catalogue.refresh();
	await tab.device.database.use(async (db) => {
		const row = await db.settings.get('catalogue');
		await db.settings.put({ name: 'catalogue', value: damage(row!.value as never) });
	});
	restart();
	expect(await tab.device.catalogue.kept()).toBeUndefined();
	expect(editions(await tab.device.catalogue.refresh())).toEqual({ demo: 1 });
	restart();
	expect(editions(await tab.device.catalogue.kept())).toEqual({ demo: 1 });
});

test('a phone that can keep nothing has the list as long as the app is open', async () => {
	disk.refuse = () => 'full';
	expect(editions(await tab.device.catalogue.refresh())).toEqual({ demo: 1 });
	expect(editions(await tab.device.catalogue.kept())).toEqual({ demo: 1 });
	disk.heal();
	restart();
	expect(await tab.device.catalogue.kept()).toBeUndefined();
});

test('what is to be read of a course before the download is read with its signature', async () => {
	const ask = () => tab.device.catalogue.about('demo');
	const about = await ask();
	expect(about.words.pl[`${about.outcomes[0]!.id}.text`]).toBeTruthy();
	for (const [reply, code] of [
		[{ body: await shelf.seal(about, stranger), ...sealed }, 'signature'],
		[{ body: await shelf.seal({ ...about, course: 'other-1' }), ...sealed }, 'corrupt'],
		[{ body: await shelf.seal({ ...about, format: 2 }), ...sealed }, 'newer'],
		[{ body: '', status: 404 }, 'not-found']
	] as const) {
		shelf.served.set('demo/about.json', reply);
		expect(await refusal(ask())).toBe(code);
	}
});
