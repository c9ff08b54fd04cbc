import type { Award, Described, Issuer } from './award.ts';
import { concepts, country, eqfLevel, languages, type Concept } from './concepts.ts';
import { grade, ownFile, schemeLine, statements } from './statements.ts';
import { statusId } from './status.ts';
import { locales, type Locale, type Words } from './text.ts';

/**
 * European Digital Credentials: application profile 1.2.0 of the European Learning Model 3.2, in the envelope of W3C Verifiable Credentials 1.1.
 * A credential has all mandatory elements of Annex I of the Council Recommendation 2022/C 243/02 and the five optional ones, in five languages.
 * An id stands for one thing: what has the same id is the same to the letter, for RDF would make one of them.
 */
export type Node = { id: string; type: string | string[]; [term: string]: unknown };
type Said = Partial<Record<Locale, string>>;

/** What a credential needs beside the record: who issues, the endpoint's public address, and a PNG (base64) for each language. */
export type Issuing = { issuer: Issuer; base: string; pictures: Record<Locale, string> };

/** The record of a whole Passport: as an award, but of no course. */
export type PassportAward = Pick<Award, 'id' | 'number' | 'holder' | 'issued' | 'until' | 'scheme' | 'status'>;

/** The credential of one micro-credential. */
export function credential(award: Award, described: Described, issuing: Issuing): Node {
	return envelope(
		award,
		texts(described, 'course.title'),
		texts(described, 'course.plain'),
		achievement(award, described, issuing),
		issuing
	);
}

/** The Passport: one credential whose achievement has the twenty as its parts. `described` is by course. */
export function passport(own: PassportAward, awards: Award[], described: Record<string, Described>, issuing: Issuing): Node {
	const parts = awards.map((award) =>
		achievement(award, described[award.course]!, issuing, [note(award.course, 'own', ownFile(award.number, award.id))])
	);
	const hours = awards.reduce((sum, { course }) => sum + described[course]!.hours, 0);
	const claim = {
		id: urn('learningAchievement', 'passport'),
		type: 'LearningAchievement',
		title: statements.passport,
		description: statements.whole,
		additionalNote: notes('passport', { scheme: schemeLine(own.scheme), ...(issuing.issuer.development ? { seal: statements.seal } : {}) }),
		awardedBy: awarding('passport', own.issued, issuing.issuer),
		specifiedBy: {
			id: urn('learningAchievementSpec', 'passport'),
			type: 'LearningAchievementSpecification',
			title: statements.passport,
			volumeOfLearning: duration(hours),
			...common
		},
		hasPart: parts
	};
	return envelope(own, statements.passport, statements.whole, claim, issuing);
}

const urn = (kind: string, name: string) => `urn:epass:${kind}:${name}`;
const time = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
const duration = (hours: number) => `PT${Math.floor(hours)}H${hours % 1 ? `${Math.round((hours % 1) * 60)}M` : ''}`;
const said = (text: (locale: Locale) => string): Said => Object.fromEntries(locales.map((locale) => [locale, text(locale)]));
const texts = ({ words }: { words: Record<Locale, Words> }, key: string): Said => said((locale) => words[locale][key]!);
const joined = (one: Said, other: Said, by: string): Said => said((locale) => `${one[locale]}${by}${other[locale]}`);
const note = (owner: string, name: string, noteLiteral: Said): Node => ({ id: urn('note', `${owner}-${name}`), type: 'Note', noteLiteral });
const notes = (owner: string, all: Record<string, Said>): Node[] => Object.entries(all).map(([name, text]) => note(owner, name, text));
const common = {
	language: locales.map((locale) => languages[locale]),
	dcType: concepts.shortProgramme,
	learningSetting: concepts.nonFormal,
	mode: concepts.online
};

function envelope(award: PassportAward, title: Said, plain: Said, claim: Node, { issuer, base, pictures }: Issuing): Node {
	const { id, number, holder, issued, until, status } = award;
	return {
		'@context': ['https://www.w3.org/2018/credentials/v1', 'http://data.europa.eu/snb/model/context/edc-ap'],
		id,
		type: ['VerifiableCredential', 'EuropeanDigitalCredential'],
		credentialSchema: [{ id: 'http://data.europa.eu/snb/model/ap/edc-generic-full', type: 'ShaclValidator2017' }],
		credentialProfiles: [concepts.generic],
		identifier: [numbered(number)],
		issuer: organisation(issuer),
		issuanceDate: time(issued),
		issued: time(issued),
		validFrom: time(issued),
		...(until === undefined ? {} : { expirationDate: time(until), validUntil: time(until) }),
		credentialStatus: { id: statusId(base, status), type: 'CredentialStatus' },
		credentialSubject: {
			id: urn('person', '1'),
			type: 'Person',
			fullName: { en: holder.name },
			dateOfBirth: `${holder.born}T00:00:00Z`,
			hasClaim: [claim]
		},
		displayParameter: {
			id: urn('displayParameter', '1'),
			type: 'DisplayParameter',
			title,
			description: issuer.development ? joined(plain, statements.seal, '. ') : plain,
			primaryLanguage: languages.en,
			language: common.language,
			individualDisplay: locales.map((locale) => display(locale, pictures[locale]))
		}
	};
}

const numbered = (number: string): Node => ({
	id: urn('identifier', number),
	type: 'Identifier',
	schemeName: 'Certificate number',
	notation: number
});

const display = (locale: Locale, content: string): Node => ({
	id: urn('individualDisplay', locale),
	type: 'IndividualDisplay',
	language: languages[locale],
	displayDetail: [
		{
			id: urn('displayDetail', locale),
			type: 'DisplayDetail',
			page: 1,
			image: {
				id: urn('mediaObject', locale),
				type: 'MediaObject',
				content,
				contentEncoding: concepts.base64,
				contentType: concepts.png
			}
		}
	]
});

/** The certification body. It issues, awards and assesses; it stands whole at each place, for readers that do not follow ids. */
function organisation(issuer: Issuer): Node {
	const land = country(issuer.country);
	return {
		id: urn('org', '1'),
		type: 'Organisation',
		legalName: issuer.name,
		eIDASIdentifier: { id: urn('legalIdentifier', '1'), type: 'LegalIdentifier', notation: issuer.identifier, spatial: land },
		location: [{ id: urn('location', '1'), type: 'Location', address: [{ id: urn('address', '1'), type: 'Address', countryCode: land }] }],
		homepage: [{ id: urn('webResource', '1'), type: 'WebResource', contentURL: issuer.homepage }],
		...(issuer.development ? { additionalNote: [note('org', 'seal', statements.seal)] } : {})
	};
}

const awarding = (name: string, at: number, issuer: Issuer): Node => ({
	id: urn('awardingProcess', name),
	type: 'AwardingProcess',
	awardingBody: [organisation(issuer)],
	awardingDate: time(at)
});

function achievement(award: Award, described: Described, { issuer }: Issuing, more: Node[] = []): Node {
	const { course, number, issued, score, scheme } = award;
	const descriptor = (name: string) => texts(described, `descriptor.${name}`);
	const awardedBy = awarding(course, issued, issuer);
	return {
		id: urn('learningAchievement', course),
		type: 'LearningAchievement',
		identifier: [numbered(number)],
		title: texts(described, 'course.title'),
		description: texts(described, 'course.plain'),
		awardedBy,
		provenBy: [
			{
				id: urn('learningAssessment', course),
				type: 'LearningAssessment',
				title: statements.exam,
				description: statements.supervision,
				grade: note(course, 'grade', grade(score)),
				idVerification: concepts.supervised,
				assessedBy: [organisation(issuer)],
				awardedBy,
				specifiedBy: {
					id: urn('learningAssessmentSpec', course),
					type: 'LearningAssessmentSpecification',
					title: statements.exam,
					description: descriptor('assessment'),
					dcType: concepts.writtenExam,
					mode: concepts.presential,
					language: common.language
				}
			}
		],
		specifiedBy: {
			id: urn('qualification', course),
			type: 'Qualification',
			title: texts(described, 'course.title'),
			description: texts(described, 'course.plain'),
			volumeOfLearning: duration(described.hours),
			eqfLevel: eqfLevel(described.eqf),
			isPartialQualification: true,
			entryRequirement: note(course, 'prerequisites', descriptor('prerequisites')),
			learningOutcome: described.outcomes.map((outcome) => learningOutcome(course, outcome, texts(described, `${outcome.id}.text`))),
			additionalNote: notes(course, {
				participation: joined(statements.participation, descriptor('participation'), ': '),
				quality: joined(statements.quality, descriptor('quality'), ': '),
				stackability: joined(statements.stackability, descriptor('stackability'), ': '),
				further: descriptor('further'),
				...(described.provisional ? { provisional: statements.provisional } : {})
			}),
			...common
		},
		additionalNote: [...notes(course, { scheme: schemeLine(scheme), ...(issuer.development ? { seal: statements.seal } : {}) }), ...more]
	};
}

const outcomeTypes: Record<string, Concept> = { knowledge: concepts.knowledge, skill: concepts.skill };

/** An outcome with the statement of the framework that it is built from. The EU's list of types has none for responsibility and autonomy. */
function learningOutcome(course: string, { id, type, source }: Described['outcomes'][number], title: Said): Node {
	return {
		id: urn('learningOutcome', `${course}-${id}`),
		type: 'LearningOutcome',
		title,
		...(outcomeTypes[type] ? { dcType: outcomeTypes[type] } : {}),
		reusabilityLevel: concepts.transversal,
		additionalNote: [note(`${course}-${id}`, 'source', { en: source })]
	};
}
