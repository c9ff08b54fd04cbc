import { randomInt } from 'node:crypto';
import type { Bank } from '#core/bank.ts';
import { draw, minutes, shuffled, type Chance } from '#core/draw.ts';
import { Form, withoutKey, type Granted } from '#core/exam.ts';
import { asked, type Item } from '#core/item.ts';
import type { Scheme } from '#core/scheme.ts';
import { locales } from '#core/text.ts';
import type { PublicKey } from '#core/wire.ts';

const finest = 2 ** 48 - 1;
/** Chance that nobody can foretell. */
export const secret: Chance = () => randomInt(finest) / finest;

/** What a form is made of. `seal`: the key that its responses are to be sealed to; `exposure`: how often each item of the course was drawn, by id. */
export type Drawing = Pick<Form, 'id' | 'session' | 'candidate' | 'application' | 'seal'> & {
	bank: Bank;
	scheme: Scheme;
	granted: Granted;
	seal: PublicKey;
	exposure: Readonly<Record<string, number>>;
	chance?: Chance;
};

/** A form as its candidate gets it; the version of each item by id; and the items with their keys in the order of the form, to mark it by even if the bank has changed since. */
export type Drawn = { form: Form; versions: Record<string, string>; items: Item[] };

/** Draws the form of one candidate. Throws if the bank has fewer items than the scheme asks for: the compiler lets none such through. */
export function createForm({ bank, scheme, granted, exposure, chance = secret, ...own }: Drawing): Drawn {
	const count = scheme.items.value;
	if (bank.items.length < count)
		throw new Error(`The exam bank of ${bank.course} has ${bank.items.length} items, the scheme asks for ${count}`);
	const items = draw(
		bank.items.map(({ item }) => item),
		count,
		exposure,
		chance
	);
	const keys = items.flatMap(asked).sort(); // by their names: in the bank’s order they would tell what stands beside what there
	const form = Form.parse({
		v: 1,
		id: own.id,
		session: own.session,
		candidate: own.candidate,
		application: own.application,
		course: bank.course,
		scheme: { id: scheme.id, version: scheme.version },
		minutes: minutes(scheme, granted),
		granted,
		items: items.map((item) => withoutKey(item, (list) => shuffled(list, chance))),
		keys,
		words: Object.fromEntries(locales.map((locale) => [locale, keys.map((key) => bank.words[locale][key]!)])),
		seal: own.seal
	});
	const drawn = new Set(items.map(({ id }) => id));
	const versions = Object.fromEntries(bank.items.flatMap(({ item, version }) => (drawn.has(item.id) ? [[item.id, version]] : [])));
	return { form, versions, items };
}
