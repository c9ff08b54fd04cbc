import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const kinds = { 'P-256': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), Ed25519: () => generateKeyPairSync('ed25519') };

/**
 * The private key (JWK) of a file; it is made at the first start, for its owner alone to read. Throws a sentence with `what` it is, as
 * `receipt key`, if the file is there and cannot be read.
 */
export function ownKey(path: string, what: string, kind: keyof typeof kinds = 'P-256'): JsonWebKey {
	try {
		return JSON.parse(readFileSync(path, 'utf8')) as JsonWebKey;
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw new Error(`The ${what} ${path} cannot be read`, { cause });
	}
	const jwk = kinds[kind]().privateKey.export({ format: 'jwk' });
	mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
	writeFileSync(path, JSON.stringify(jwk), { mode: 0o600, flag: 'wx', flush: true });
	return jwk;
}
