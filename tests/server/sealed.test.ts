import { statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Attempt, Sealed } from '#core/exam.ts';
import { createSealing, type Awaited } from '#server/certification/sealed.ts';
import { folder } from './endpoint.ts';
import { box, chained, createSigner, sealed, type Signer } from './candidate.ts';

const uuid = () => crypto.randomUUID();
let own: Signer;
beforeAll(async () => void (own = await createSigner()));

/** A form that is awaited, an attempt at it, and the endpoint's key. */
async function begin(change: (attempt: Attempt) => void = () => undefined) {
	const sealing = createSealing(join(folder(), 'keys/exam.json'));
	const form = uuid();
	const awaited: Awaited = { session: uuid(), candidate: uuid(), course: 'demo', keys: [own.key], items: ['x1', 'x2', 'x3'] };
	const at = 1_800_000_000_000;
	const attempt: Attempt = {
		v: 1,
		id: uuid(),
		form,
		session: awaited.session,
		candidate: awaited.candidate,
		course: 'demo',
		phone: uuid(),
		started: at,
		ended: at + 9000,
		spent: 9000,
		locale: 'pl',
		responses: { x1: 'b', x2: { a: 'now', b: 'later' } },
		log: await chained(form, [
			{ at, spent: 0, event: 'open' },
			{ at, spent: 0, event: 'start' },
			{ at: at + 2000, spent: 2000, event: 'answer', item: 'x1', response: 'a' },
			{ at: at + 4000, spent: 4000, event: 'answer', item: 'x2', response: { b: 'later', a: 'now' } },
			{ at: at + 6000, spent: 6000, event: 'answer', item: 'x1', response: 'b' },
			{ at: at + 7000, spent: 7000, event: 'answer', item: 'x3', response: 5 },
			{ at: at + 8000, spent: 8000, event: 'answer', item: 'x3' },
			{ at: at + 9000, spent: 9000, event: 'end' }
		])
	};
	change(attempt);
	const find = (asked: string) => (asked === form ? awaited : undefined);
	return {
		sealing,
		awaited,
		attempt,
		seal: (by = own) => sealed(attempt, by, sealing.key),
		open: (came: unknown) => sealing.open(came, find)
	};
}

test('responses that a phone sealed with WebCrypto open with all that is in them', async () => {
	const { seal, open, attempt } = await begin();
	expect(await open(await seal())).toEqual({ attempt, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
});

test('the same attempt is known again however often it was sealed; another content is not', async () => {
	const { seal, open, attempt } = await begin();
	const [one, other] = [await seal(), await seal()];
	expect(one.box).not.toBe(other.box);
	const hash = async (came: Sealed) => (await open(came) as { hash: string }).hash; // prettier-ignore
	const first = await hash(one);
	expect(await hash(other)).toBe(first);
	expect(await hash(JSON.parse(JSON.stringify(one)))).toBe(first);
	attempt.ended += 1;
	expect(await hash(await seal())).not.toBe(first);
});

test('the key is made once, for its owner alone, and opens what was sealed before the endpoint was started again', async () => {
	const path = join(folder(), 'keys/exam.json');
	const first = createSealing(path);
	expect(statSync(path).mode & 0o777).toBe(0o600);
	expect(createSealing(path).key).toEqual(first.key);
	const { attempt, awaited } = await begin();
	const came = await sealed(attempt, own, first.key);
	expect(await createSealing(path).open(came, () => awaited)).toMatchObject({ attempt });
});

describe('what is refused, and why', () => {
	const foreign = (text: string) => (text[30] === 'A' ? 'B' : 'A');
	const changed = (text: string) => text.slice(0, 30) + foreign(text) + text.slice(31);

	test.each<[string, string, (sealed: Sealed) => unknown]>([
		['no JSON object', 'shape', () => 'responses'],
		['a member too many', 'shape', (sealed) => ({ ...sealed, name: 'Anna' })],
		['a box that is too large', 'shape', (sealed) => ({ ...sealed, box: 'A'.repeat(200_001) })],
		['a form that nobody drew', 'form', (sealed) => ({ ...sealed, form: uuid() })],
		['another session', 'session', (sealed) => ({ ...sealed, session: uuid() })],
		['another attempt on the outside', 'box', (sealed) => ({ ...sealed, attempt: uuid() })],
		['a box that was cut', 'box', (sealed) => ({ ...sealed, box: sealed.box.slice(0, -8) })],
		['a box with nothing in it', 'box', (sealed) => ({ ...sealed, box: 'AAAA' })],
		['a letter that was changed', 'box', (sealed) => ({ ...sealed, box: changed(sealed.box) })],
		['another iv', 'box', (sealed) => ({ ...sealed, iv: 'AAAAAAAAAAAAAAAA' })],
		['a key that is no point of the curve', 'box', (sealed) => ({ ...sealed, key: { ...sealed.key, y: sealed.key.x } })],
		['the key of somebody else', 'box', (sealed) => ({ ...sealed, key: own.key })]
	])('%s: %s', async (_, reason, change) => {
		const { seal, open } = await begin();
		expect(await open(change(await seal()))).toEqual({ reason });
	});

	test('responses that were sealed to another endpoint', async () => {
		const [one, other] = [await begin(), await begin()];
		expect(await one.open(await sealed(one.attempt, own, other.sealing.key))).toEqual({ reason: 'box' });
	});

	test('responses that another candidate signed, or that were changed after they were signed', async () => {
		const { seal, open, attempt, sealing } = await begin();
		expect(await open(await seal(await createSigner()))).toEqual({ reason: 'signature' });
		const payload = JSON.stringify(attempt);
		const head = { attempt: attempt.id, form: attempt.form, session: attempt.session };
		const signature = await own.sign(payload);
		expect(await open(await box({ payload: payload.replace('"x1":"b"', '"x1":"c"'), signature }, head, sealing.key))).toEqual({
			reason: 'signature'
		});
		expect(await open(await box({ payload, signature }, head, sealing.key))).toHaveProperty('attempt');
	});

	test.each<[string, unknown]>([
		['no JSON', 'half of'],
		['a list', [1, 2]],
		['responses without a signature', { payload: '{}' }],
		['a text that unfolds to many megabytes', JSON.stringify({ payload: ' '.repeat(20_000_000), signature: 'A'.repeat(86) })]
	])('a box with %s in it', async (_, content) => {
		const { open, attempt, sealing } = await begin();
		const head = { attempt: attempt.id, form: attempt.form, session: attempt.session };
		expect(await open(await box(content, head, sealing.key))).toEqual({ reason: 'shape' });
	});

	test.each<[string, string, (attempt: Attempt) => void]>([
		['of another version', 'shape', (attempt) => void Object.assign(attempt, { v: 2 })],
		['with an item that was not in the form', 'shape', (attempt) => void (attempt.responses['x9'] = 'a')],
		['of another candidate', 'form', (attempt) => void (attempt.candidate = uuid())],
		['of another course', 'form', (attempt) => void (attempt.course = 'other')],
		['without a log', 'log', (attempt) => void ((attempt.log = []), (attempt.responses = {}))],
		['whose log lacks a line', 'log', (attempt) => void attempt.log.splice(3, 1)],
		['whose log was cut at its start', 'log', (attempt) => void attempt.log.splice(0, 2)],
		['whose log has lines exchanged', 'log', (attempt) => void attempt.log.splice(2, 2, attempt.log[3]!, attempt.log[2]!)],
		['whose log was changed in a time', 'log', (attempt) => void (attempt.log[4]!.at += 1)],
		['with an answer that was never noted', 'log', (attempt) => void (attempt.responses['x3'] = 5)],
		['with another answer than was noted last', 'log', (attempt) => void (attempt.responses['x1'] = 'a')],
		['without an answer that was noted', 'log', (attempt) => void delete attempt.responses['x1']]
	])('an attempt %s: %s', async (_, reason, change) => {
		const { seal, open } = await begin(change);
		expect(await open(await seal())).toEqual({ reason });
	});

	test('an attempt whose inside names another session or form than its outside', async () => {
		const { open, attempt, sealing } = await begin();
		const head = { attempt: attempt.id, form: attempt.form, session: attempt.session };
		for (const [field, reason] of [
			['session', 'session'],
			['form', 'form'],
			['id', 'shape']
		] as const) {
			// prettier-ignore
			const payload = JSON.stringify({ ...attempt, [field]: uuid() });
			expect(await open(await box({ payload, signature: await own.sign(payload) }, head, sealing.key))).toEqual({ reason });
		}
	});

	test('a log whose lines are chained well, but to another form, or whose time runs back', async () => {
		const { seal, open, attempt } = await begin();
		const lines = attempt.log.map(({ at, spent, event, item, response }) => ({ at, spent, event, item, response }));
		attempt.log = JSON.parse(JSON.stringify(await chained(uuid(), lines)));
		expect(await open(await seal())).toEqual({ reason: 'log' });
		attempt.log = JSON.parse(JSON.stringify(await chained(attempt.form, lines)));
		expect(await open(await seal())).toHaveProperty('attempt');
		lines[4]!.spent = 100;
		attempt.log = JSON.parse(JSON.stringify(await chained(attempt.form, lines)));
		expect(await open(await seal())).toEqual({ reason: 'log' });
	});
});

test('the longest log that is allowed and fits its box opens', async () => {
	const { seal, open, attempt } = await begin();
	const last = attempt.log.at(-2)!;
	const lines = [
		...attempt.log.slice(0, -1).map(({ at, spent, event, item, response }) => ({ at, spent, event, item, response })),
		...Array.from({ length: 2500 }, (_, n) => ({ at: last.at + n, spent: last.spent, event: (n % 2 ? 'return' : 'leave') as 'leave' }))
	];
	attempt.log = JSON.parse(JSON.stringify(await chained(attempt.form, lines)));
	expect(await open(await seal())).toHaveProperty('attempt');
});
