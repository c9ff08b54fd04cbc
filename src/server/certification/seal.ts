import { X509Certificate, createHash, createPrivateKey, sign, verify, type KeyObject } from 'node:crypto';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { compactVerify, generalVerify } from 'jose';
import type { Issuer } from '#core/award.ts';
import { SealFile } from '#core/seal.ts';
import { content, der, values } from './der.ts';

/**
 * Who seals, and how. `certificates`: DER as base64, the sealing one first. `sign` gives r and s (64 bytes) of ECDSA P-256 with SHA-256 over
 * the input; where the key lies is its own affair.
 */
export type Seal = { issuer: Issuer; certificates: string[]; sign(input: Uint8Array): Promise<Uint8Array> };

/**
 * The seal of a file (`core/seal.ts`). The key signs that stands in it; or a command, which gets the bytes on its standard input and writes
 * the signature as base64, r and s or DER, so that a tool for PKCS#11 or a key service fits; one that says nothing for `patience` milliseconds
 * is ended. Throws if the file is no seal, or its key not that of its certificate.
 */
export function createSeal(path: string, command: string[] = [], patience = 30_000): Seal {
	const { issuer, certificates, key: jwk } = read(path);
	const certificate = new X509Certificate(Buffer.from(certificates[0]!, 'base64'));
	const [program, ...words] = command;
	if (program) return { issuer, certificates, sign: (input) => ask(program, words, input, patience) };
	const key = jwk && createPrivateKey({ key: jwk, format: 'jwk' });
	if (!key || !certificate.checkPrivateKey(key)) throw new Error(`The seal ${path} has no key, or not that of its certificate`);
	return { issuer, certificates, sign: async (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }) };
}

function read(path: string): SealFile {
	try {
		return SealFile.parse(JSON.parse(readFileSync(path, 'utf8')));
	} catch (cause) {
		throw new Error(`The seal ${path} cannot be read`, { cause });
	}
}

const ask = (program: string, words: string[], input: Uint8Array, patience: number): Promise<Uint8Array> =>
	new Promise((resolve, reject) => {
		const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], timeout: patience, killSignal: 'SIGKILL' });
		const said: Buffer[] = [];
		child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
		child.stdin.on('error', reject);
		child.once('error', reject);
		child.once('close', (code) => {
			const signature = code === 0 ? raw(Buffer.from(Buffer.concat(said).toString('latin1'), 'base64')) : undefined;
			if (signature) resolve(signature);
			else reject(new Error(`The program that seals, ${program}, ended with ${code} and gave no signature`));
		});
		child.stdin.end(input);
	});

/** A signature as r and s, if it was that or DER; undefined if it was neither. */
function raw(signature: Uint8Array): Uint8Array | undefined {
	if (signature.length === 64) return signature;
	const [r, s] = signature[0] === 0x30 ? values(signature).map((number) => content(number).subarray(-32)) : [];
	return r && s && Buffer.concat([Buffer.alloc(32 - r.length), r, Buffer.alloc(32 - s.length), s]);
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** The DER of IssuerSerial (ETSI TS 119 182-1, `kid`): the name of who issued the certificate, and its number. */
function issuerSerial(certificate: Uint8Array): Uint8Array {
	const [first, ...rest] = values(values(certificate)[0]!);
	const [serial, , name] = first![0] === 0xa0 ? rest : [first, ...rest];
	return der(0x30, der(0x30, der(0xa4, name!)), serial!);
}

/** What is the same in every signature of a seal: the head, and the key that verifies it. */
const constant = new WeakMap<Seal, { head: object; key: KeyObject; until: number }>();
function known(seal: Seal, at: number): { head: object; key: KeyObject } {
	const found = constant.get(seal) ?? heading(seal);
	constant.set(seal, found);
	if (at > found.until)
		throw new Error('The certificate of the seal, or one above it, has ended: nothing that it seals now would ever hold');
	return found;
}

function heading({ certificates }: Seal): { head: object; key: KeyObject; until: number } {
	const leaf = Buffer.from(certificates[0]!, 'base64');
	const head = {
		alg: 'ES256',
		kid: Buffer.from(issuerSerial(leaf)).toString('base64'),
		'x5t#S256': createHash('sha256').update(leaf).digest('base64url'),
		x5c: certificates
	};
	const chain = certificates.map((text) => new X509Certificate(Buffer.from(text, 'base64')));
	return { head, key: chain[0]!.publicKey, until: Math.min(...chain.map(({ validTo }) => Date.parse(validTo))) };
}

const seconds = (milliseconds: number): number => Math.floor(milliseconds / 1000);

/**
 * A text sealed as JAdES-B (ETSI TS 119 182-1 v1.2.1): JWS JSON general serialisation, the payload inside as it stands (RFC 7797), `iat` and
 * not `sigT`, the whole chain in `x5c`. It is verified before it leaves; throws if the seal's key is not that of its certificate, or a
 * certificate has ended.
 */
export async function sealed(seal: Seal, payload: string, at: number): Promise<string> {
	const { head, key } = known(seal, at);
	const own = { ...head, iat: seconds(at), cty: 'ld+json', typ: 'jose+json', b64: false, crit: ['b64'] };
	const protectedHeader = base64url(JSON.stringify(own));
	const signature = base64url(await seal.sign(Buffer.from(`${protectedHeader}.${payload}`)));
	const jws = { payload, signatures: [{ protected: protectedHeader, signature }] };
	await generalVerify(jws, key, { algorithms: ['ES256'] });
	return JSON.stringify(jws);
}

/** The signature of a seal under bytes, r and s. It is verified before it leaves; throws as `sealed` does. */
export async function signature(seal: Seal, input: Uint8Array, at: number): Promise<Uint8Array> {
	const { key } = known(seal, at);
	const made = await seal.sign(input);
	if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, made)) throw new Error('What the seal signed does not hold');
	return made;
}

/** A JSON text as compact JWS under the same seal, as status lists travel. It is verified before it leaves; throws as `sealed` does. */
export async function sealedCompact(seal: Seal, payload: string, at: number): Promise<string> {
	const { head, key } = known(seal, at);
	const own = { ...head, iat: seconds(at), cty: 'vc', typ: 'vc+jwt' };
	const input = `${base64url(JSON.stringify(own))}.${base64url(payload)}`;
	const jws = `${input}.${base64url(await seal.sign(Buffer.from(input)))}`;
	await compactVerify(jws, key, { algorithms: ['ES256'] });
	return jws;
}
