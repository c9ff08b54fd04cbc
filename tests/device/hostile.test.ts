import 'reflect-metadata';
import { ExtendedKeyUsageExtension, KeyUsagesExtension, X509CertificateGenerator } from '@peculiar/x509';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createCipheriv, pbkdf2Sync, randomBytes, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it, test } from 'vitest';
import { envelopeData, type Envelope } from '#core/exam.ts';
import type { Pinned } from '#core/verification.ts';
import { envelopeKey, unsealed } from '#device/certification/box.ts';
import { createVerifier } from '#device/certification/verifier.ts';
import { createDevice } from '#device/index.ts';
import { KeyUsageFlags, body, certified, credential, day, pinned, seal, today, type Holder } from './certificates.ts';

globalThis.IDBKeyRange = IDBKeyRange; // Dexie looks for it there

/** A phone without a line that knows these issuers. */
function phone(...issuers: Pinned[]) {
	const device = createDevice({ packKey: {}, fetch: () => Promise.reject(new TypeError('fetch failed')), indexedDB: new IDBFactory() });
	return createVerifier({ ...device, packKey: {}, packs: '/packs', site: '', issuers });
}

/** A certificate of the body under an authority that the app knows, for these purposes. */
async function purposed(purposes: string[]): Promise<{ holder: Holder; known: Pinned }> {
	const root = await certified(undefined, { organisation: 'Authority of Trust', authority: true });
	const known = pinned(await certified(root, body));
	const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
	const keys = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
	const own = await X509CertificateGenerator.create({
		notBefore: new Date(today - 100 * day),
		notAfter: new Date(today + 100 * day),
		subject: [{ O: [body.organisation] }, { '2.5.4.97': [body.identifier] }],
		issuer: root.certificates[0]!.subjectName,
		publicKey: keys.publicKey,
		signingKey: root.keys.privateKey,
		signingAlgorithm: algorithm,
		extensions: [
			new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
			...(purposes.length ? [new ExtendedKeyUsageExtension(purposes)] : [])
		]
	});
	return { holder: { certificates: [own, ...root.certificates], keys, kind: 'ES256' }, known };
}

test.each<[string, string[], string]>([
	['for nothing in particular', [], 'good'],
	['for documents', ['1.3.6.1.5.5.7.3.36'], 'good'],
	['for e-mail and for who signs in', ['1.3.6.1.5.5.7.3.4', '1.3.6.1.5.5.7.3.2'], 'good'],
	['of a web site', ['1.3.6.1.5.5.7.3.1'], 'bad certificate'],
	['of a web site, and of who signs in', ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'], 'bad certificate'],
	['for programs', ['1.3.6.1.5.5.7.3.3'], 'bad certificate'],
	['for time stamps', ['1.3.6.1.5.5.7.3.8'], 'bad certificate'],
	['for answers about certificates', ['1.3.6.1.5.5.7.3.9'], 'bad certificate']
])('a certificate of the issuer that is %s seals only if a seal may be made with it', async (_, purposes, expected) => {
	const { holder, known } = await purposed(purposes);
	const { checks } = await phone(known).verify(JSON.stringify(await seal(JSON.stringify(credential()), holder)), today);
	const found = checks.find(({ name }) => name === 'seal')!;
	expect(found.reason ? `${found.state} ${found.reason}` : found.state).toBe(expected);
});

it('a picture that no camera takes is not opened', async () => {
	const huge = new File([new Uint8Array(40_000_000)], 'code.png', { type: 'image/png' });
	expect((await phone().file(huge, today)).checks).toEqual([{ name: 'form', state: 'bad', reason: 'too-large' }]);
});

it('an envelope that unfolds to far more than a form is refused before it fills the phone', async () => {
	const [code, salt, iv] = ['7K3M-00XZ-9ABC', randomBytes(16), randomBytes(12)];
	const head = { form: randomUUID(), session: randomUUID(), candidate: randomUUID() };
	const sealed = (plain: Buffer): Envelope => {
		const cipher = createCipheriv('aes-256-gcm', pbkdf2Sync(code, salt, 10_000, 32, 'sha256'), iv);
		cipher.setAAD(Buffer.from(envelopeData(head)));
		const box = Buffer.concat([cipher.update(gzipSync(plain)), cipher.final(), cipher.getAuthTag()]).toString('base64url');
		return {
			v: 1,
			...head,
			course: 'demo',
			starts: 1,
			salt: salt.toString('base64url'),
			rounds: 10_000,
			iv: iv.toString('base64url'),
			box
		};
	};
	const open = async (envelope: Envelope) => unsealed(envelope, await envelopeKey(envelope, code));
	expect(await open(sealed(Buffer.from('Ζωή')))).toBe('Ζωή');
	expect((await open(sealed(Buffer.alloc(3_000_000, 'x'))))!.length).toBe(3_000_000);
	const bomb = sealed(Buffer.alloc(100_000_000));
	expect(bomb.box.length).toBeLessThan(200_000);
	await expect(open(bomb)).rejects.toMatchObject({ code: 'corrupt' });
});
