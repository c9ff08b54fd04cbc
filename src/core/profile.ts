import * as z from 'zod/mini';
import type { Reason, Said, Shown } from './verification.ts';

/** What is read of a credential: what is shown, and what its checks need. Times in milliseconds. */
export type Stated = {
	shown: Shown;
	/** Who it says that it is from: a legal number, and names. */
	from: { identifier?: string; names: string[] };
	/** In force from, and until. */
	begins: number;
	ends?: number;
	/** The addresses of its bits in status lists, as `<list>#<index>`. */
	status: string[];
};

const contexts = {
	vc: 'https://www.w3.org/2018/credentials/v1',
	vc2: 'https://www.w3.org/ns/credentials/v2',
	edc: 'http://data.europa.eu/snb/model/context/edc-ap'
};

const list = <T>(one: T | T[] | undefined): T[] => (one === undefined ? [] : Array.isArray(one) ? one : [one]);
/** One, many or none, as a list. */
const many = <T extends z.ZodMiniType>(schema: T) =>
	z._default(
		z.pipe(
			z.pipe(
				z.unknown(),
				z.transform((value): unknown[] => list(value as unknown[]))
			),
			z.array(schema)
		),
		[]
	);
const Map = z.record(z.string(), z.string());
/** A time in full; without a zone it is read as UTC. */
const Time = z.pipe(
	z.pipe(
		z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/)),
		z.transform((text) => Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`))
	),
	z.number()
);
const Types = many(z.string());

/** The type names of a JSON node. */
const typesOf = (node: unknown): unknown[] =>
	typeof node === 'object' && node !== null && 'type' in node ? list(node.type as unknown | unknown[]) : [];

/** Which kind of credential a JSON value says that it is. */
export function kindOf(json: unknown): 'edc' | 'badge' | undefined {
	const types = typesOf(json);
	if (types.includes('EuropeanDigitalCredential')) return 'edc';
	return types.includes('OpenBadgeCredential') || types.includes('AchievementCredential') ? 'badge' : undefined;
}

const Spec = z.looseObject({
	id: z.optional(z.string()),
	eqfLevel: z.optional(z.looseObject({ id: z.string() })),
	volumeOfLearning: z.optional(z.string()),
	learningOutcome: many(z.looseObject({ title: Map }))
});
const Achievement = z.looseObject({
	id: z.optional(z.string()),
	type: Types,
	title: z.optional(Map),
	specifiedBy: many(Spec),
	provenBy: many(z.looseObject({ grade: z.optional(z.looseObject({ noteLiteral: z.optional(Map) })) })),
	hasPart: many(z.unknown())
});
const Edc = z.looseObject({
	'@context': z.array(z.unknown()),
	id: z.string(),
	type: Types,
	issuer: z.looseObject({ legalName: Map, eIDASIdentifier: z.optional(z.looseObject({ notation: z.string() })) }),
	issuanceDate: Time,
	issued: z.optional(Time),
	validFrom: z.optional(Time),
	validUntil: z.optional(Time),
	expirationDate: z.optional(Time),
	credentialSubject: many(
		z.looseObject({
			fullName: z.optional(Map),
			givenName: z.optional(Map),
			familyName: z.optional(Map),
			dateOfBirth: z.optional(z.string()),
			hasClaim: many(z.unknown())
		})
	).check(z.length(1)),
	credentialStatus: z.optional(z.looseObject({ id: z.string() }))
});

/** Reads a European Digital Credential by the parts of its profile that the checks and the screen rest on; a reason if it is not as it must be. */
export function european(json: unknown): Stated | Reason {
	const fault = nodes(json);
	if (fault) return fault;
	const read = Edc.safeParse(json);
	if (!read.success) return 'format';
	const it = read.data;
	const [first] = it['@context'];
	if (first !== contexts.vc || !it['@context'].includes(contexts.edc) || !it.type.includes('VerifiableCredential')) return 'format';
	const subject = it.credentialSubject[0]!;
	const achievements = subject.hasClaim.flatMap((claim) => achieved(claim, 0));
	if (!achievements.length || achievements.some((one) => !one || !Object.keys(one.title).length)) return 'format';
	const ends = [it.validUntil, it.expirationDate].filter((at) => at !== undefined);
	const holder = word(subject.fullName) ?? ([word(subject.givenName), word(subject.familyName)].filter(Boolean).join(' ') || undefined);
	const identifier = it.issuer.eIDASIdentifier?.notation;
	return {
		shown: {
			kind: 'edc',
			id: it.id,
			...(holder ? { holder } : {}),
			...(subject.dateOfBirth ? { born: subject.dateOfBirth.slice(0, 10) } : {}),
			...(word(it.issuer.legalName) ? { issuer: word(it.issuer.legalName)! } : {}),
			issued: it.issued ?? it.issuanceDate,
			...(ends.length ? { until: Math.min(...ends) } : {}),
			achievements: achievements as Shown['achievements']
		},
		from: { ...(identifier ? { identifier } : {}), names: Object.values(it.issuer.legalName) },
		begins: Math.max(it.validFrom ?? it.issuanceDate, it.issuanceDate),
		...(ends.length ? { ends: Math.min(...ends) } : {}),
		status: it.credentialStatus ? [it.credentialStatus.id] : []
	};
}

/** An achievement and those that are part of it; nothing of what is no achievement, undefined for one that cannot be read. */
function achieved(node: unknown, depth: number): (Shown['achievements'][number] | undefined)[] {
	if (!typesOf(node).includes('LearningAchievement')) return [];
	const read = Achievement.safeParse(node);
	if (!read.success || depth > 3) return [undefined];
	const { title = {}, specifiedBy, provenBy, hasPart } = read.data;
	const eqf = specifiedBy.map(({ eqfLevel }) => /\/eqf\/([1-8])$/.exec(eqfLevel?.id ?? '')?.[1]).find(Boolean);
	const hours = specifiedBy.map(({ volumeOfLearning }) => duration(volumeOfLearning)).find((one) => one !== undefined);
	const score = provenBy.map(({ grade }) => percent(word(grade?.noteLiteral))).find((one) => one !== undefined);
	const own = {
		title: title as Said,
		outcomes: specifiedBy.flatMap(({ learningOutcome }) => learningOutcome.map((one) => one.title as Said)),
		...(eqf ? { eqf: Number(eqf) } : {}),
		...(hours !== undefined ? { hours } : {}),
		...(score !== undefined ? { score } : {})
	};
	return [own, ...hasPart.flatMap((part) => achieved(part, depth + 1))];
}

/** A name or a number in whatever language it has; English first. */
const word = (map: Record<string, string> | undefined): string | undefined => map?.['en'] ?? Object.values(map ?? {})[0];

/** Hours of an ISO 8601 duration of hours and minutes. */
function duration(text = ''): number | undefined {
	const match = /^PT(?:(\d+(?:\.\d+)?)H)?(?:(\d+)M)?$/.exec(text);
	return match && (match[1] || match[2]) ? Number(match[1] ?? 0) + Number(match[2] ?? 0) / 60 : undefined;
}

/** Points of a grade, where it is our own sentence or a bare number: "top 5 % of the class" is no score. */
function percent(text = ''): number | undefined {
	const match = /^(?:Passed, with )?(\d{1,3}) ?%(?: of the points)?$/.exec(text);
	return match ? Number(match[1]) : undefined;
}

/** What must hold of all nodes: one is a European Digital Credential, and equal ids mean equal nodes (JSON-LD would merge them). */
function nodes(json: unknown): Reason | undefined {
	const seen: Record<string, object> = Object.create(null);
	let credentials = 0;
	let same = true;
	const look = (node: unknown): void => {
		if (typeof node !== 'object' || node === null) return;
		if (Array.isArray(node)) return node.forEach(look);
		if (typesOf(node).includes('EuropeanDigitalCredential')) credentials++;
		const { id } = node as { id?: unknown };
		if (typeof id === 'string' && !reference(node)) same &&= equal((seen[id] ??= node), node);
		if (same) Object.values(node).forEach(look);
	};
	look(json);
	return !same ? 'same-id' : credentials === 1 ? undefined : 'format';
}

/** Whether a node only points to another: an id, and at most a type. */
const reference = (node: object): boolean => Object.keys(node).every((name) => name === 'id' || name === 'type');

/** Whether two JSON values say the same; a node and a reference to it do. */
function equal(one: unknown, other: unknown): boolean {
	if (one === other) return true;
	if (typeof one !== 'object' || typeof other !== 'object' || !one || !other || Array.isArray(one) !== Array.isArray(other)) return false;
	const [mine, theirs] = [one as Record<string, unknown>, other as Record<string, unknown>];
	if (!Array.isArray(one) && typeof mine['id'] === 'string' && mine['id'] === theirs['id'] && (reference(one) || reference(other)))
		return true;
	const names = Object.keys(mine);
	return (
		names.length === Object.keys(theirs).length && names.every((name) => Object.hasOwn(theirs, name) && equal(mine[name], theirs[name]))
	);
}

const Badge = z.looseObject({
	'@context': z.array(z.unknown()),
	id: z.optional(z.string()),
	type: Types,
	issuer: z.union([z.string(), z.looseObject({ name: z.optional(z.string()) })]),
	validFrom: z.optional(Time),
	issuanceDate: z.optional(Time),
	validUntil: z.optional(Time),
	expirationDate: z.optional(Time),
	credentialSubject: z.looseObject({
		name: z.optional(z.string()),
		identifier: many(
			z.looseObject({ identityHash: z.optional(z.string()), hashed: z.optional(z.boolean()), identityType: z.optional(z.string()) })
		),
		achievement: z.looseObject({ name: z.string().check(z.minLength(1)), inLanguage: z.optional(z.string()) })
	}),
	proof: many(z.unknown()),
	credentialStatus: many(
		z.looseObject({
			id: z.optional(z.string()),
			statusListCredential: z.optional(z.string()),
			statusListIndex: z.optional(z.union([z.string(), z.number()]))
		})
	)
});

/** Reads an Open Badge 3.0; `sealed` says whether it has a proof at all. */
export function openBadge(json: unknown): (Stated & { sealed: boolean }) | Reason {
	const read = Badge.safeParse(json);
	if (!read.success) return 'format';
	const it = read.data;
	const first = it['@context'][0];
	const begins = it.validFrom ?? it.issuanceDate;
	if ((first !== contexts.vc && first !== contexts.vc2) || !it.type.includes('VerifiableCredential') || begins === undefined)
		return 'format';
	const { name, identifier, achievement } = it.credentialSubject;
	const holder = name ?? identifier.find(({ identityType, hashed }) => identityType === 'name' && !hashed)?.identityHash;
	const issuer = typeof it.issuer === 'string' ? undefined : it.issuer.name;
	const ends = [it.validUntil, it.expirationDate].filter((at) => at !== undefined);
	return {
		shown: {
			kind: 'badge',
			...(it.id ? { id: it.id } : {}),
			...(holder ? { holder } : {}),
			...(issuer ? { issuer } : {}),
			issued: begins,
			...(ends.length ? { until: Math.min(...ends) } : {}),
			achievements: [{ title: { [achievement.inLanguage ?? 'en']: achievement.name }, outcomes: [] }]
		},
		from: { names: issuer ? [issuer] : [] },
		begins,
		...(ends.length ? { ends: Math.min(...ends) } : {}),
		status: it.credentialStatus.flatMap(({ statusListCredential, statusListIndex }) =>
			statusListCredential !== undefined && statusListIndex !== undefined ? [`${statusListCredential}#${statusListIndex}`] : []
		),
		sealed: it.proof.length > 0
	};
}
