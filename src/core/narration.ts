import * as z from 'zod/mini';
import { texts } from './card.ts';
import { asked, explained } from './item.ts';
import { tryKeys } from './course.ts';
import { spokenNotes } from './notes.ts';
import { FileRef, Sha256, known, type PackedCourse, type PackedItem } from './pack.ts';
import { Id, Locale, type Words } from './text.ts';

/** The two parts of a voice: `cards` (cards, glossary words) and `rest` (notes, tasks, questions, feedback). */
export const Part = z.enum(['cards', 'rest']);
export type Part = z.infer<typeof Part>;

/** What a learner downloads: words alone; with spoken cards; with everything spoken. */
export const Tier = z.enum(['text', 'cards', 'everything']);
export type Tier = z.infer<typeof Tier>;
export const parts: Record<Tier, Part[]> = { text: [], cards: ['cards'], everything: ['cards', 'rest'] };

/** One recording: a few texts read one after the other. */
export type Clip = { id: string; part: Part; texts: { text: string; speaker: 0 | 1 | 2 }[] };

/**
 * Every clip of a course in one language. Its id is that of the card (`listen-noise`), the item (`listen-e1`: scene,
 * question and options), a feedback text (`listen-e1.a.feedback`), `<lesson>.notes`, `<lesson>.try`, or `<word>.word`.
 */
export function clips(course: PackedCourse, words: Words): Clip[] {
	const say = (key: string) => words[key] ?? '';
	const plain = (id: string, part: Part, keys: string[]): Clip => ({
		id,
		part,
		texts: keys.map((key) => ({ text: say(key), speaker: 0 }))
	});
	const item = (one: PackedItem): Clip[] =>
		known(one)
			? [
					{ id: one.id, part: 'rest', texts: asked(one).map((key) => ({ text: say(key).replace('___', '…'), speaker: 0 })) },
					...explained(one).map((key) => plain(key, 'rest', [key]))
				]
			: [];
	return [
		...course.lessons.flatMap((lesson) =>
			lesson.cards
				.filter(known)
				.map((card): Clip => ({ id: card.id, part: 'cards', texts: texts(card).map(({ key, speaker }) => ({ text: say(key), speaker })) }))
		),
		...course.glossary.map((word) => plain(`${word}.word`, 'cards', [`${word}.word`, `${word}.meaning`])),
		...course.lessons.flatMap((lesson): Clip[] => [
			{ id: `${lesson.id}.notes`, part: 'rest', texts: spokenNotes(say(`${lesson.id}.notes`)).map((text) => ({ text, speaker: 0 })) },
			plain(`${lesson.id}.try`, 'rest', tryKeys(lesson)),
			...lesson.exercises.flatMap(item)
		]),
		...course.assessment.flatMap(item)
	];
}

const milliseconds = z.number().check(z.int(), z.gte(0));

/** A clip as it was recorded. Cues name a text of the clip by its place, from 0. */
export const Recording = z.strictObject({
	id: z.string(),
	kind: z.enum(['synthetic', 'human']),
	milliseconds,
	mp3: FileRef,
	ogg: FileRef,
	/** When each sentence begins: [text, sentence, milliseconds], as `sentences` cuts the text. */
	sentences: z.array(z.tuple([z.number(), z.number(), milliseconds])),
	/** When each word begins: [text, offset in UTF-16 units, milliseconds]. */
	words: z.array(z.tuple([z.number(), z.number(), milliseconds]))
});
export type Recording = z.infer<typeof Recording>;

/** The voice of a course in one language and part. It lies at `packs/<course>/<locale>.<part>.json`, signed. */
export const Voice = z.object({
	format: z.literal(1),
	course: Id,
	locale: Locale,
	part: Part,
	/** The SHA-256 of the text that it reads; a voice for another text is not used. */
	text: Sha256,
	/** What made it, in words, as `eSpeak NG 1.52 el`. */
	engine: z.string(),
	recordings: z.array(Recording)
});
export type Voice = z.infer<typeof Voice>;

/** How far the preparing of a voice is: the reply with status 202 while it is being made. */
export const Preparing = z.object({ preparing: z.object({ done: z.number(), of: z.number() }) });
export type Preparing = z.infer<typeof Preparing>;

/** The bytes a voice takes in one sound format. */
export const voiceBytes = (voice: Voice, sound: 'mp3' | 'ogg'): number =>
	voice.recordings.reduce((sum, recording) => sum + recording[sound].bytes, 0);

/** MP3 at 32 kbit/s and 22.05 kHz starts this many milliseconds late (encoder delay); Ogg Opus does not. Cues are for Ogg. */
export const mp3Delay = 50;

/** The sentence that is being read at a time of a clip: [text, sentence], undefined before the first. */
export function reading(recording: Recording, at: number): [text: number, sentence: number] | undefined {
	let found: [number, number] | undefined;
	for (const [text, sentence, from] of recording.sentences) {
		if (from > at) break;
		found = [text, sentence];
	}
	return found;
}
