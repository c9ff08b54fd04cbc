import type { Locale } from '#core/text.ts';
import { placedItems, type WrittenCourse } from './content.ts';
import { refuse, type Problem } from './source.ts';

/** How feedback begins that names a place in an order: "First:", "Third step:", "Last." The last word means the end. */
const places: Record<Locale, RegExp[]> = Object.fromEntries(
	Object.entries({
		en: ['First', 'Second', 'Third', 'Fourth', 'Fifth', 'Last'],
		el: ['Πρώτο', 'Δεύτερο', 'Τρίτο', 'Τέταρτο', 'Πέμπτο', 'Τελευταίο'],
		it: ['Prim[oa]', 'Second[oa]', 'Terz[oa]', 'Quart[oa]', 'Quint[oa]', 'Ultim[oa]'],
		pl: ['Pierwsz[ey]', 'Drug[iae]', 'Trzeci[ae]?', 'Czwart[aey]', 'Piąt[aey]', 'Ostatni[ae]?'],
		es: ['Primer[oa]?', 'Segund[oa]', 'Tercer[oa]?', 'Cuart[oa]', 'Quint[oa]', 'Últim[oa]']
	}).map(([locale, words]) => [
		locale,
		words.map((word) => new RegExp(`^(Βήμα )?${word}( step| passo| krok| paso| βήμα)?(:|\\.|,| comes)`, 'u'))
	])
) as Record<Locale, RegExp[]>;

/** The words for two and three, as a question says how many answers are right. */
const counts: Record<Locale, [two: RegExp, three: RegExp]> = {
	en: [/\b(two|2)\b/i, /\b(three|3)\b/i],
	el: [/δύο|\b2\b/i, /τρεις|τρία|\b3\b/i],
	it: [/\b(due|2)\b/i, /\b(tre|3)\b/i],
	pl: [/\bdw(a|ie|óch|óm|iema|oje)(?!\p{L})|\b2\b/iu, /\btrz(y|ech|em|ema)(?!\p{L})|\b3\b/iu],
	es: [/\b(dos|2)\b/i, /\b(tres|3)\b/i]
};

/** What the words of an item say of its key is so: the place in an order that feedback begins with, how many answers a question calls right. */
export function agreement(written: WrittenCourse, locale: Locale): Problem[] {
	const { course, exam } = written;
	return placedItems(written).flatMap(({ item, bank }) => {
		const { texts } = (bank === 'exam' ? exam! : course).words[locale];
		const said = (name: string, no: (text: string) => string | undefined): Problem[] => {
			const words = texts.get(`${item.id}.${name}`);
			const why = words && no(words.text);
			return why ? [refuse(words.at(), `"${item.id}.${name}" ${why}: mend the words or the key`)] : [];
		};
		if (item.kind === 'order')
			return item.right.flatMap((option, at) =>
				said(`${option}.feedback`, (text) => {
					const named = places[locale].findIndex((word) => word.test(text));
					const place = named === places[locale].length - 1 ? item.right.length - 1 : named;
					return named >= 0 && place !== at ? `names place ${place + 1}, and the key has it at ${at + 1}` : undefined;
				})
			);
		if (item.kind === 'multiple')
			return said('question', (text) => {
				const asked = counts[locale].flatMap((word, at) => (word.test(text) ? [at + 2] : []));
				const { length } = item.right;
				return asked.length && !asked.includes(length) ? `asks for ${asked.join(' or ')}, and the key has ${length}` : undefined;
			});
		return [];
	});
}
