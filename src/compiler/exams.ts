import { Bank } from '#core/bank.ts';
import { asked, identity } from '#core/item.ts';
import { locales } from '#core/text.ts';
import type { WrittenCourse } from './content.ts';
import { sha256, stable } from './pack.ts';

/** The exam bank of a course for the endpoint, with keys and versions; undefined if it has none. It belongs in no folder that is served. */
export function bank({ id, course, exam }: WrittenCourse): Bank | undefined {
	if (!exam) return undefined;
	const { items } = exam.structure;
	const keys = items.flatMap(asked);
	const textsOf = (keys: string[]) =>
		Object.fromEntries(
			locales.map((locale) => [locale, Object.fromEntries(keys.map((key) => [key, exam.words[locale].texts.get(key)!.text]))])
		);
	return Bank.parse({
		format: 1,
		course: id,
		edition: course.structure.edition,
		outcomes: course.structure.outcomes.map((outcome) => outcome.id),
		items: items.map((item) => ({
			item,
			version: `${sha256(identity(item)).slice(0, 16)}-${sha256(stable(textsOf(asked(item)))).slice(0, 8)}`
		})),
		words: textsOf(keys)
	});
}
