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
	/** The built app, and its packs. */
	FOLDER: path('build/app'),
	PACKS: path('build/packs'),
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
	/** 1 if a proxy of ours stands before the endpoint and writes `x-forwarded-for`. */
	PROXIED: z._default(z.enum(['0', '1']), '0'),
	/** The program that makes a voice, with its arguments. */
	NARRATE: list(' ', 'node --import tsx src/compiler/narrate.ts'),
	/** Seconds before a voice that failed is tried again. */
	NARRATE_PAUSE: count(60)
});
export type Settings = z.infer<typeof Settings>;
