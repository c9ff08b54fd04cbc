import * as z from 'zod/mini';
import { Card } from './card.ts';
import { Course, Credential, Lesson } from './course.ts';
import { Item } from './item.ts';
import { Id, Locale, Words } from './text.ts';

/** The format of packs that this app writes and reads; a higher one is refused with "newer". */
export const format = 1;

export const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/));

/** A file of a pack: its SHA-256 (hex), which is its name, and its size in bytes. It lies at `packs/files/<sha256>.<type>`. */
export const FileRef = z.strictObject({ sha256: Sha256, bytes: z.number().check(z.int(), z.gte(1)), type: z.enum(['pack', 'mp3', 'ogg']) });
export type FileRef = z.infer<typeof FileRef>;

/** A signed text: `payload` is JSON, `signature` is ECDSA P-256 over its UTF-8 bytes with SHA-256 (r and s, base64url). */
export const Signed = z.strictObject({ payload: z.string(), signature: z.string().check(z.regex(/^[A-Za-z0-9_-]{86}$/)) });
export type Signed = z.infer<typeof Signed>;

/** The pack of a course as it is offered: its edition and its two files, the text and the pictures. */
export const Offered = z.strictObject({ edition: z.number(), text: FileRef, pictures: FileRef });
export type Offered = z.infer<typeof Offered>;

/** Whether two packs have the same files. */
export const same = (one: Offered, other: Offered): boolean =>
	one.text.sha256 === other.text.sha256 && one.pictures.sha256 === other.pictures.sha256;

/** What the shelf offers: the twenty, their words, and the pack of each course that is written. It lies at `packs/catalogue.json`, signed. */
export const Catalogue = z.object({
	format: z.literal(format),
	credentials: z.array(Credential),
	words: z.record(Locale, Words),
	/** SVG by the name in `Credential.picture`. */
	pictures: z.optional(z.record(z.string(), z.string())),
	packs: z.record(Id, Offered)
});
export type Catalogue = z.infer<typeof Catalogue>;

const later = z.pipe(
	z.looseObject({ id: Id, kind: z.string() }),
	z.transform(({ id }) => ({ id, kind: 'later' as const }))
);

/** A card, item or anything else whose kind this app does not know yet: shown as "needs a newer app", never a reason to fail. */
export type Later = { id: Id; kind: 'later' };
export const PackedCard = z.union([Card, later]);
export type PackedCard = z.infer<typeof PackedCard>;
export const PackedItem = z.union([Item, later]);
export type PackedItem = z.infer<typeof PackedItem>;
const PackedLesson = z.object({ ...Lesson.shape, cards: z.array(PackedCard), exercises: z.array(PackedItem) });
export type PackedLesson = z.infer<typeof PackedLesson>;
export const PackedCourse = z.object({ ...Course.shape, lessons: z.array(PackedLesson), assessment: z.array(PackedItem) });
export type PackedCourse = z.infer<typeof PackedCourse>;

const identities = z.record(Id, z.string());

/** The text file of a course, JSON under gzip: all its languages, each a list of texts in the order of `keys`, so that a key stands once. */
export const TextFile = z.object({
	format: z.literal(format),
	course: PackedCourse,
	keys: z.array(z.string()),
	words: z.record(Locale, z.array(z.string())),
	identities
});
export type TextFile = z.infer<typeof TextFile>;

/** The pictures file of a course, JSON under gzip: SVG by picture name. */
export const PicturesFile = z.object({ format: z.literal(format), pictures: z.record(z.string(), z.string()) });
export type PicturesFile = z.infer<typeof PicturesFile>;

/** A course as the app works with it. */
export type Pack = {
	course: PackedCourse;
	words: Record<Locale, Words>;
	/** SVG by picture name (`pictureName`); shown as images, never put into the page as markup. */
	pictures: Record<string, string>;
	/** The identity of each item: the first 16 hex digits of the SHA-256 of `identity(item)`. */
	identities: Record<string, string>;
};

/** The pack of a course out of its files. A text that a list lacks is missing under its key. */
export function assembled({ course, keys, words, identities }: TextFile, { pictures }: PicturesFile): Pack {
	const byKey = (texts: string[]): Words =>
		Object.fromEntries(keys.flatMap((key, at) => (texts[at] === undefined ? [] : [[key, texts[at]]])));
	return {
		course,
		words: Object.fromEntries(Object.entries(words).map(([locale, texts]) => [locale, byKey(texts)])) as Pack['words'],
		pictures,
		identities
	};
}

/** The name of a picture in a pack. */
export const pictureName = (icons: string[]): string => icons.join('+');

/** What a learner reads of a course before the download: descriptor and outcomes. It lies at `packs/<course>/about.json`, signed. */
export const About = z.object({
	format: z.literal(format),
	course: Id,
	descriptor: Course.shape.descriptor,
	origin: Course.shape.origin,
	outcomes: Course.shape.outcomes,
	words: z.record(Locale, Words)
});
export type About = z.infer<typeof About>;

/** Whether the app knows the kind. */
export const known = <T extends { kind: string }>(thing: T | Later): thing is T => thing.kind !== 'later';
