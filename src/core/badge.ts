import type { Award, Described, Issuer } from './award.ts';
import { listAddress } from './status.ts';

/**
 * An award as an Open Badge 3.0 (1EdTech, an OpenBadgeCredential in the envelope of W3C Verifiable Credentials 2.0), before it is proven.
 * The standard has one language for a badge: English; the European Digital Credential has all. Its status names the revocation list alone,
 * for the standard's schema has room for one entry: a suspension is seen by the other two formats.
 */
export type Badge = { '@context': string[]; id: string; type: string[]; [member: string]: unknown };

/** Where a badge comes from: the issuer's `did:key`, and the address of the endpoint (`https://…`, without a slash at the end). */
export type Origin = { did: string; base: string };

const contexts = ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'];
/** The frameworks by their whole names, and where each was published. */
const frameworks: Record<Described['framework'], { name: string; url: string }> = {
	lifecomp: {
		name: 'LifeComp: The European Framework for Personal, Social and Learning to Learn Key Competence',
		url: 'https://publications.jrc.ec.europa.eu/repository/handle/JRC120911'
	},
	digcomp: {
		name: 'DigComp 2.2: The Digital Competence Framework for Citizens',
		url: 'https://publications.jrc.ec.europa.eu/repository/handle/JRC128415'
	},
	entrecomp: {
		name: 'EntreComp: The Entrepreneurship Competence Framework',
		url: 'https://publications.jrc.ec.europa.eu/repository/handle/JRC101581'
	},
	greencomp: {
		name: 'GreenComp: The European sustainability competence framework',
		url: 'https://publications.jrc.ec.europa.eu/repository/handle/JRC128040'
	}
};

/** The badge of one micro-credential. */
export function badge(award: Award, described: Described, issuer: Issuer, origin: Origin): Badge {
	const id = `${origin.base}/courses/${award.course}`;
	const { eqf, outcomes, words } = described;
	const text = (key: string) => words.en[key] ?? key;
	const criteria = [
		'A person who holds this has shown, in a supervised exam, that they can:',
		outcomes.map((outcome) => `- ${text(`${outcome.id}.text`)}`).join('\n'),
		text('descriptor.assessment'),
		workload(described)
	];
	return credential(award, award.number, award.holder, issuer, origin, award.status, {
		id,
		name: text('course.title'),
		description: text('course.plain'),
		version: String(award.edition),
		criteria: { narrative: criteria.join('\n\n') },
		alignment: [competence(described), level(eqf)],
		resultDescription: [
			{ id: `${id}#score`, type: ['ResultDescription'], name: 'Points in the exam', resultType: 'Percent', valueMin: '0', valueMax: '100' }
		],
		result: { type: ['Result'], resultDescription: `${id}#score`, value: String(Math.round(award.score)) }
	});
}

/** The badge of a whole Passport: `awards` are its parts, `described` what each is by its course, `status` its own place in a status list. */
export function passportBadge(
	passport: Pick<Award, 'id' | 'issued' | 'until'> & { awards: Award[]; number?: string; status?: Award['status'] },
	described: Record<string, Described>,
	issuer: Issuer,
	origin: Origin
): Badge {
	const parts = passport.awards.map((award) => ({ award, described: described[award.course]! }));
	const list = parts.map(({ award, described }) => `- ${described.words.en['course.title']} (${award.number})`);
	return credential(passport, passport.number, passport.awards[0]!.holder, issuer, origin, passport.status, {
		id: `${origin.base}/passport`,
		name: 'Passport to Employment',
		description: `The whole Passport to Employment: ${list.length} micro-credentials, each passed in an exam of its own.`,
		criteria: { narrative: `A person who holds this holds these micro-credentials:\n\n${list.join('\n')}` },
		alignment: parts.map(({ described }) => competence(described))
	});
}

type Achievement = { id: string; name: string; description: string; result?: object; [member: string]: unknown };

function credential(
	{ id, issued, until }: Pick<Award, 'id' | 'issued' | 'until'>,
	number: string | undefined,
	holder: Award['holder'],
	issuer: Issuer,
	{ did, base }: Origin,
	status: Award['status'] | undefined,
	{ result, ...achievement }: Achievement
): Badge {
	return {
		'@context': contexts,
		id,
		type: ['VerifiableCredential', 'OpenBadgeCredential'],
		name: achievement.name,
		description: achievement.description,
		issuer: {
			id: did,
			type: ['Profile'],
			name: issuer.name.en,
			url: issuer.homepage,
			otherIdentifier: [{ type: 'IdentifierEntry', identifier: issuer.identifier, identifierType: 'identifier' }],
			...(issuer.development ? { description: 'For development only. This is not an official certificate.' } : {})
		},
		validFrom: time(issued),
		awardedDate: time(issued),
		...(until === undefined ? {} : { validUntil: time(until) }),
		credentialSubject: {
			type: ['AchievementSubject'],
			identifier: [{ type: 'IdentityObject', hashed: false, identityHash: holder.name, identityType: 'name' }],
			...(number === undefined ? {} : { licenseNumber: number }),
			achievement: { type: ['Achievement'], achievementType: 'MicroCredential', inLanguage: 'en', ...achievement },
			...(result ? { result: [result] } : {})
		},
		...(status ? { credentialStatus: statusEntry(base, status) } : {})
	};
}

function statusEntry(base: string, { list, index }: Award['status']) {
	const address = listAddress(base, list, 'revocation');
	return {
		id: `${address}#${index}`,
		type: 'BitstringStatusListEntry',
		statusPurpose: 'revocation',
		statusListIndex: String(index),
		statusListCredential: address
	};
}

const competence = ({ framework, competence, words }: Described) => ({
	type: ['Alignment'],
	targetName: words.en['course.title'] ?? competence,
	targetCode: competence,
	targetFramework: frameworks[framework].name,
	targetUrl: frameworks[framework].url
});

const level = (eqf: number) => ({
	type: ['Alignment'],
	targetName: `EQF level ${eqf}`,
	targetCode: String(eqf),
	targetFramework: 'European Qualifications Framework',
	targetUrl: `http://data.europa.eu/snb/eqf/${eqf}`
});

const workload = ({ hours, provisional }: Described) =>
	`The work for it is about ${hours} hours.${provisional ? ' Level and hours are provisional.' : ''}`;

const time = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
