import * as z from 'zod/mini';
import { Card, silent, texts, type Picture } from './card.ts';
import { Item, asked, explained } from './item.ts';
import { Id, Locale, type Key } from './text.ts';

export const Framework = z.enum(['lifecomp', 'digcomp', 'entrecomp', 'greencomp']);
export type Framework = z.infer<typeof Framework>;

/** What a learner can do at the end: its words are `<id>.text`. */
const Outcome = z.strictObject({
	id: Id,
	type: z.enum(['knowledge', 'skill', 'responsibility-autonomy']),
	/** The statement of the framework it is built from, in short. */
	source: z.string()
});
type Outcome = z.infer<typeof Outcome>;

export const Lesson = z.strictObject({
	id: Id,
	minutes: z.number().check(z.int(), z.gte(5), z.lte(20)),
	cards: z.array(Card).check(z.minLength(8)),
	exercises: z.array(Item).check(z.minLength(5))
});
export type Lesson = z.infer<typeof Lesson>;

/** Who wrote the words of one language, and who read them over. */
const Origin = z.strictObject({
	drafted: z.enum(['language-model', 'person']),
	reviewed: z.nullable(z.strictObject({ by: z.string(), on: z.string() }))
});

/** The structure of a course: ids, kinds, keys and pictures, but no words. */
export const Course = z.strictObject({
	id: Id,
	/** Raised by hand with every release; an older edition never replaces a newer one. */
	edition: z.number().check(z.int(), z.gte(1)),
	/** Elements of the descriptor (Council Recommendation 2022/C 243/02, Annex I) that are not words. */
	descriptor: z.strictObject({
		eqf: z.strictObject({ level: z.union([z.literal(4), z.literal(5)]), provisional: z.boolean() }),
		workload: z.strictObject({ hours: z.number().check(z.gt(0)), provisional: z.boolean() }),
		part: z.strictObject({ of: z.literal(20), provisional: z.boolean() })
	}),
	origin: z.record(Locale, Origin),
	outcomes: z.array(Outcome).check(z.minLength(4), z.maxLength(6)),
	lessons: z.array(Lesson).check(z.length(4)),
	assessment: z.array(Item).check(z.minLength(24)),
	/** Words that need explaining: `<id>.word` and `<id>.meaning`. */
	glossary: z.array(Id).check(z.minLength(8), z.maxLength(12))
});
export type Course = z.infer<typeof Course>;

/** The bank of a certification exam: its own file, never in a pack. */
export const ExamBank = z.strictObject({ course: Id, items: z.array(Item).check(z.minLength(30)) });
export type ExamBank = z.infer<typeof ExamBank>;

/** Elements of the descriptor that are words, of every course. */
const descriptorKeys = [
	'award',
	'assessment',
	'participation',
	'quality',
	'prerequisites',
	'supervision',
	'grade',
	'stackability',
	'further'
] as const;

/** The texts that a learner reads before the download. */
export const aboutKeys = (course: Pick<Course, 'outcomes'>): Key[] => [
	...descriptorKeys.map((name) => `descriptor.${name}`),
	...course.outcomes.map((outcome) => `${outcome.id}.text`)
];

const courseKeys = (course: Course): Key[] => [
	...aboutKeys(course),
	...course.glossary.flatMap((word) => [`${word}.word`, `${word}.meaning`])
];

/** The task for real life and its two questions, spoken one after the other. */
export const tryKeys = (lesson: { id: string }): Key[] => [`${lesson.id}.try`, `${lesson.id}.ask-1`, `${lesson.id}.ask-2`];

const lessonKeys = (lesson: Lesson): Key[] => [
	...['title', 'goal', 'notes'].map((name) => `${lesson.id}.${name}`),
	...tryKeys(lesson),
	...lesson.cards.flatMap((card) => [...texts(card).map(({ key }) => key), ...silent(card)]),
	...itemKeys(lesson.exercises)
];

export const itemKeys = (items: Item[]): Key[] => items.flatMap((item) => [...asked(item), ...explained(item)]);

/** Every text of a course by the file that holds it: `course`, one for each lesson, `assessment`. */
export const files = (course: Course): Record<string, Key[]> => ({
	course: courseKeys(course),
	...Object.fromEntries(course.lessons.map((lesson) => [lesson.id, lessonKeys(lesson)])),
	assessment: itemKeys(course.assessment)
});

/** Every item that a learner can practise with, exercises first. */
export const items = (course: Course): Item[] => [...course.lessons.flatMap((lesson) => lesson.exercises), ...course.assessment];

export const pictures = (course: Course): Picture[] => course.lessons.flatMap((lesson) => lesson.cards.map((card) => card.picture));

/** One of the twenty micro-credentials as the catalogue lists it; its words are `<id>.title`, `<id>.plain`, `<id>.promise`. */
export const Credential = z.strictObject({
	id: Id,
	framework: Framework,
	/** The competence's code within its framework, as `S2` or `1.1`. */
	competence: z.string(),
	eqf: z.union([z.literal(4), z.literal(5)]),
	minutes: z.number(),
	picture: z.string(),
	provisional: z.boolean(),
	status: z.enum(['proposed', 'official'])
});
export type Credential = z.infer<typeof Credential>;
