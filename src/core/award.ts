import * as z from 'zod/mini';
import { Id, Locale, Words } from './text.ts';

/** The certification body as a credential names it. `identifier` is its legal number (eIDAS), `country` an ISO 3166-1 alpha-3 code. */
export const Issuer = z.strictObject({
	name: z.record(Locale, z.string()),
	identifier: z.string(),
	country: z.string().check(z.regex(/^[A-Z]{3}$/)),
	homepage: z.string(),
	/** True for a development chain: its seal is no qualified electronic seal, and every screen says so. */
	development: z.boolean()
});
export type Issuer = z.infer<typeof Issuer>;

/** One micro-credential that was awarded, as the register has it. Everything that a credential says is made from awards, in whatever format. */
export const Award = z.strictObject({
	/** `urn:uuid:…`, the id of the credential in every format. */
	id: z.string().check(z.regex(/^urn:uuid:[0-9a-f-]{36}$/)),
	/** The certificate's number, as `C-000123`. */
	number: z.string(),
	course: Id,
	edition: z.number(),
	holder: z.strictObject({ name: z.string(), born: z.string() }),
	/** When it was decided and issued, and until when it is valid, in milliseconds since 1970. */
	issued: z.number(),
	until: z.optional(z.number()),
	/** Percent of points, 0 to 100. */
	score: z.number(),
	scheme: z.strictObject({ id: Id, version: z.number(), edition: z.string() }),
	/** Where its bit stands in the status list. */
	status: z.strictObject({ list: z.string(), index: z.number() })
});
export type Award = z.infer<typeof Award>;

/** What a credential says about the micro-credential itself: from the catalogue and the course's `about`. */
export const Described = z.object({
	course: Id,
	/** Its place among the twenty, from 1. */
	place: z.number(),
	framework: z.enum(['lifecomp', 'digcomp', 'entrecomp', 'greencomp']),
	competence: z.string(),
	eqf: z.union([z.literal(4), z.literal(5)]),
	/** Hours of workload. */
	hours: z.number(),
	/** Whether level and workload are provisional. */
	provisional: z.boolean(),
	outcomes: z.array(z.object({ id: Id, type: z.enum(['knowledge', 'skill', 'responsibility-autonomy']), source: z.string() })),
	/** Keys: `course.title`, `course.plain`, `descriptor.<name>`, `<outcome>.text`. */
	words: z.record(Locale, Words)
});
export type Described = z.infer<typeof Described>;
