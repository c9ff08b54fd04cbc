import { texts } from '#core/card.ts';
import { asked, explained, type Item } from '#core/item.ts';
import { blocks } from '#core/notes.ts';
import { sentences, type Key, type Locale } from '#core/text.ts';
import type { Words, Written, WrittenCourse } from './content.ts';
import type { Course } from '#core/course.ts';

/** How many words a text has; a gap counts as one. */
export const count = (text: string): number => text.split(/\s+/).filter((token) => /[\p{L}\p{N}]|_{3}/u.test(token)).length;

/** A sentence of a text: its words, how many, and where it starts in the text. */
export type Spoken = { text: string; words: number; offset: number };

/** The sentences of a text. In study notes, line by line, without their marks; headings apart. */
export function spoken(text: string, locale: Locale, notes = false): (Spoken & { heading: boolean })[] {
	let offset = 0;
	return (notes ? text.split('\n') : [text]).flatMap((line) => {
		const from = offset;
		offset += line.length + 1;
		const block = notes ? blocks(line)[0] : undefined;
		const body = block ? block.lines[0]!.text : notes ? '' : line;
		return sentences(body, locale).map(({ start, end }) => {
			const sentence = body.slice(start, end);
			return { text: sentence, words: count(sentence), offset: from + (notes ? 0 : start), heading: block?.kind === 'heading' };
		});
	});
}

/** The texts of a course whose sentences are measured: cards without titles, notes, items without single words (units, options of gaps). */
export function prose(course: Course): Key[] {
	const item = (one: Item): Key[] =>
		[...asked(one), ...explained(one)].filter(
			(key) => !key.endsWith('.unit') && !(one.kind === 'gap' && one.options.some((option) => key === `${one.id}.${option}.text`))
		);
	return [
		...course.lessons.flatMap((lesson) => [
			...lesson.cards.flatMap((card) =>
				texts(card)
					.slice(1)
					.map(({ key }) => key)
			),
			`${lesson.id}.notes`,
			...lesson.exercises.flatMap(item)
		]),
		...course.assessment.flatMap(item)
	];
}

/** Figures of a course in one language: `mean` and `longest` in words a sentence, `scenes` as a share of all items. */
export type Figures = { words: number; cards: number; sentences: number; mean: number; longest: number; scenes: number };

/** Measures a course in one language. The words are those of all its texts, without the exam. */
export function figures({ course }: Pick<WrittenCourse, 'course'>, locale: Locale): Figures {
	const { structure } = course;
	const words: Words = course.words[locale];
	const all = measured(course, locale).filter(({ heading }) => !heading);
	const items = [...structure.lessons.flatMap((lesson) => lesson.exercises), ...structure.assessment];
	return {
		words: [...words.texts.values()].reduce((sum, { text }) => sum + count(text), 0),
		cards: structure.lessons.reduce((sum, lesson) => sum + lesson.cards.length, 0),
		sentences: all.length,
		mean: all.length ? all.reduce((sum, sentence) => sum + sentence.words, 0) / all.length : 0,
		longest: Math.max(0, ...all.map((sentence) => sentence.words)),
		scenes: items.filter((item) => item.scene || item.kind === 'scenario').length / items.length
	};
}

const measured = ({ structure, words }: Written<Course>, locale: Locale) =>
	prose(structure).flatMap((key) => {
		const found = words[locale].texts.get(key);
		return found ? spoken(found.text, locale, key.endsWith('.notes')) : [];
	});
