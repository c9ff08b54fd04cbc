import { beforeEach, expect, test } from 'vitest';
import { createScheme } from '#app/certification/scheme.svelte.ts';
import { createI18n } from '#app/i18n.svelte.ts';
import { schemeKeys, type SchemePage } from '#core/scheme.ts';
import { locales } from '#core/text.ts';
import { createSchemeShelf } from '#device/certification/scheme.ts';
import { packKey } from '#compiler/key.ts';
import { temporary } from '../compiler/fixture.ts';
import { makeScheme } from '../core/make.ts';
import { createPhone, createShelf, disk, refusal, type Phone, type Shelf } from './shelf.ts';

const page = (version: number): SchemePage => ({
	format: 1,
	scheme: makeScheme({ version }),
	words: Object.fromEntries(
		locales.map((locale) => [locale, Object.fromEntries(schemeKeys.map((key) => [key, `${locale} ${key}`]))])
	) as SchemePage['words']
});

let shelf: Shelf;
let phone: Phone;
beforeEach(async () => {
	shelf = await createShelf();
	phone = createPhone(shelf);
	await publish(2);
});
const publish = async (version: number, by = shelf.key) =>
	void shelf.served.set('scheme.json', { body: await shelf.seal(page(version), by), type: 'application/json' });
/** The rules as a tab that was opened anew has them. */
const opened = () => {
	const { database, net } = phone.tab().device;
	return createSchemeShelf({ database, net, packs: '/packs', packKey: shelf.key.publicJwk });
};

test('the rules are read once with a network, and then also without', async () => {
	expect(await opened().kept()).toBeUndefined();
	expect(await opened().refresh()).toEqual(page(2));
	shelf.line.cut = true;
	expect(await opened().kept()).toEqual(page(2));
	expect(await refusal(opened().refresh())).toBe('offline');
});

test('rules of an older version are not taken, newer ones are', async () => {
	await opened().refresh();
	await publish(1);
	expect((await opened().refresh()).scheme.version).toBe(2);
	expect((await opened().kept())?.scheme.version).toBe(2);
	await publish(3);
	await opened().refresh();
	expect((await opened().kept())?.scheme.version).toBe(3);
});

test('rules that another key signed, or that were changed, are refused, and the kept ones stay', async () => {
	await opened().refresh();
	await publish(3, await packKey(temporary({})));
	expect(await refusal(opened().refresh())).toBe('signature');
	const body = (await shelf.seal(page(3))).replace('overall\\":0.6', 'overall\\":0.1');
	expect(body).toContain('0.1');
	shelf.served.set('scheme.json', { body, type: 'application/json' });
	expect(await refusal(opened().refresh())).toBe('signature');
	expect((await opened().kept())?.scheme.version).toBe(2);
});

test('a phone that can keep nothing shows the rules all the same', async () => {
	disk.refuse = () => 'full';
	expect(await opened().refresh()).toEqual(page(2));
	disk.heal();
});

test('the page shows what is kept, says when it has no network, and changes its language at once', async () => {
	const i18n = await createI18n('en', () => undefined);
	await createScheme({ scheme: opened() }, i18n).load();
	shelf.line.cut = true;
	const scheme = createScheme({ scheme: opened() }, i18n);
	expect(scheme.parts).toEqual([]);
	await scheme.load();
	expect([scheme.offline, scheme.error, scheme.current?.version]).toEqual([true, undefined, 2]);
	expect(scheme.parts[0]).toEqual({ name: 'what', title: 'en what.title', text: 'en what.text' });
	await i18n.change('pl');
	expect(scheme.parts.at(-1)).toEqual({ name: 'records', title: 'pl records.title', text: 'pl records.text' });
});

test('a phone that never had the rules says why, and has them when it is tried again', async () => {
	shelf.line.cut = true;
	const scheme = createScheme({ scheme: opened() }, await createI18n('en', () => undefined));
	await scheme.load();
	expect([scheme.error, scheme.current]).toEqual(['offline', undefined]);
	shelf.line.cut = false;
	await scheme.load();
	expect([scheme.error, scheme.offline, scheme.current?.version]).toEqual([undefined, false, 2]);
});
