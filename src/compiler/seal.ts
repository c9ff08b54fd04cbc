import 'reflect-metadata';
import {
	X509CertificateGenerator,
	BasicConstraintsExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	SubjectKeyIdentifierExtension,
	AuthorityKeyIdentifierExtension,
	type X509Certificate
} from '@peculiar/x509';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { Issuer } from '#core/award.ts';
import { Certificate, SealFile } from '#core/seal.ts';
import type { Pinned } from '#core/verification.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const fiveYears = 5 * 365 * 86_400_000;

/** The issuer of the chain that is made here. No body: its number is all noughts. */
const development: Issuer = {
	name: {
		en: 'Development only: not a certification body',
		el: 'Μόνο για ανάπτυξη: δεν είναι φορέας πιστοποίησης',
		it: 'Solo per sviluppo: non è un ente di certificazione',
		pl: 'Tylko do celów rozwojowych: to nie jest instytucja certyfikująca',
		es: 'Solo para desarrollo: no es una entidad de certificación'
	},
	identifier: 'NTRCY-00000000',
	country: 'CYP',
	homepage: 'https://passport-to-employment.example',
	development: true
};

/**
 * The seal of a project: the file that the setting `SEAL_KEY` names, else `.keys/seal.json`, which is made on first use (readable by its owner
 * alone) with a development chain, whose seal is no qualified electronic seal. Throws with the file's path if it is not a seal.
 */
export async function sealFile(root: string): Promise<SealFile> {
	const named = process.env.SEAL_KEY;
	const file = path.resolve(root, named || '.keys/seal.json');
	if (!named && !existsSync(file)) keep(file, await chain());
	return read(file, SealFile, 'the file of a seal: correct the setting SEAL_KEY, or remove the file and a development seal is made');
}

/** The issuers that the app knows: that of the project's seal, and those of the JSON file that the setting `ISSUERS` names. */
export async function pinned(root: string): Promise<Pinned[]> {
	const { issuer, certificates } = await sealFile(root);
	const others = process.env.ISSUERS
		? read(path.resolve(root, process.env.ISSUERS), List, 'a list of issuers: correct the setting ISSUERS')
		: [];
	return [{ issuer, certificates }, ...others];
}

const List = z.array(z.strictObject({ issuer: Issuer, certificates: z.array(Certificate).check(z.minLength(1)) }));

function read<T extends z.ZodMiniType>(file: string, schema: T, what: string): z.infer<T> {
	try {
		return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
	} catch (cause) {
		throw new Error(`${file} is not ${what}`, { cause });
	}
}

/** Keeps a new file. It appears whole or not at all; of two builds that start together, the first wins. */
function keep(file: string, made: SealFile): void {
	const draft = `${file}.${process.pid}`;
	mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	writeFileSync(draft, JSON.stringify(made), { mode: 0o600 });
	try {
		linkSync(draft, file);
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
	} finally {
		rmSync(draft);
	}
}

/** A chain of two: an authority, whose key is thrown away when it has signed, and the certificate of the seal. */
async function chain(): Promise<SealFile> {
	const pair = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const [authority, seal] = await Promise.all([pair(), pair()]);
	const notBefore = new Date(Math.floor(Date.now() / 60_000) * 60_000 - 60_000);
	const valid = { notBefore, notAfter: new Date(notBefore.getTime() + fiveYears), signingAlgorithm: algorithm };
	const above = await X509CertificateGenerator.createSelfSigned({
		...valid,
		name: [{ C: ['CY'] }, { O: ['Development only'] }, { CN: ['Development only: authority, not qualified'] }],
		keys: authority,
		extensions: [
			new BasicConstraintsExtension(true, 0, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
			await SubjectKeyIdentifierExtension.create(authority.publicKey)
		]
	});
	const own = await X509CertificateGenerator.create({
		...valid,
		subject: [
			{ C: ['CY'] },
			{ O: [development.name.en] },
			{ '2.5.4.97': [development.identifier] },
			{ CN: ['Development only: seal, not qualified'] }
		],
		issuer: above.subjectName,
		publicKey: seal.publicKey,
		signingKey: authority.privateKey,
		extensions: [
			new BasicConstraintsExtension(false, undefined, true),
			new KeyUsagesExtension(KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation, true),
			await SubjectKeyIdentifierExtension.create(seal.publicKey),
			await AuthorityKeyIdentifierExtension.create(authority.publicKey)
		]
	});
	const { kty, crv, x, y, d } = await crypto.subtle.exportKey('jwk', seal.privateKey);
	return SealFile.parse({ issuer: development, key: { kty, crv, x, y, d }, certificates: [own, above].map(base64) });
}

const base64 = (certificate: X509Certificate): string => Buffer.from(certificate.rawData).toString('base64');
