import type { Course } from '#core/course.ts';
import { itemKinds, type Item } from '#core/item.ts';
import { placedItems, type PlacedItem, type WrittenCourse } from './content.ts';
import { options } from './options.ts';
import { drawings, icons, isDrawing } from './picture.ts';
import { skew } from './positions.ts';
import { refuse, type Path, type Place, type Problem } from './source.ts';

const cardKinds = ['idea', 'story', 'think', 'dialogue', 'steps', 'example', 'compare', 'summary'];
const reserved = ['course', 'descriptor'];

/** The laws of a course's structure and its exam's: names, counts, kinds, keys, coverage, pictures, positions of right options. */
export function structure(written: WrittenCourse): Problem[] {
	const items = placedItems(written);
	return [
		...names(written, items),
		...lessons(written),
		...items.flatMap(options),
		...coverage(written, items),
		...positions(written, items)
	];
}

/** Every name is used once, and tells where its owner belongs. */
function names({ course }: WrittenCourse, items: PlacedItem[]): Problem[] {
	const { structure: it, place } = course;
	const named: { id: string; at: Place; within?: string }[] = [
		...it.outcomes.map(({ id }, index) => ({ id, at: place(['outcomes', index, 'id']) })),
		...it.glossary.map((id, index) => ({ id, at: place(['glossary', index]) })),
		...it.lessons.flatMap((lesson, index) => [
			{ id: lesson.id, at: place(['lessons', index, 'id']) },
			...lesson.cards.map(({ id }, at) => ({ id, at: place(['lessons', index, 'cards', at, 'id']), within: lesson.id })),
			...lesson.exercises.map(({ id }, at) => ({ id, at: place(['lessons', index, 'exercises', at, 'id']), within: lesson.id }))
		]),
		...items.filter(({ bank }) => bank !== 'exercise').map(({ item, place }) => ({ id: item.id, at: place(['id']) }))
	];
	const first = new Map<string, Place>();
	return named.flatMap(({ id, at, within }) => {
		const before = first.get(id);
		first.set(id, before ?? at);
		if (before) return [refuse(at, `"${id}" is already the name of something in ${before.file}:${before.line}: choose another`)];
		if (reserved.includes(id)) return [refuse(at, `"${id}" is the name of a part of every course: choose another`)];
		if (within && !id.startsWith(`${within}-`))
			return [refuse(at, `"${id}" belongs to the lesson "${within}": let its name start with "${within}-"`)];
		return [];
	});
}

/** A lesson takes 12-15 minutes and has 8 cards of at least 4 kinds, a summary last, no picture twice, and exercises of at least 3 kinds. */
function lessons({ course: { structure, place } }: WrittenCourse): Problem[] {
	const cards = structure.lessons.flatMap((lesson) => lesson.cards);
	const unused = cardKinds.filter((kind) => !cards.some((card) => card.kind === kind));
	const missing = (items: Item[]) => itemKinds.filter((kind) => !items.some((item) => item.kind === kind));
	const banks: [Path, string, Item[]][] = [
		[['lessons'], 'exercises', structure.lessons.flatMap((lesson) => lesson.exercises)],
		[['assessment'], 'self-assessment', structure.assessment]
	];
	return [
		...(unused.length ? [refuse(place(['lessons']), `no card of the kind ${unused.join(', ')}: every kind is used in a course`)] : []),
		...banks.flatMap(([path, name, items]) =>
			missing(items).length
				? [refuse(place(path), `the ${name} have no item of the kind ${missing(items).join(', ')}: every kind is used`)]
				: []
		),
		...structure.lessons.flatMap((lesson, at) => lessonLaws(lesson, (path) => place(['lessons', at, ...path])))
	];
}

function lessonLaws({ id, minutes, cards, exercises }: Course['lessons'][number], place: (path: Path) => Place): Problem[] {
	const kinds = (things: { kind: string }[]) => new Set(things.map(({ kind }) => kind)).size;
	const seen = new Map<string, string>();
	return [
		...(minutes < 12 || minutes > 15
			? [refuse(place(['minutes']), `the lesson "${id}" takes ${minutes} minutes: plan it for 12 to 15`)]
			: []),
		...(cards.length === 8 ? [] : [refuse(place(['cards']), `the lesson "${id}" has ${cards.length} cards: it must have 8`)]),
		...(kinds(cards) < 4 ? [refuse(place(['cards']), `the lesson "${id}" has cards of ${kinds(cards)} kinds: use at least 4`)] : []),
		...(cards.at(-1)?.kind === 'summary'
			? []
			: [refuse(place(['cards', cards.length - 1]), `the last card of "${id}" must be of the kind "summary"`)]),
		...(kinds(exercises) < 3
			? [refuse(place(['exercises']), `the exercises of "${id}" are of ${kinds(exercises)} kinds: use at least 3`)]
			: []),
		...cards.flatMap((card, at) => {
			const where = place(['cards', at, 'picture']);
			const name = [...card.picture].sort().join('+');
			const before = seen.get(name);
			seen.set(name, card.id);
			return [
				...card.picture.flatMap((name, n) => {
					const known = isDrawing(name) ? drawings().has(name) : icons().has(name);
					const set = isDrawing(name) ? 'content/drawings' : 'the licensed set (@iconify-json/fluent-emoji-flat)';
					return known ? [] : [refuse(place(['cards', at, 'picture', n]), `the picture "${name}" is not in ${set}: choose another`)];
				}),
				...(card.picture.length > 1 && card.picture.some(isDrawing)
					? [
							refuse(
								place(['cards', at, 'picture', card.picture.findIndex(isDrawing)]),
								`a drawing fills the picture of "${card.id}": leave out what stands beside it`
							)
						]
					: []),
				...(before ? [refuse(where, `the picture of "${card.id}" is already that of "${before}" in this lesson: choose another`)] : [])
			];
		})
	];
}

/** Every outcome is practised once, self-assessed 4 times and examined 4 times; half of all items start from a scene. */
function coverage({ course, exam }: WrittenCourse, items: PlacedItem[]): Problem[] {
	const outcomes = course.structure.outcomes;
	const least = { exercise: 1, assessment: 4, exam: 4 } as const;
	const names = { exercise: 'exercise', assessment: 'self-assessment item', exam: 'exam item' } as const;
	const scenes = items.filter(({ item }) => item.scene || item.kind === 'scenario').length;
	return [
		...items
			.filter(({ item }) => !outcomes.some(({ id }) => id === item.outcome))
			.map(({ item, place }) =>
				refuse(
					place(['outcome']),
					`"${item.id}": "${item.outcome}" is no outcome of the course: use one of ${outcomes.map(({ id }) => id).join(', ')}`
				)
			),
		...outcomes.flatMap(({ id }, at) =>
			(['exercise', 'assessment', 'exam'] as const).flatMap((bank) => {
				const count = items.filter((one) => one.bank === bank && one.item.outcome === id).length;
				if (count >= least[bank] || (bank === 'exam' && !exam)) return [];
				return [
					refuse(
						course.place(['outcomes', at]),
						`the outcome "${id}" has ${count} of at least ${least[bank]} ${names[bank]}${least[bank] > 1 ? 's' : ''}: write more`
					)
				];
			})
		),
		...(scenes * 2 < items.length
			? [refuse(course.place(['lessons']), `${scenes} of ${items.length} items start from a scene: at least half must`)]
			: [])
	];
}

/** The right option stands in every position about equally often, in practice and in the exam. */
function positions({ course, exam }: WrittenCourse, items: PlacedItem[]): Problem[] {
	const test = (place: Place, some: PlacedItem[]) => {
		const told = skew(
			some.flatMap(({ item }) => (item.kind === 'choice' || item.kind === 'gap' ? [item] : item.kind === 'scenario' ? item.steps : []))
		);
		return told ? [refuse(place, told)] : [];
	};
	return [
		...test(
			course.place(['lessons']),
			items.filter(({ bank }) => bank !== 'exam')
		),
		...(exam
			? test(
					exam.place(['items']),
					items.filter(({ bank }) => bank === 'exam')
				)
			: [])
	];
}
