import * as z from 'zod/mini';

const count = (usual: number) => z._default(z.coerce.number().check(z.int(), z.gte(0)), usual);
const path = (usual: string) => z._default(z.string().check(z.minLength(1)), usual);
const list = (separator: string, usual: string) =>
	z.pipe(
		path(usual),
		z.transform((text: string) => text.split(separator).filter(Boolean))
	);

/** What can be set from outside, by environment variables, and what holds if it is not. Paths are from the folder where the endpoint is started. */
export const Settings = z.object({
	PORT: count(3000),
	/** The address to listen on; all of them if it is not set. */
	HOST: z.optional(z.string()),
	DATABASE: path('.data/passport.db'),
	RECEIPT_KEY: path('.keys/receipt.json'),
	/** The records of the certification body, apart from answers. */
	CERTIFICATION: path('.data/certification.db'),
	/** The file of the seal; and the program that signs with its key, if the key is elsewhere, with its arguments. */
	SEAL_KEY: path('.keys/seal.json'),
	SEAL_CMD: list(' ', ' '),
	/** The keys that responses of an exam are sealed to, and that prove badges. */
	EXAM_KEY: path('.keys/exam.json'),
	BADGE_KEY: path('.keys/badge.json'),
	/** The endpoint's address as others reach it, which stands in credentials: without a slash at the end. */
	BASE: z.optional(z.string().check(z.regex(/^https?:\/\/[^\s?#]+[^\s?#/]$/))),
	/** The built app, and its packs. */
	FOLDER: path('build/app'),
	PACKS: path('build/packs'),
	/** What the build makes for certification: banks with keys and the scheme, and pictures for credentials. */
	EXAMS: path('build/exams'),
	PORTRAITS: path('build/portraits'),
	/** Other sites whose pages may use the endpoint, as `https://app.example,https://other.example`. */
	ORIGINS: z.pipe(
		z._default(z.string(), ''),
		z.transform((text: string) =>
			text
				.split(',')
				.map((each) => each.trim())
				.filter(Boolean)
		)
	),
	/** Requests of a device: a minute in the long run (0: no limit), and at once. */
	RATE: count(30),
	BURST: count(60),
	/** Enrolments from one address: a class behind one line must get in. */
	ENROL_RATE: count(60),
	ENROL_BURST: count(200),
	/** Requests of a candidate, and of one of the people of the certification body. */
	OFFICE_RATE: count(120),
	OFFICE_BURST: count(240),
	/** 1 if a proxy of ours stands before the endpoint and writes `x-forwarded-for`. */
	PROXIED: z._default(z.enum(['0', '1']), '0'),
	/** The program that makes a voice, with its arguments. */
	NARRATE: list(' ', 'node --import tsx src/compiler/narrate.ts'),
	/** Seconds before a voice that failed is tried again. */
	NARRATE_PAUSE: count(60)
});
export type Settings = z.infer<typeof Settings>;
