import * as z from 'zod/mini';
import type { Award } from './award.ts';

/**
 * The status lists, after W3C Bitstring Status List 1.0: for each purpose one list of one bit a credential, so that any verifier that reads
 * the standard knows what a bit means (one list of two bits would need the purpose `message`, which others show but do not act on).
 * The lists of `Award.status.list` lie at `<base>/v1/status/<list>-revocation` and `<base>/v1/status/<list>-suspension`, each a compact JWS
 * (`typ: vc+jwt`) under the seal that sealed the credentials. A European Digital Credential names one address alone, that of its revocation
 * list with its index as fragment; the other list lies beside it. Both must be seen before a credential is called neither.
 * `encodedList` is `u` and base64url of gzip of the bits: who calls inflates, for here is no IO.
 */
export const purposes = ['revocation', 'suspension'] as const;
export type Purpose = (typeof purposes)[number];

/** The standard's least size: so many that an index says nothing about its holder. */
export const places = 131_072;

/** A list in which no bit is set. */
export const emptyBits = (): Uint8Array => new Uint8Array(places / 8);

/** Whether a bit is set; the first index is the left-most bit of the first byte. Undefined if the list has no such index. */
export const bit = (bits: Uint8Array, index: number): boolean | undefined =>
	Number.isInteger(index) && index >= 0 && index < bits.length * 8 ? (bits[index >> 3]! & (128 >> (index & 7))) !== 0 : undefined;

/** The bits of a list in which these indexes are set. Throws a RangeError for an index that the list has not. */
export function bitsOf(indexes: Iterable<number>): Uint8Array {
	const bits = emptyBits();
	for (const index of indexes) {
		if (bit(bits, index) === undefined) throw new RangeError(`The status list has no index ${index}`);
		bits[index >> 3]! |= 128 >> (index & 7);
	}
	return bits;
}

/** The address of a list. */
export const listAddress = (base: string, list: string, purpose: Purpose): string => `${base}/v1/status/${list}-${purpose}`;

/** What a credential has as `credentialStatus.id`. */
export const statusId = (base: string, { list, index }: Award['status']): string => `${listAddress(base, list, 'revocation')}#${index}`;

/** The addresses of both lists, and the index in them, from a `credentialStatus.id`; undefined if it is not one of ours. */
export function statusOf(id: string): { lists: Record<Purpose, string>; index: number } | undefined {
	const match = /^(https?:\/\/[^\s#?]+\/v1\/status\/[a-z0-9]{1,20})-revocation#(\d{1,6})$/.exec(id);
	const index = Number(match?.[2]);
	return match && index < places ? { lists: { revocation: id.split('#')[0]!, suspension: `${match[1]}-suspension` }, index } : undefined;
}

const time = z.string().check(z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/));

/** The payload of a status list. `validFrom` is when it was issued: what it says holds as of then. */
export const StatusList = z.object({
	'@context': z.tuple([z.literal('https://www.w3.org/ns/credentials/v2')]),
	id: z.string(),
	type: z.tuple([z.literal('VerifiableCredential'), z.literal('BitstringStatusListCredential')]),
	issuer: z.object({ id: z.string(), name: z.string() }),
	validFrom: time,
	credentialSubject: z.object({
		id: z.string(),
		type: z.literal('BitstringStatusList'),
		statusPurpose: z.enum(purposes),
		encodedList: z.string().check(z.regex(/^u[A-Za-z0-9_-]+$/), z.maxLength(100_000))
	})
});
export type StatusList = z.infer<typeof StatusList>;

/** The payload of a list. `at`: milliseconds; `encoded`: base64url of gzip of its bits. */
export function statusList(
	address: string,
	purpose: Purpose,
	issuer: { id: string; name: string },
	at: number,
	encoded: string
): StatusList {
	return {
		'@context': ['https://www.w3.org/ns/credentials/v2'],
		id: address,
		type: ['VerifiableCredential', 'BitstringStatusListCredential'],
		issuer,
		validFrom: `${new Date(at).toISOString().slice(0, 19)}Z`,
		credentialSubject: { id: `${address}#list`, type: 'BitstringStatusList', statusPurpose: purpose, encodedList: `u${encoded}` }
	};
}

/** As of when a list holds, in milliseconds. */
export const asOf = ({ validFrom }: StatusList): number => Date.parse(validFrom);
