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

/** What the shelf offers: the twenty, their words, and the pack of each course that is written. It lies at `packs/catalogue.json`, signed. */
export const Catalogue = z.object({
	format: z.literal(format),
	credentials: z.array(Credential),
	words: z.record(Locale, Words),
	/** SVG by the name in `Credential.picture`. */
	pictures: z.optional(z.record(z.string(), z.string())),
	packs: z.record(Id, z.strictObject({ edition: z.number(), text: FileRef }))
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

/** The text of a course in all its languages: the content of a `pack` file, JSON under gzip. */
export const Pack = z.object({
	format: z.literal(format),
	course: PackedCourse,
	words: z.record(Locale, Words),
	/** SVG by picture name (`pictureName`); shown as images, never put into the page as markup. */
	pictures: z.record(z.string(), z.string()),
	/** The identity of each item: the first 16 hex digits of the SHA-256 of `identity(item)`. */
	identities: z.record(Id, z.string())
});
export type Pack = z.infer<typeof Pack>;

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
