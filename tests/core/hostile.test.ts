import { encode as toCbor } from 'cborg';
import { expect, it, test } from 'vitest';
import { base45 } from '#core/base45.ts';
import { decode } from '#core/cwt.ts';
import { Attempt, Entry, SessionCode, sessionCode, typedCode } from '#core/exam.ts';

const entry = { n: 1, at: 1_795_000_000_000, spent: 0.5, event: 'open', hash: '0'.repeat(64) };
const uuid = '0190a0a0-1111-4222-8333-000000000001';
const attempt = {
	...{ v: 1, id: uuid, form: uuid, session: uuid, candidate: uuid, course: 'demo', phone: uuid },
	...{ started: 1_795_000_000_000, ended: 1_795_000_000_001, spent: 1.5, locale: 'pl', responses: {}, log: [entry] }
};

it('a time in an attempt is one that a calendar has: no screen of a decider breaks over it', () => {
	expect(Attempt.safeParse(attempt).success).toBe(true);
	for (const odd of [1e300, -1e300, -1, 8.64e15 + 2, Number.NaN, Infinity]) {
		for (const name of ['at', 'spent']) expect(Entry.safeParse({ ...entry, [name]: odd }).success, `${name} ${odd}`).toBe(false);
		for (const name of ['started', 'ended', 'spent'])
			expect(Attempt.safeParse({ ...attempt, [name]: odd }).success, `${name} ${odd}`).toBe(false);
	}
});

it('a session code has each sign as likely as another, and is typed as it is written', () => {
	const counts = new Map<string, number>();
	for (let byte = 0; byte < 256; byte++) {
		const code = sessionCode(new Uint8Array(12).fill(byte));
		expect(SessionCode.safeParse(code).success).toBe(true);
		expect(typedCode(code.toLowerCase().replaceAll('-', ' '))).toBe(code);
		counts.set(code[0]!, (counts.get(code[0]!) ?? 0) + 1);
	}
	expect([...counts.values()]).toEqual(Array.from({ length: 32 }, () => 8));
});

test.each<[string, number[]]>([
	['a list that says it has four thousand million parts', [0x9a, 0xff, 0xff, 0xff, 0xff]],
	['a map that says so', [0xba, 0xff, 0xff, 0xff, 0xff]],
	['bytes that say so', [0x5a, 0xff, 0xff, 0xff, 0xff]],
	['more bytes than a number can count', [0x5b, ...new Array<number>(8).fill(0xff)]],
	['lists in lists in lists', [...new Array<number>(2000).fill(0x81), 0x01]],
	['tags on tags on tags', new Array<number>(2000).fill(0xc1)]
])('a code with %s is read as none, at once', (_, bytes) => {
	const began = performance.now();
	const inner = Uint8Array.from(bytes);
	const cose = (payload: Uint8Array) =>
		Uint8Array.of(0xd2, ...toCbor([toCbor(new Map([[1, -7]])), new Map(), payload, new Uint8Array(64)]));
	for (const found of [Uint8Array.of(0xd2, ...inner), cose(inner)])
		expect(['cut', 'format', 'header', 'too-large']).toContain(decode(`EDC1:${base45(found)}`));
	expect(performance.now() - began).toBeLessThan(1000);
});
