import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Answer } from '#core/answer.ts';
import { locales } from '#core/text.ts';
import { answered, signatureBase, signatureInput, Statement, statement } from '#core/wire.ts';
import { answer, uuid } from './make.ts';

const response = fc.oneof(
	fc.string({ maxLength: 20 }),
	fc.double({ noNaN: true, noDefaultInfinity: true }),
	fc.array(fc.string({ maxLength: 9 }), { maxLength: 6 }),
	fc.dictionary(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), { maxKeys: 5 })
);

test('an answer comes out of its statement as it went in', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 1, max: 1e6 }),
			response,
			fc.constantFrom(0, 0.25, 1),
			fc.constantFrom(...locales),
			fc.boolean(),
			(seq, given, score, locale, sat) => {
				const made = answer({
					seq,
					response: JSON.parse(JSON.stringify(given)),
					score,
					locale,
					...(sat ? { sitting: uuid(9), purpose: 'assessment' as const } : {})
				});
				expect(Answer.safeParse(made).success).toBe(true);
				const sent = JSON.parse(JSON.stringify(statement(made)));
				expect(Statement.safeParse(sent).error).toBeUndefined();
				expect(answered(sent)).toEqual(made);
			}
		)
	);
});

test('a statement carries no name, no address and nothing that the wire does not list', () => {
	const sent = statement(answer({ seq: 1 }));
	expect(Statement.safeParse({ ...sent, extra: 1 }).success).toBe(false);
	expect(Statement.safeParse({ ...sent, actor: { ...sent.actor, mbox: 'mailto:a@example.org' } }).success).toBe(false);
	expect(Statement.safeParse({ ...sent, context: { ...sent.context, platform: 'x' } }).success).toBe(false);
});

test('a statement whose success and score disagree, or whose response is no JSON, is no answer', () => {
	const sent = statement(answer({ seq: 1, score: 1 }));
	expect(answered({ ...sent, result: { ...sent.result, success: false } })).toBeUndefined();
	expect(answered({ ...sent, result: { ...sent.result, response: '{' } })).toBeUndefined();
});

test('the header of a signature is read as it was written, and no other form is', () => {
	const { input } = signatureBase('POST', '/v1/push', 'abc=', 1700000000, uuid(3));
	expect(signatureInput(`sig=${input}`)).toEqual({ created: 1700000000, device: uuid(3) });
	expect(signatureInput(`sig=${input.replace('"@path" ', '')}`)).toBeUndefined();
	expect(signatureInput(input)).toBeUndefined();
});
