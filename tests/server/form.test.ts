import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { compile } from '#compiler/compile.ts';
import { packKey } from '#compiler/key.ts';
import type { Bank } from '#core/bank.ts';
import { Envelope, Form, envelopeData, rounds, typedCode, type ExamItem } from '#core/exam.ts';
import { asked, type Item } from '#core/item.ts';
import type { Scheme } from '#core/scheme.ts';
import { locales } from '#core/text.ts';
import { createBanks, sameScheme } from '#server/certification/banks.ts';
import { createCode, sealForm } from '#server/certification/envelope.ts';
import { createForm } from '#server/certification/form.ts';
import { createSealing } from '#server/certification/sealed.ts';
import { temporary } from '../compiler/fixture.ts';
import { folder } from './endpoint.ts';
import { envelopeKey, fromBase64url, inflated, open } from './candidate.ts';

const root = temporary();
afterAll(() => rmSync(root, { recursive: true }));
const exams = join(root, 'exams');
await compile({ content: join(root, 'content'), out: join(root, 'packs'), exams, key: await packKey(root) });
const banks = createBanks(exams);
const [bank, scheme] = [banks.bank('demo')!, banks.scheme()!];
const seal = createSealing(join(root, 'exam.json')).key;

const drawn = (more: Partial<Parameters<typeof createForm>[0]> = {}) =>
	createForm({
		id: crypto.randomUUID(),
		session: crypto.randomUUID(),
		candidate: crypto.randomUUID(),
		application: crypto.randomUUID(),
		bank,
		scheme,
		granted: [],
		seal,
		exposure: {},
		...more
	});

/** Chance that is the same for the same seed. */
function seeded(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Every list of options that a candidate gets, by item. */
const shown = (item: ExamItem): string[][] =>
	item.kind === 'number'
		? []
		: item.kind === 'scenario'
			? item.steps.map(({ options }) => options)
			: item.kind === 'match'
				? [item.options, item.targets]
				: [item.options];
const kept = (item: Item): string[][] => shown(item as ExamItem);

test('a form has the items that were drawn, their words in five languages, and no key', () => {
	const { form, versions, items } = drawn();
	expect(form.items).toHaveLength(20);
	expect(form.scheme).toEqual({ id: 'demo-scheme', version: 1 });
	expect(form.items.map(({ id }) => id)).toEqual(items.map(({ id }) => id));
	expect(form.keys).toEqual(items.flatMap(asked).sort());
	for (const locale of locales) expect(form.words[locale]).toEqual(form.keys.map((key) => bank.words[locale][key]));
	const text = JSON.stringify(form);
	for (const secret of ['"right"', '"mistakes"', '"tolerance"', '"revision"', 'feedback']) expect(text).not.toContain(secret);
	expect(JSON.stringify(items)).toContain('"right"'); // by these it is marked
	expect(versions).toEqual(
		Object.fromEntries(bank.items.filter(({ item }) => item.id in versions).map(({ item, version }) => [item.id, version]))
	);
	expect(Object.keys(versions).sort()).toEqual(items.map(({ id }) => id).sort());
});

test('options stand in an order of each candidate’s own, and none is lost', () => {
	const forms = Array.from({ length: 12 }, () => drawn());
	const orders = new Map<string, Set<string>>();
	for (const { form, items } of forms)
		form.items.forEach((item, at) => {
			shown(item).forEach((options, list) => expect([...options].sort()).toEqual([...kept(items[at]!)[list]!].sort()));
			if (item.kind === 'choice') orders.set(item.id, (orders.get(item.id) ?? new Set()).add(item.options.join()));
		});
	expect(orders.size).toBeGreaterThan(0);
	for (const seen of orders.values()) expect(seen.size).toBeGreaterThan(1);
	expect(new Set(forms.map(({ form }) => form.items.map(({ id }) => id).join())).size).toBe(12);
});

test('what belongs together stands side by side as often as any two would', () => {
	const item: Item = {
		id: 'pairs-x1',
		outcome: 'pairs',
		kind: 'match',
		options: ['a', 'b', 'c', 'd'],
		targets: ['p', 'q', 'r', 's'],
		right: { a: 'q', b: 'r', c: 's', d: 'p' }
	};
	const words = Object.fromEntries(asked(item).map((key) => [key, key]));
	const one: Bank = {
		...bank,
		items: [{ item, version: bank.items[0]!.version }],
		words: Object.fromEntries(locales.map((locale) => [locale, words])) as Bank['words']
	};
	const [times, places] = [8000, new Map<string, number>()];
	for (let seed = 1; seed <= times; seed++) {
		const [shape] = drawn({ bank: one, scheme: { ...scheme, items: { ...scheme.items, value: 1 } }, chance: seeded(seed) }).form.items;
		if (shape?.kind !== 'match') throw new Error('another kind');
		for (const [option, target] of Object.entries(item.right)) {
			const apart = `${option} ${(shape.targets.indexOf(target) - shape.options.indexOf(option) + 4) % 4}`;
			places.set(apart, (places.get(apart) ?? 0) + 1);
		}
	}
	expect(places.size).toBe(16);
	for (const [apart, count] of places) expect(Math.abs(count / times - 1 / 4), apart).toBeLessThan(0.025); // five times its spread
});

test('a form takes the items that were drawn least; extra time is in its minutes', () => {
	const worn = new Set(bank.items.slice(0, 8).map(({ item }) => item.id));
	const { form } = drawn({ exposure: Object.fromEntries([...worn].map((id) => [id, 5])), granted: ['extra-time', 'spoken'] });
	expect(form.items.filter(({ id }) => worn.has(id))).toEqual([]);
	expect(form).toMatchObject({ minutes: 60, granted: ['extra-time', 'spoken'] });
	expect(drawn().form.minutes).toBe(40);
});

test('no form is drawn from a bank that is too small for the scheme', () => {
	const small: Bank = { ...bank, items: bank.items.slice(0, 19) };
	expect(() => drawn({ bank: small })).toThrow('19 items');
});

test('an envelope opens with WebCrypto by its code, as it was typed in a hurry', async () => {
	const { form } = drawn();
	const code = createCode();
	expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/);
	const envelope = await sealForm(form, code, 1_800_000_000_000);
	expect(Envelope.parse(envelope)).toEqual(envelope);
	expect(envelope).toMatchObject({ form: form.id, session: form.session, candidate: form.candidate, course: 'demo', rounds });
	expect(JSON.stringify(envelope)).not.toContain(form.items[0]!.id);
	const typed = typedCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)!;
	expect(Form.parse(await open(envelope, typed))).toEqual(form);
});

test('an envelope stays closed for another code, another candidate, or when a letter of it was changed', async () => {
	const { form } = drawn();
	const code = createCode();
	const envelope = await sealForm(form, code, 0);
	await expect(open(envelope, createCode())).rejects.toThrow();
	for (const field of ['form', 'session', 'candidate'] as const)
		await expect(open({ ...envelope, [field]: crypto.randomUUID() }, code)).rejects.toThrow();
	const { box } = envelope;
	await expect(open({ ...envelope, box: box.slice(0, 40) + (box[40] === 'A' ? 'B' : 'A') + box.slice(41) }, code)).rejects.toThrow();
	await expect(open({ ...envelope, box: box.slice(0, -4) }, code)).rejects.toThrow();
});

test('two envelopes of one form have nothing in common that helps to open either', async () => {
	const { form } = drawn();
	const code = createCode();
	const [one, other] = [await sealForm(form, code, 0), await sealForm(form, code, 0)];
	expect(new Set([one.salt, other.salt, one.iv, other.iv, one.box, other.box]).size).toBe(6);
	expect(new Set(Array.from({ length: 200 }, createCode)).size).toBe(200);
	const key = await envelopeKey(code, fromBase64url(one.salt), one.rounds);
	const data = new TextEncoder().encode(envelopeData(one));
	await expect(
		crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64url(other.iv), additionalData: data }, key, fromBase64url(other.box))
	).rejects.toThrow();
	expect(
		inflated(
			new Uint8Array(
				await crypto.subtle.decrypt({ name: 'AES-GCM', iv: fromBase64url(one.iv), additionalData: data }, key, fromBase64url(one.box))
			)
		)
	).toEqual(form);
});

test('what the build did not write is not there, and what is damaged is told with its path', () => {
	const at = folder();
	const read = createBanks(at);
	expect([read.scheme(), read.bank('demo'), read.bank('scheme'), read.bank('../demo')]).toEqual([
		undefined,
		undefined,
		undefined,
		undefined
	]);
	writeFileSync(join(at, 'demo.json'), '{"format":1');
	expect(() => read.bank('demo')).toThrow(join(at, 'demo.json'));
	mkdirSync(join(at, 'other.json'));
	expect(() => read.bank('other')).toThrow('cannot be read');
	expect(readdirSync(exams).sort()).toEqual(['demo.json', 'scheme.json']);
});

test.each<[string, (scheme: Scheme) => void, boolean]>([
	['nothing', () => undefined, true],
	['the minutes, and the version raised', (scheme) => void ((scheme.minutes.value = 30), (scheme.version = 2)), true],
	['the minutes alone', (scheme) => void (scheme.minutes.value = 30), false],
	['whether the wait is provisional', (scheme) => void (scheme.wait.provisional = false), false],
	['the pass rule alone', (scheme) => void (scheme.pass.value.outcome = 0.4), false]
])('a scheme may keep its name when what was changed is: %s', (_, change, expected) => {
	const changed = structuredClone(scheme);
	change(changed);
	expect(sameScheme(scheme, changed)).toBe(expected);
	expect(sameScheme(JSON.parse(JSON.stringify(Object.fromEntries(Object.entries(scheme).reverse()))), changed)).toBe(expected);
});
