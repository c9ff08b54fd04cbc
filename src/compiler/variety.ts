import { texts } from '#core/card.ts';
import { asked } from '#core/item.ts';
import { locales, type Key, type Locale } from '#core/text.ts';
import { normal } from './banks.ts';
import { placedItems, type WrittenCourse } from './content.ts';
import { dictionary } from './dictionary.ts';
import { refuse, type Problem } from './source.ts';

/** No more than 3 cards of a course begin with the same 3 words. */
export const openings = (written: WrittenCourse): Problem[] => locales.flatMap((locale) => opened(written, locale));

function opened({ course: { structure, words } }: WrittenCourse, locale: Locale): Problem[] {
	const seen = new Map<string, number>();
	return structure.lessons.flatMap(({ cards }) =>
		cards.flatMap((card) => {
			const body = texts(card)
				.slice(1)
				.flatMap(({ key }) => words[locale].texts.get(key) ?? [])[0];
			const first = body && normal(body.text).split(' ').slice(0, 3).join(' ');
			if (!first) return [];
			seen.set(first, (seen.get(first) ?? 0) + 1);
			return seen.get(first) === 4
				? [refuse(body.at(), `"${body.key}" is the 4th card that begins with "${first}": begin another way`)]
				: [];
		})
	);
}

/** Workplaces by the words that name them in English scenes. */
const workplaces: Record<string, RegExp> = {
	hotel: /\bhotels?\b/i,
	warehouse: /\bwarehouse\b/i,
	kitchen: /\b(kitchen|canteen|restaurant|cafe|café)\b/i,
	shop: /\b(shop|supermarket|till|store)\b/i,
	'care at home': /\b(home care|care at home|carer|client)\b/i,
	'call centre': /\bcall cent(re|er)\b/i,
	factory: /\b(factory|production line|assembly)\b/i,
	'building site': /\b(building site|scaffold)\b/i,
	reception: /\breception\b/i,
	delivery: /\b(delivery|courier|parcels?|van)\b/i,
	school: /\b(school|nursery)\b/i,
	laundry: /\blaundry\b/i,
	hospital: /\bhospital\b/i,
	bakery: /\bbakery\b/i,
	ferry: /\bferry\b/i,
	'petrol station': /\bpetrol station\b/i,
	farm: /\b(farm|greenhouse|packing line)\b/i,
	office: /\boffices?\b/i,
	market: /\bmarket\b/i
};

/** Words with a capital letter that are no person. */
const noNames = new Set(
	'I Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September October November December Mr Mrs Ms Dr English Greek Italian Polish Spanish European Europe CV QR PIN Wi Fi OK'.split(
		' '
	)
);

/** The people of a course and where they are, as `name, workplace`, with the first place of each. */
function cast({ course, exam, id }: WrittenCourse) {
	const has = dictionary('en');
	const found = new Map<string, Problem>();
	const scene = (keys: Key[], from: typeof course | typeof exam) => {
		const all = keys.flatMap((key) => from?.words.en.texts.get(key) ?? []);
		const text = all.map((one) => one.text).join(' ');
		const names = new Set(
			[...text.matchAll(/\p{Lu}\p{Ll}+/gu)].map(([name]) => name).filter((name) => !noNames.has(name) && !has(name.toLowerCase()))
		);
		for (const [place, named] of Object.entries(workplaces))
			if (named.test(text))
				for (const name of names) {
					const pair = `${name}, ${place}`;
					if (!found.has(pair)) found.set(pair, refuse(all[0]!.at(), id));
				}
	};
	for (const card of course.structure.lessons.flatMap(({ cards }) => cards))
		scene(
			texts(card).map(({ key }) => key),
			course
		);
	for (const { item, bank } of placedItems({ id, course, exam })) scene(asked(item), bank === 'exam' ? exam : course);
	return found;
}

/** The same name at the same kind of workplace meets a learner in two courses at most. */
export function casts(courses: WrittenCourse[]): Problem[] {
	const seen = new Map<string, string[]>();
	return courses.flatMap((written) =>
		[...cast(written)].flatMap(([pair, first]) => {
			const before = seen.get(pair) ?? [];
			seen.set(pair, [...before, written.id]);
			return before.length === 2 ? [refuse(first, `"${pair}" is already in ${before.join(' and ')}: give this person another name`)] : [];
		})
	);
}
