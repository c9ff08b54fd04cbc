import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contents } from '#device/certification/credential.ts';
import { zip } from '#device/certification/sharing.ts';
import { createHolder, file, issued, whole } from './wallets.ts';

const [one, two] = await Promise.all([issued('communication', 1), issued('netiquette', 2)]);

describe('credentials of the certification body', () => {
	test('come to the phone once, and asking again is harmless', async () => {
		const { wallet, office } = createHolder();
		office.credentials = [one, two];
		expect(await wallet.collect()).toBe(2);
		const before = await wallet.all();
		expect(before.map(({ id, course, number }) => [id, course, number])).toEqual([
			[one.id, 'communication', 'C-000001'],
			[two.id, 'netiquette', 'C-000002']
		]);
		expect(await wallet.collect(true)).toBe(0);
		expect(await wallet.all()).toEqual(before);
	});

	test('are still there when the app is opened again', async () => {
		const { wallet, office, disk } = createHolder();
		office.credentials = [one];
		await wallet.collect();
		expect((await createHolder({ disk }).wallet.all()).map(({ edc, badge }) => [edc, badge])).toEqual([[one.edc, one.badge]]);
	});

	test('are kept one by one: a line that is cut loses none that came', async () => {
		const { wallet, office } = createHolder();
		office.credentials = [one, two];
		office.cut = 2;
		await expect(wallet.collect()).rejects.toMatchObject({ code: 'offline' });
		expect((await wallet.all()).map(({ id }) => id)).toEqual([one.id]);
		office.cut = Infinity;
		office.asked = [];
		expect(await wallet.collect()).toBe(1);
		expect(office.asked).toEqual(['mine', two.id]);
		expect((await wallet.all()).length).toBe(2);
	});

	test('are not asked for by someone who never applied', async () => {
		const { wallet, office } = createHolder();
		expect(await wallet.collect()).toBe(0);
		expect(office.asked).toEqual([]);
	});

	test('that are no credentials are not kept', async () => {
		const { wallet, office } = createHolder();
		office.credentials = [{ ...one, edc: '{}' }];
		await expect(wallet.collect()).rejects.toMatchObject({ code: 'server' });
		expect(await wallet.all()).toEqual([]);
	});

	test('that she took away do not come back by themselves, but when she asks', async () => {
		const { wallet, office } = createHolder();
		office.credentials = [one];
		await wallet.collect();
		await wallet.remove(one.id);
		expect(await wallet.all()).toEqual([]);
		expect(await wallet.collect()).toBe(0);
		expect(await wallet.all()).toEqual([]);
		expect(await wallet.collect(true)).toBe(1);
		expect((await wallet.all()).map(({ id }) => id)).toEqual([one.id]);
	});

	test('that she took away by mistake are put back as they were', async () => {
		const { wallet, office } = createHolder();
		office.credentials = [one, two];
		await wallet.collect();
		const before = await wallet.all();
		await wallet.restore((await wallet.remove(one.id))!);
		expect(await wallet.all()).toEqual(before);
		expect(await wallet.remove('urn:uuid:nothing')).toBeUndefined();
	});
});

describe('a saved wallet', () => {
	const saved = async () => {
		const { wallet, office } = createHolder();
		office.credentials = [one, two];
		await wallet.collect();
		return { text: await wallet.copy(), all: await wallet.all() };
	};

	test('brings everything to another phone', async () => {
		const { text, all } = await saved();
		const { wallet } = createHolder();
		const opened = await wallet.open(file(text));
		if ('refused' in opened) throw new Error(opened.refused);
		for (const credential of opened.credentials) expect(await wallet.keep(credential)).toBe(true);
		expect(await wallet.all()).toEqual(all);
		for (const credential of opened.credentials) expect(await wallet.keep(credential)).toBe(false);
		expect(await wallet.all()).toEqual(all);
	});

	test('says what each credential is by the credential, not by the file around it', async () => {
		const { wallet } = createHolder();
		const credentials = [
			{ id: one.id, course: 'creativity', edc: one.edc, badge: '', qr: '', issued: 5 },
			{ id: two.id, edc: one.edc, badge: '', qr: '', issued: 5 }
		];
		const content = JSON.stringify({ at: 1, credentials });
		const sha256 = createHash('sha256').update(content).digest('hex');
		const opened = await wallet.open(file(JSON.stringify({ passport: 'wallet', version: 1, sha256, content })));
		expect(opened).toMatchObject({ credentials: [{ id: one.id, course: 'communication', number: 'C-000001' }], unread: 1 });
	});

	test.each([
		['cut short', 'damaged', (text: string) => text.slice(0, -30)],
		['cut in half', 'damaged', (text: string) => text.slice(0, text.length / 2)],
		['with one letter changed', 'damaged', (text: string) => text.replace('Papadopoulou', 'Papadopoulos')],
		['of a newer app', 'newer', (text: string) => JSON.stringify({ ...JSON.parse(text), version: 2 })],
		['with another sum', 'damaged', (text: string) => JSON.stringify({ ...JSON.parse(text), sha256: '0'.repeat(64) })],
		['that is a copy of learning', 'copy', () => '{"passport":"copy","version":1,"sha256":"","content":""}'],
		['that is an Open Badge', 'badge', () => one.badge],
		['that is a sealed file of another kind', 'damaged', () => '{"payload":"{}","signatures":[]}'],
		['that is a picture', 'no-credential', () => '\u0089PNG'],
		['that is empty', 'no-credential', () => ''],
		['that is a list', 'no-credential', () => '[]'],
		['that is null', 'no-credential', () => 'null']
	])('%s is refused (%s), and nothing on the phone changes', async (_, reason, make) => {
		const { wallet, office } = createHolder();
		office.credentials = [two];
		await wallet.collect();
		const before = await wallet.all();
		expect(await wallet.open(file(make((await saved()).text)))).toEqual({ refused: reason });
		expect(await wallet.all()).toEqual(before);
	});

	test('that is far too large is not even read', async () => {
		const { wallet } = createHolder();
		const huge = { size: 60_000_001, text: () => Promise.reject(new Error('it was read')) } as unknown as Blob;
		expect(await wallet.open(huge)).toEqual({ refused: 'too-large' });
	});
});

describe('a credential', () => {
	test('says in five languages what it is for', () => {
		expect(contents(one.edc)).toMatchObject({
			id: one.id,
			course: 'communication',
			number: 'C-000001',
			holder: 'Maria Papadopoulou',
			title: {
				en: 'course.title of communication (en)',
				el: 'course.title of communication (el)',
				pl: 'course.title of communication (pl)'
			},
			achievement: { level: 4, hours: 8, outcomes: [{ it: 'listen.text of communication (it)' }], skills: [] }
		});
	});

	test('that is the Passport has twenty parts and is of no course', async () => {
		const courses = Array.from({ length: 20 }, (_, at) => `course-${at + 1}`);
		const said = contents((await whole(courses)).edc)!;
		expect(said.course).toBeNull();
		expect(said.parts.length).toBe(20);
		expect(said.title.es).toBe('Pasaporte para el Empleo');
	});

	test.skipIf(!existsSync('../shared/edc/samples'))('of another issuer can be read too', () => {
		expect(contents(readFileSync('../shared/edc/samples/Sample-MC-Annex1-signed.jsonld', 'utf8'))).toMatchObject({
			course: undefined,
			holder: 'Ana Andromeda',
			title: { en: 'Digital micro-credential creation' },
			achievement: { level: 6, hours: 60, skills: { length: 4 } }
		});
	});

	test.each(['', 'null', '[]', '{"payload":7}', '{"payload":"["}', '{"payload":"{\\"type\\":[]}"}'])('is none of %j', (text) => {
		expect(contents(text)).toBeUndefined();
	});
});

test('several files go into one ZIP file with all their letters', async () => {
	const bytes = Buffer.from(
		await (
			await zip([
				{ name: 'a.jsonld', type: '', text: 'Ελλάδα' },
				{ name: 'b.json', type: '', text: '' }
			])
		).arrayBuffer()
	);
	expect(bytes.readUInt32LE(0)).toBe(0x04034b50);
	expect(bytes.subarray(38, 50).toString()).toBe('Ελλάδα');
	expect(bytes.readUInt32LE(14)).toBe(0xa8f6050a);
	expect(bytes.readUInt16LE(bytes.length - 12)).toBe(2);
	expect(bytes.readUInt32LE(bytes.readUInt32LE(bytes.length - 6))).toBe(0x02014b50);
});
