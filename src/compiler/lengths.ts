import { texts } from '#core/card.ts';
import type { Course } from '#core/course.ts';
import { explained, type Item } from '#core/item.ts';
import type { Key, Locale } from '#core/text.ts';
import { normal } from './banks.ts';
import type { Words, Written, WrittenCourse } from './content.ts';
import { count, figures, spoken } from './figures.ts';
import { longest } from './positions.ts';
import { refuse, warn, type Problem } from './source.ts';

/** The laws of a course's words and its exam's in one language: lengths, feedback, options. */
export function lengths(written: WrittenCourse, locale: Locale): Problem[] {
	const { course, exam } = written;
	const practice = [...course.structure.lessons.flatMap((lesson) => lesson.exercises), ...course.structure.assessment];
	return [
		...cards(course, locale),
		...mean(written, locale),
		...answers(practice, course.words[locale], locale),
		...(exam ? answers(exam.structure.items, exam.words[locale], locale) : [])
	];
}

/** A card has at most 45 words and 5 sentences, its title apart; study notes have 250-350, and some more or less in other languages. */
function cards({ structure, words: all }: Written<Course>, locale: Locale): Problem[] {
	const words = all[locale].texts;
	return structure.lessons.flatMap((lesson) => [
		...lesson.cards.flatMap((card) => {
			const body = texts(card)
				.slice(1)
				.flatMap(({ key }) => words.get(key) ?? []);
			const total = body.reduce((sum, { text }) => sum + count(text), 0);
			const sentences = body.reduce((sum, { text }) => sum + spoken(text, locale).length, 0);
			return body[0]
				? [
						...(total > 45 ? [refuse(body[0].at(), `the card "${card.id}" has ${total} words, at most 45: shorten it`)] : []),
						...(sentences > 5 ? [refuse(body[0].at(), `the card "${card.id}" has ${sentences} sentences, at most 5: shorten it`)] : [])
					]
				: [];
		}),
		...[words.get(`${lesson.id}.notes`)].flatMap((notes) => {
			const total = notes ? count(notes.text.replace(/^(?:##|-|\d+\.) /gm, '')) : 300;
			return total < 230 || total > 400
				? [refuse(notes!.at(), `the notes of "${lesson.id}" have ${total} words: write 250 to 350 (230 to 400 are accepted)`)]
				: [];
		})
	]);
}

/** The sentences of a course have 12 words on average at most; from 11 on it warns. */
function mean({ course }: WrittenCourse, locale: Locale): Problem[] {
	const average = figures({ course }, locale).mean;
	const message = `the sentences of ${locale} have ${average.toFixed(1)} words on average, at most 12 (better 11): split the long ones`;
	const place = { file: course.words[locale].files[0]!.file, line: 1 };
	return average > 12 ? [refuse(place, message)] : average > 11 ? [warn(place, message)] : [];
}

/** Feedback explains and varies; options of an item differ, and the right one does not stand out by its length. */
function answers(items: Item[], { texts: words, files }: Words, locale: Locale): Problem[] {
	const text = (key: Key) => words.get(key);
	const feedback = items.flatMap((item) => explained(item).flatMap((key) => text(key) ?? []));
	const firsts = new Map<string, number>();
	for (const { text } of feedback) {
		const first = text.match(/[\p{L}\p{N}]+/u)?.[0].toLowerCase() ?? '';
		firsts.set(first, (firsts.get(first) ?? 0) + 1);
	}
	const [often, times] = [...firsts].sort((a, b) => b[1] - a[1])[0] ?? ['', 0];
	const lists = items.flatMap((item): [string[], string?][] => {
		const own = (options: string[], under = item.id) => options.map((option) => `${under}.${option}.text`);
		if (item.kind === 'number') return [];
		if (item.kind === 'scenario')
			return item.steps.map((step) => [own(step.options, `${item.id}.${step.id}`), `${item.id}.${step.id}.${step.right}.text`]);
		return item.kind === 'choice' || item.kind === 'gap' ? [[own(item.options), `${item.id}.${item.right}.text`]] : [[own(item.options)]];
	});
	const decisions = lists.flatMap(([keys, right]) =>
		right && keys.every((key) => text(key)) && keys.includes(right)
			? [{ options: keys.map((key) => text(key)!.text.length), right: keys.indexOf(right) }]
			: []
	);
	const far = longest(decisions);
	const place = { file: files.at(-1)!.file, line: 1 };
	return [
		...feedback.flatMap((one) => {
			const length = spoken(one.text, locale).length;
			if (count(one.text) < 4)
				return [refuse(one.at(), `"${one.key}" does not explain: say in one or two sentences what this answer shows`)];
			return length > 3
				? [refuse(one.at(), `"${one.key}" has ${length} sentences: one or two are enough`)]
				: length > 2
					? [warn(one.at(), `"${one.key}" has 3 sentences: one or two are enough`)]
					: [];
		}),
		...(feedback.length >= 20 && times > feedback.length * 0.4
			? [refuse(place, `${times} of ${feedback.length} feedback texts begin with "${often}": vary them`)]
			: []),
		...lists.flatMap(([keys]) => {
			const seen = new Map<string, Key>();
			return keys.flatMap((key) => {
				const one = text(key);
				const before = one && seen.get(normal(one.text));
				if (one) seen.set(normal(one.text), key);
				return before ? [refuse(one.at(), `"${key}" reads like "${before}": let the options differ`)] : [];
			});
		}),
		...(far > 2.33 ? [refuse(place, longer(far))] : far > 1.64 ? [warn(place, longer(far))] : [])
	];
}

const longer = (far: number): string =>
	`the right option is the longest one more often than chance would have it (${far.toFixed(1)} standard deviations): make others as long`;
