import { asked } from '#core/item.ts';
import type { Key, Locale } from '#core/text.ts';
import { placedItems, type WrittenCourse } from './content.ts';
import { refuse, type Problem } from './source.ts';

/** A text for comparing: small letters and digits alone. */
export const normal = (text: string): string =>
	text
		.toLowerCase()
		.normalize('NFKC')
		.replace(/[^\p{L}\p{N}]+/gu, ' ')
		.trim();

/** No scene and no question is used in two banks (exercises, self-assessment, exam). A question that goes with a scene may be a usual one. */
export function shared(written: WrittenCourse, locale: Locale): Problem[] {
	const seen = new Map<string, { bank: string; key: Key }>();
	const { course, exam } = written;
	return placedItems(written).flatMap(({ item, bank }) => {
		const words = (bank === 'exam' ? exam! : course).words[locale].texts;
		const own = asked(item).filter((key) => words.has(key));
		const telling = own.filter((key) => /\.(scene|sentence)$/.test(key)).map((key) => [key]);
		const keys = telling.length
			? telling
			: item.kind === 'match' || item.kind === 'sort' || item.kind === 'order'
				? [own]
				: [own.slice(0, 1)];
		return keys.flatMap((list) => {
			if (!list[0]) return [];
			const text = list
				.map((key) => normal(words.get(key)!.text))
				.sort()
				.join('|');
			const before = seen.get(text);
			if (!before) seen.set(text, { bank, key: list[0] });
			return before && before.bank !== bank
				? [refuse(words.get(list[0])!.at(), `"${list[0]}" is the text of "${before.key}" in another bank (${before.bank}): write another`)]
				: [];
		});
	});
}
