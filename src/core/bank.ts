import * as z from 'zod/mini';
import { Item } from './item.ts';
import { Id, Locale, Words } from './text.ts';

/** An exam item with its key, and its version: another if its key, its options or one word of it in any language was changed. */
const BankItem = z.strictObject({ item: Item, version: z.string().check(z.regex(/^[0-9a-f]{16}-[0-9a-f]{8}$/)) });
type BankItem = z.infer<typeof BankItem>;

/**
 * The exam bank of a course as the endpoint has it, keys included: `build/exams/<course>.json`. It is in no pack and not served. `words` are
 * those that stand before an answer (`asked`), in all languages.
 */
export const Bank = z.strictObject({
	format: z.literal(1),
	course: Id,
	edition: z.number(),
	outcomes: z.array(Id),
	items: z.array(BankItem),
	words: z.record(Locale, Words)
});
export type Bank = z.infer<typeof Bank>;
