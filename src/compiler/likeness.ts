import { texts } from '#core/card.ts';
import { asked } from '#core/item.ts';
import type { Key } from '#core/text.ts';
import { normal } from './banks.ts';
import { placedItems, type WrittenCourse } from './content.ts';
import { refuse, type Place, type Problem } from './source.ts';

/** A text that stands in one course: a card, what an item asks, or one option. */
type Piece = { course: string; key: Key; kind: 'card' | 'item' | 'option'; shingles: Set<string>; place: Place };
/** Two texts of two courses, and how alike they are: shared runs of words as a share of all of both (Jaccard), 0 to 1. */
export type Pair = { one: Piece; other: Piece; likeness: number };

const run = { card: 3, item: 3, option: 2 } as const;

/** All runs of so many words. */
function shingles(text: string, length: number): Set<string> {
	const words = normal(text).split(' ');
	return new Set(Array.from({ length: Math.max(0, words.length - length + 1) }, (_, at) => words.slice(at, at + length).join(' ')));
}

function pieces({ id, course, exam }: WrittenCourse): Piece[] {
	const piece = (kind: Piece['kind'], keys: Key[], from: typeof course | typeof exam): Piece[] => {
		const found = keys.flatMap((key) => from?.words.en.texts.get(key) ?? []);
		const set = shingles(found.map(({ text }) => text).join(' '), run[kind]);
		return found[0] && set.size >= 4 ? [{ course: id, key: keys[0]!, kind, shingles: set, place: found[0].at() }] : [];
	};
	return [
		...course.structure.lessons.flatMap((lesson) =>
			lesson.cards.flatMap((card) =>
				piece(
					'card',
					texts(card).map(({ key }) => key),
					course
				)
			)
		),
		...placedItems({ id, course, exam }).flatMap(({ item, bank }) => {
			const from = bank === 'exam' ? exam : course;
			const keys = asked(item);
			const options = keys.filter((key) => /\.text$/.test(key));
			return [
				...piece(
					'item',
					keys.filter((key) => !options.includes(key)),
					from
				),
				...options.flatMap((key) => piece('option', [key], from))
			];
		})
	];
}

/** All texts of two courses that have a run of words in common, by the English words. A short option may say the same: it has too few runs to count. */
function pairs(courses: WrittenCourse[]): Pair[] {
	const all = courses.flatMap(pieces);
	const owners = new Map<string, number[]>();
	return all.flatMap((one, at) => {
		const common = new Map<number, number>();
		for (const shingle of one.shingles) {
			const key = `${one.kind} ${shingle}`;
			const before = owners.get(key) ?? [];
			for (const other of before) common.set(other, (common.get(other) ?? 0) + 1);
			owners.set(key, [...before, at]);
		}
		return [...common].flatMap(([index, count]) => {
			const other = all[index]!;
			return other.course === one.course ? [] : [{ one, other, likeness: count / (one.shingles.size + other.shingles.size - count) }];
		});
	});
}

/** No text is more than half the text of another course (problems); and for each course the text that is most like one of another (nearest). */
export function likeness(courses: WrittenCourse[]): { problems: Problem[]; nearest: Map<string, Pair> } {
	const nearest = new Map<string, Pair>();
	const all = pairs(courses);
	for (const pair of all)
		for (const { course } of [pair.one, pair.other]) if (pair.likeness > (nearest.get(course)?.likeness ?? 0)) nearest.set(course, pair);
	const problems = all
		.filter((pair) => pair.likeness > 0.5)
		.map(({ one, other, likeness }) =>
			refuse(
				one.place,
				`"${one.key}" is ${Math.round(likeness * 100)} % the text of "${other.key}" in ${other.place.file}:${other.place.line}: write another`
			)
		);
	return { problems, nearest };
}
