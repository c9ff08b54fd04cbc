import * as z from 'zod/mini';
import { Id, locales, type Locale } from '#core/text.ts';

/** A text in those languages that the credential has. */
export type Text = Partial<Record<Locale, string>>;

/** What one achievement in a credential says of itself. What it does not say is missing, never guessed. */
export type Achievement = {
	title: Text;
	description: Text;
	outcomes: Text[];
	/** Skills of ESCO that the credential names, by their address. */
	skills: { id: string; title: Text }[];
	/** Level of the European Qualifications Framework. */
	level?: number | undefined;
	hours?: number | undefined;
	body: Text;
	assessment: Text;
	supervision: Text;
	mode: Text;
	grade: Text;
	notes: Text[];
};

/** What a European Digital Credential says, to be read by people. Nothing of it is checked here. */
export type Contents = {
	id: string;
	/** Which micro-credential of ours it says to be for; null: the Passport itself. True only of an issuer that is known. */
	course?: string | null | undefined;
	title: Text;
	number?: string | undefined;
	holder?: string | undefined;
	issuer: Text;
	homepage?: string | undefined;
	/** Milliseconds since 1970. */
	issued?: number | undefined;
	until?: number | undefined;
	/** The achievement, and those that are parts of it. */
	achievement: Achievement;
	parts: Achievement[];
	notes: Text[];
};

/** Longest file that is read, in characters, and most entries of a list in it. */
export const longest = 5_000_000;
const most = 100;

const short = z.string().check(z.maxLength(4000));
const known = new Set<string>(locales);

/** A value, a list of values, or nothing: those of them that are what they should be. */
const list = <T>(of: z.ZodMiniType<T>) =>
	z.pipe(
		z.optional(z.unknown()),
		z.transform((value): T[] =>
			(Array.isArray(value) ? value.slice(0, most) : [value]).flatMap((one) => {
				const found = of.safeParse(one);
				return found.success ? [found.data] : [];
			})
		)
	);
const first = <T>(of: z.ZodMiniType<T>) =>
	z.pipe(
		list(of),
		z.transform((values): T | undefined => values[0])
	);

/** A language map; a language may have one text or several. */
const text = z.pipe(
	z.optional(z.unknown()),
	z.transform((value): Text => {
		if (!value || typeof value !== 'object') return {};
		return Object.fromEntries(
			Object.entries(value).flatMap(([tag, said]): [string, string][] => {
				const found = short.safeParse(Array.isArray(said) ? said.join(' ') : said);
				const locale = tag.slice(0, 2).toLowerCase();
				return known.has(locale) && found.success && found.data ? [[locale, found.data]] : [];
			})
		);
	})
);
const address = z.catch(z.string().check(z.regex(/^https?:\/\//), z.maxLength(500)), '');
const moment = z.pipe(
	z.optional(z.unknown()),
	z.transform((value): number | undefined => {
		const at = typeof value === 'string' ? Date.parse(value) : NaN;
		return Number.isFinite(at) ? at : undefined;
	})
);

const concept = z.pipe(
	z.object({ prefLabel: text }),
	z.transform(({ prefLabel }) => prefLabel)
);
const note = z.pipe(
	z.object({ noteLiteral: text }),
	z.transform(({ noteLiteral }) => noteLiteral)
);
const level = z.pipe(
	z.object({ id: z.string().check(z.regex(/\/eqf\/[1-8]$/)) }),
	z.transform(({ id }) => Number(id.at(-1)))
);
const hours = z.pipe(
	z.string().check(z.regex(/^PT\d{1,4}H(\d{1,2}M)?$/)),
	z.transform((value) => Number.parseInt(value.slice(2)) + Number(/(\d+)M/.exec(value)?.[1] ?? 0) / 60)
);
const skill = z.pipe(
	z.object({ id: z.string().check(z.regex(/^http:\/\/data\.europa\.eu\/esco\/skill\/[\w-]+$/)), prefLabel: text }),
	z.transform(({ id, prefLabel }) => ({ id, title: prefLabel }))
);
const outcome = z.object({ title: text, relatedESCOSkill: list(skill) });
const specification = z.object({
	additionalNote: list(note),
	learningOutcome: list(outcome),
	eqfLevel: first(level),
	volumeOfLearning: first(hours),
	mode: first(concept)
});
const organisation = z.object({ legalName: text, homepage: first(z.object({ contentURL: address })) });
const assessment = z.object({
	title: text,
	description: text,
	grade: first(note),
	idVerification: first(concept),
	specifiedBy: first(z.object({ description: text, dcType: first(concept), mode: first(concept) }))
});
const ours = 'urn:epass:learningAchievement:';
const shape = {
	id: z.optional(z.unknown()),
	title: text,
	description: text,
	specifiedBy: first(specification),
	provenBy: first(assessment),
	awardedBy: first(z.object({ awardingBody: first(organisation) })),
	additionalNote: list(note)
};
const achieved = z.object(shape);
const whole = z.object({ ...shape, hasPart: list(achieved) });

const person = z.object({
	fullName: z.optional(z.unknown()),
	givenName: z.optional(z.unknown()),
	familyName: z.optional(z.unknown()),
	hasClaim: first(whole)
});
const document = z.object({
	id: z.string().check(z.minLength(1), z.maxLength(200)),
	type: z.array(z.string()),
	identifier: first(z.object({ notation: short })),
	displayParameter: first(z.object({ title: text })),
	issuer: first(organisation),
	credentialSubject: first(person),
	issued: moment,
	issuanceDate: moment,
	validUntil: moment,
	expirationDate: moment,
	additionalNote: list(note)
});
const sealed = z.object({ payload: z.string() });

function achievement({ specifiedBy, provenBy, awardedBy, ...said }: z.infer<typeof achieved>): Achievement {
	return {
		title: said.title,
		description: said.description,
		outcomes: specifiedBy?.learningOutcome.map(({ title }) => title) ?? [],
		skills: specifiedBy?.learningOutcome.flatMap(({ relatedESCOSkill }) => relatedESCOSkill) ?? [],
		level: specifiedBy?.eqfLevel,
		hours: specifiedBy?.volumeOfLearning,
		body: awardedBy?.awardingBody?.legalName ?? {},
		assessment: told(provenBy?.specifiedBy?.description, provenBy?.specifiedBy?.dcType, provenBy?.title),
		supervision: told(provenBy?.description, provenBy?.idVerification),
		mode: specifiedBy?.mode ?? provenBy?.specifiedBy?.mode ?? {},
		grade: provenBy?.grade ?? {},
		notes: [...(specifiedBy?.additionalNote ?? []), ...said.additionalNote]
	};
}

/** The first text that says something. */
const told = (...texts: (Text | undefined)[]): Text => texts.find((one) => one && Object.keys(one).length > 0) ?? {};

/** Our course in the id of an achievement; null for the Passport. */
function courseOf(id: unknown): string | null | undefined {
	const name = typeof id === 'string' && id.startsWith(ours) ? Id.safeParse(id.slice(ours.length)).data : undefined;
	return name === 'passport' ? null : name;
}

/** A name is the same in all languages: the first that is written. */
const name = (value: unknown): string | undefined => {
	const found = typeof value === 'string' ? value : value && typeof value === 'object' ? Object.values(value).flat()[0] : undefined;
	return typeof found === 'string' && found ? found.slice(0, 200) : undefined;
};

/** What the text of a sealed European Digital Credential says; undefined if it is none. */
export function contents(file: string): Contents | undefined {
	const outer = file.length > longest ? undefined : sealed.safeParse(json(file)).data;
	const said = outer && document.safeParse(json(outer.payload)).data;
	const claim = said?.credentialSubject?.hasClaim;
	if (!said?.type.includes('EuropeanDigitalCredential') || !said.credentialSubject || !claim) return undefined;
	const { fullName, givenName, familyName } = said.credentialSubject;
	const whole = achievement(claim);
	return {
		id: said.id,
		course: courseOf(claim.id),
		title: told(whole.title, said.displayParameter?.title),
		number: said.identifier?.notation,
		holder: name(fullName) ?? ([name(givenName), name(familyName)].filter(Boolean).join(' ') || undefined),
		issuer: said.issuer?.legalName ?? {},
		homepage: said.issuer?.homepage?.contentURL || undefined,
		issued: said.issued ?? said.issuanceDate,
		until: said.validUntil ?? said.expirationDate,
		achievement: whole,
		parts: claim.hasPart.map(achievement),
		notes: said.additionalNote
	};
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // what is no JSON says nothing
	}
}
