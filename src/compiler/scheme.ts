import { Scheme, schemeKeys } from '#core/scheme.ts';
import { locales, type Locale } from '#core/text.ts';
import { readWords, type Words, type Written, type WrittenCourse } from './content.ts';
import { keys } from './keys.ts';
import { shape } from './shape.ts';
import { read, refuse, type Problem } from './source.ts';
import { wording } from './wording.ts';

/** Reads the certification scheme of a project and its words, and checks them: words in every language, and exam banks that are large enough for it. */
export function readScheme(root: string, courses: WrittenCourse[]): { scheme?: Written<Scheme>; problems: Problem[] } {
	const { source, problems } = read(root, 'content/scheme.yaml');
	if (!source) return { problems };
	const { value, problems: unfit } = shape(source, Scheme);
	if (!value) return { problems: unfit };
	const words = Object.fromEntries(
		locales.map((locale) => [locale, readWords(root, 'content/scheme', { [locale]: schemeKeys }, problems, locales)])
	) as Record<Locale, Words>;
	const twice = value.accommodations.flatMap((name, at) =>
		value.accommodations.indexOf(name) < at
			? [refuse(source.at(['accommodations', at]), `the accommodation "${name}" stands above: remove one of the two`)]
			: []
	);
	problems.push(
		...twice,
		...courses.flatMap((written) => small(written, value)),
		...locales.flatMap((locale) => [...keys(words[locale]), ...wording(words[locale], words.en, locale)])
	);
	return { scheme: { structure: value, place: source.at, words }, problems };
}

/** A form of the scheme must be possible: enough items, and of each outcome its even part. */
function small({ course, exam }: WrittenCourse, { items }: Scheme): Problem[] {
	if (!exam) return [];
	const { outcomes } = course.structure;
	const least = Math.floor(items.value / outcomes.length);
	const held = exam.structure.items;
	return [
		...(held.length < items.value
			? [
					refuse(
						exam.place(['items']),
						`the bank has ${held.length} items, a form of content/scheme.yaml has ${items.value}: write what is missing`
					)
				]
			: []),
		...outcomes.flatMap(({ id }) => {
			const own = held.filter(({ outcome }) => outcome === id).length;
			return own < least
				? [refuse(exam.place(['items']), `"${id}" has ${own} exam items, each form needs ${least} of this outcome: write what is missing`)]
				: [];
		})
	];
}
