import 'reflect-metadata';
import {
	BasicConstraintsExtension,
	Extension,
	KeyUsageFlags,
	KeyUsagesExtension,
	X509CertificateGenerator,
	type X509Certificate
} from '@peculiar/x509';
import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Pinned } from '#core/verification.ts';

export { KeyUsageFlags };

export const day = 86_400_000;
/** The day on which tests verify. */
export const today = Date.UTC(2026, 10, 26, 12);

const kinds = {
	ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
	ES384: { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' },
	RS256: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
	RS1024: { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }
} as const;
export type Kind = keyof typeof kinds;

/** Someone who can seal or certify: a certificate with those above it, and its keys. */
export type Holder = { certificates: X509Certificate[]; keys: CryptoKeyPair; kind: Kind };
export type Wish = {
	kind?: Kind;
	organisation?: string;
	identifier?: string;
	from?: number;
	until?: number;
	authority?: boolean;
	below?: number;
	usage?: KeyUsageFlags;
	critical?: string;
};

export const body = { organisation: 'Body of Certification', identifier: 'NTRCY-12345678' };

/** A certificate by `above`, or signed by its own key. */
export async function certified(above: Holder | undefined, wish: Wish = {}): Promise<Holder> {
	const { kind = 'ES256', organisation, identifier, from = today - 400 * day, until = today + 400 * day, authority = false, below } = wish;
	const keys = (await crypto.subtle.generateKey(kinds[kind], true, ['sign', 'verify'])) as CryptoKeyPair;
	const usual = authority ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation;
	const name: Record<string, string[]>[] = [
		{ C: ['CY'] },
		...(organisation ? [{ O: [organisation] }] : []),
		...(identifier ? [{ '2.5.4.97': [identifier] }] : []),
		{ CN: [authority ? 'Authority' : 'Seal'] }
	];
	const extensions = [
		new BasicConstraintsExtension(authority, below, true),
		new KeyUsagesExtension(wish.usage ?? usual, true),
		...(wish.critical ? [new Extension(wish.critical, true, new Uint8Array([5, 0]))] : [])
	];
	const valid = { notBefore: new Date(from), notAfter: new Date(until), extensions };
	const own = above
		? await X509CertificateGenerator.create({
				...valid,
				subject: name,
				issuer: above.certificates[0]!.subjectName,
				publicKey: keys.publicKey,
				signingKey: above.keys.privateKey,
				signingAlgorithm: kinds[above.kind]
			})
		: await X509CertificateGenerator.createSelfSigned({ ...valid, name, keys, signingAlgorithm: kinds[kind] });
	return { certificates: [own, ...(above?.certificates ?? [])], keys, kind };
}

/** An authority and a seal under it. */
export async function chain(wish: Wish = {}, above: Wish = {}): Promise<Holder> {
	const root = await certified(undefined, { organisation: 'Authority of Trust', authority: true, ...above });
	return certified(root, { ...body, ...wish });
}

const base64 = (certificate: X509Certificate): string => Buffer.from(certificate.rawData).toString('base64');
const hash = (certificate: X509Certificate) => createHash('sha256').update(Buffer.from(certificate.rawData)).digest();
const url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url');

/** An issuer that the app knows. */
export const pinned = ({ certificates }: Holder, identifier = body.identifier, development = false): Pinned => ({
	issuer: {
		name: { en: body.organisation, el: 'α', it: 'b', pl: 'c', es: 'd' },
		identifier,
		country: 'CYP',
		homepage: 'https://body.test',
		development
	},
	certificates: certificates.map(base64)
});

export type Head = Record<string, unknown>;
/** The header of a seal as it should be. */
export const head = ({ certificates, kind }: Holder, at = today - day): Head => ({
	alg: kind === 'RS1024' ? 'RS256' : kind,
	typ: 'jose+json',
	'x5t#S256': url(hash(certificates[0]!)),
	x5c: certificates.map(base64),
	b64: false,
	iat: Math.floor(at / 1000),
	crit: ['b64']
});

/** The signature over a header and a payload. */
async function signature(protectedHeader: string, payload: string, { keys, kind }: Holder): Promise<string> {
	return url(new Uint8Array(await crypto.subtle.sign(kinds[kind], keys.privateKey, Buffer.from(`${protectedHeader}.${payload}`))));
}

export type Sealed = { payload: string; signatures: { protected: string; signature: string; header?: Head }[] };

/** Seals a text; the header is what `change` makes of a right one. */
export async function seal(payload: string, holder: Holder, change: (header: Head) => Head = (header) => header): Promise<Sealed> {
	const protectedHeader = url(JSON.stringify(change(head(holder))));
	return { payload, signatures: [{ protected: protectedHeader, signature: await signature(protectedHeader, payload, holder) }] };
}

/** The trick of old: a MAC whose secret is the public key. */
export function maced(payload: string, holder: Holder): Sealed {
	const protectedHeader = url(JSON.stringify({ ...head(holder), alg: 'HS256' }));
	const secret = Buffer.from(holder.certificates[0]!.publicKey.rawData);
	return {
		payload,
		signatures: [
			{ protected: protectedHeader, signature: createHmac('sha256', secret).update(`${protectedHeader}.${payload}`).digest('base64url') }
		]
	};
}

/** A European Digital Credential of the parts that are checked. */
export function credential(change: Record<string, unknown> = {}) {
	const organisation = {
		id: 'urn:epass:org:1',
		type: 'Organisation',
		legalName: { en: body.organisation },
		eIDASIdentifier: { id: 'urn:epass:legalIdentifier:1', type: 'LegalIdentifier', notation: body.identifier }
	};
	return {
		'@context': ['https://www.w3.org/2018/credentials/v1', 'http://data.europa.eu/snb/model/context/edc-ap'],
		id: 'urn:uuid:00000000-0000-4000-8000-000000000001',
		type: ['VerifiableCredential', 'EuropeanDigitalCredential'],
		issuer: organisation,
		issuanceDate: '2026-11-20T10:00:00Z',
		issued: '2026-11-20T10:00:00Z',
		validFrom: '2026-11-20T10:00:00Z',
		validUntil: '2029-11-20T10:00:00Z',
		expirationDate: '2029-11-20T10:00:00Z',
		credentialStatus: { id: 'https://passport.test/v1/status/1-revocation#194', type: 'CredentialStatus' },
		credentialSubject: {
			id: 'urn:epass:person:1',
			type: 'Person',
			fullName: { en: 'Maria Lopez' },
			dateOfBirth: '1990-05-01T00:00:00Z',
			hasClaim: [
				{
					id: 'urn:epass:learningAchievement:communication',
					type: 'LearningAchievement',
					title: { en: 'Communication', es: 'Comunicación' },
					awardedBy: { id: 'urn:epass:awardingProcess:1', type: 'AwardingProcess', awardingBody: [organisation] },
					provenBy: [
						{
							id: 'urn:epass:learningAssessment:1',
							type: 'LearningAssessment',
							title: { en: 'Exam' },
							grade: { id: 'urn:epass:note:1', type: 'Note', noteLiteral: { en: '85 %' } }
						}
					],
					specifiedBy: [
						{
							id: 'urn:epass:qualification:1',
							type: 'Qualification',
							title: { en: 'Communication' },
							eqfLevel: { id: 'http://data.europa.eu/snb/eqf/4', type: 'Concept' },
							volumeOfLearning: 'PT8H',
							learningOutcome: [{ id: 'urn:epass:learningOutcome:1', type: 'LearningOutcome', title: { en: 'Listens', es: 'Escucha' } }]
						}
					]
				}
			]
		},
		...change
	};
}

export type Lists = { revocation?: number[]; suspension?: number[] };

/** A sealed status list, as compact JWS; `change` is what becomes of its payload. */
export async function statusJws(
	holder: Holder,
	purpose: 'revocation' | 'suspension',
	set: number[] = [],
	at = today - day,
	change: (payload: Record<string, unknown>) => Record<string, unknown> = (payload) => payload
): Promise<string> {
	const bits = new Uint8Array(16_384);
	for (const index of set) bits[index >> 3]! |= 128 >> (index & 7);
	const id = `https://passport.test/v1/status/1-${purpose}`;
	const payload = change({
		'@context': ['https://www.w3.org/ns/credentials/v2'],
		id,
		type: ['VerifiableCredential', 'BitstringStatusListCredential'],
		issuer: { id: 'https://passport.test', name: body.organisation },
		validFrom: `${new Date(at).toISOString().slice(0, 19)}Z`,
		credentialSubject: {
			id: `${id}#list`,
			type: 'BitstringStatusList',
			statusPurpose: purpose,
			encodedList: `u${gzipSync(bits).toString('base64url')}`
		}
	});
	const { b64: _b64, crit: _crit, ...header } = head(holder, at);
	const [first, second] = [url(JSON.stringify(header)), url(JSON.stringify(payload))];
	return `${first}.${second}.${await signature(first, second, holder)}`;
}
