import * as z from 'zod/mini';
import { Issuer } from './award.ts';
import { PublicKey } from './wire.ts';

/** A certificate: DER as base64. */
export const Certificate = z.string().check(z.regex(/^[A-Za-z0-9+/]+={0,2}$/));

/**
 * The file of a seal, `.keys/seal.json`: who seals, the certificates (the sealing one first, then those above it), and the private key
 * (JWK, P-256) of the first; no key if another program signs.
 */
export const SealFile = z.strictObject({
	issuer: Issuer,
	key: z.optional(z.strictObject({ ...PublicKey.shape, d: z.string().check(z.regex(/^[\w-]{43}$/)) })),
	certificates: z.array(Certificate).check(z.minLength(1), z.maxLength(5))
});
export type SealFile = z.infer<typeof SealFile>;
