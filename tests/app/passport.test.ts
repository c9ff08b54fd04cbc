import { describe, expect, test } from 'vitest';
import type { Listed } from '#app/courses.svelte.ts';
import { createI18n } from '#app/i18n.svelte.ts';
import { createPassport } from '#app/certification/passport.svelte.ts';
import { words } from '#app/certification/words.ts';
import type { Locale } from '#core/text.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { createHolder, file, issued, ours, theirs, whole } from '../device/wallets.ts';

const names = Array.from({ length: 20 }, (_, at) => `course-${'abcdefghijklmnopqrst'[at]}`);
const list = names.map((id) => ({ id, title: id, plain: id, done: 0, of: 4 }) as Listed);
const courses = { list, listed: (id: string) => list.find((one) => one.id === id) };
const [one, two] = await Promise.all([issued(names[0]!, 1), issued(names[1]!, 2)]);

async function open({ locale = 'en' as Locale, ...more }: Parameters<typeof createHolder>[0] & { locale?: Locale } = {}) {
	const holder = createHolder(more);
	const i18n = await createI18n(locale, () => undefined);
	await i18n.add(words);
	const passport = createPassport(holder as unknown as CertificationDevice, i18n, courses);
	return { ...holder, i18n, passport };
}
const states = ({ passport }: Awaited<ReturnType<typeof open>>) => passport.list.map(({ id, validity }) => [id, validity.state]);

describe('the Passport', () => {
	test('of someone who has nothing is empty, with twenty places', async () => {
		const { passport } = await open();
		await passport.load();
		expect([passport.state, passport.got, passport.stamps.length, passport.list]).toEqual(['ready', 0, 20, []]);
	});

	test('gets its stamps from the certification body, each valid as of a date', async () => {
		const world = await open();
		world.office.credentials = [one, two];
		await world.passport.load();
		expect(world.passport.got).toBe(2);
		expect(world.passport.stamps.filter(({ awarded }) => awarded).map(({ id }) => id)).toEqual([names[0], names[1]]);
		expect(world.passport.list[0]!.validity).toMatchObject({ state: 'valid', at: expect.any(Number), development: true });
	});

	test('stays what it was without a network, and says nothing of it', async () => {
		const world = await open();
		world.office.credentials = [one];
		await world.passport.load();
		world.office.cut = 0;
		await world.passport.load();
		expect([world.passport.got, world.passport.error]).toEqual([1, undefined]);
	});

	test('says that there is no network when she asks for new stamps', async () => {
		const world = await open();
		world.office.credentials = [one];
		world.office.cut = 0;
		await world.passport.collect();
		expect(world.passport.error).toBe('offline');
		world.office.cut = Infinity;
		await world.passport.collect();
		expect([world.passport.error, world.passport.news]).toEqual([undefined, { name: 'collected', count: 1, left: 0 }]);
	});

	test.each([
		['revocation', 'revoked'],
		['suspension', 'suspended']
	])('does not count what is on the list of %s', async (purpose, state) => {
		const world = await open({ lists: { [purpose]: [1] } });
		world.office.credentials = [one, two];
		await world.passport.load();
		expect(states(world)).toContainEqual([one.id, state]);
		expect(world.passport.got).toBe(1);
		expect(world.passport.stamps[0]!.awarded!.id).toBe(one.id);
	});

	test('is complete with the credential of all twenty, which is no stamp', async () => {
		const world = await open();
		world.office.credentials = [one, await whole(names)];
		await world.passport.load();
		expect(world.passport.passport!.contents.parts.length).toBe(20);
		expect([world.passport.got, world.passport.others]).toEqual([1, []]);
	});
});

describe('a file', () => {
	test('with a sealed credential brings a stamp, once', async () => {
		const { passport } = await open();
		await passport.add(file(one.edc));
		expect([passport.got, passport.news]).toEqual([1, { name: 'added', count: 1, left: 0 }]);
		await passport.add(file(one.edc));
		expect([passport.got, passport.news]).toEqual([1, { name: 'here' }]);
	});

	test('that was changed since it was sealed is refused, and nothing is lost', async () => {
		const { passport } = await open();
		await passport.add(file(two.edc));
		await passport.add(file(one.edc.replace('Maria', 'Marta')));
		expect(passport.news).toEqual({ name: 'refused', reason: 'altered' });
		expect(passport.list.map(({ id }) => id)).toEqual([two.id]);
	});

	test('by an issuer that nobody knows is kept beside the twenty and makes no stamp', async () => {
		const { passport } = await open();
		await passport.add(file((await issued(names[4]!, 5, theirs)).edc));
		expect([passport.got, passport.others.length, passport.others[0]!.validity.state]).toEqual([0, 1, 'unknown']);
		expect(theirs).not.toBe(ours);
	});

	test('of the whole wallet brings back what is whole in it, and says how many were left out', async () => {
		const first = await open();
		first.office.credentials = [one, two, { ...(await issued(names[2]!, 3)) }];
		await first.wallet.collect();
		await first.database.use((db) => db.table('credentials').update(two.id, { edc: two.edc.replace('Maria', 'Marta') }));
		const second = await open();
		await second.passport.add(file(await first.wallet.copy()));
		expect(second.passport.news).toEqual({ name: 'added', count: 2, left: 1 });
		expect(second.passport.got).toBe(2);
	});
});

test('what was taken away can be put back, also on the next screen', async () => {
	const { passport } = await open();
	await passport.add(file(one.edc));
	expect(await passport.remove(one.id)).toBe(true);
	await passport.load();
	expect([passport.got, passport.news]).toEqual([0, { name: 'removed' }]);
	await passport.restore();
	expect([passport.got, passport.removed]).toEqual([1, undefined]);
});

test('the line for a CV says what, how much, by whom, when and which number', async () => {
	const { passport, i18n } = await open();
	await passport.add(file(one.edc));
	const line = passport.line(passport.find(one.id)!);
	expect(line).toBe(
		`Micro-credential “course.title of course-a (en)” (EQF level 4, 8 hours), Body of Certification, ${i18n.date(passport.list[0]!.issued)}, certificate number C-000001`
	);
});

test('a credential speaks her language, and its own where it has not hers', async () => {
	const { passport } = await open({ locale: 'el' });
	expect(passport.say({ en: 'Listen', el: 'Ακούω' })).toBe('Ακούω');
	expect(passport.say({ es: 'Escuchar' })).toBe('Escuchar');
	expect(passport.say({})).toBe('');
});
