import { execFileSync, spawnSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compactVerify, generalVerify } from 'jose';
import { afterAll, expect, test } from 'vitest';
import { StatusList, asOf, bit } from '#core/status.ts';
import { sealFile } from '#compiler/seal.ts';
import { createSeal, sealed, sealedCompact, type Seal } from '#server/certification/seal.ts';
import { createStatusLists } from '#server/certification/status-list.ts';
import { der } from '#server/certification/der.ts';

const root = mkdtempSync(join(tmpdir(), 'seal-'));
afterAll(() => rmSync(root, { recursive: true }));
await sealFile(root);
const path = join(root, '.keys/seal.json');
const seal = createSeal(path);
const payload = JSON.stringify({ id: 'urn:uuid:1', holder: 'Ζωή Żółć', text: 'line\nbreak "quoted"' });
const now = Date.UTC(2026, 5, 2, 12);
const key = new X509Certificate(Buffer.from(seal.certificates[0]!, 'base64')).publicKey;

type Jws = { payload: string; signatures: [{ protected: string; signature: string }] };
const read = (text: string) => JSON.parse(text) as Jws;
const headOf = (jws: Jws) => JSON.parse(Buffer.from(jws.signatures[0].protected, 'base64url').toString()) as Record<string, unknown>;
const signed = (jws: Jws) => Buffer.from(`${jws.signatures[0].protected}.${jws.payload}`);

test('a seal is a JWS in general serialisation with the payload as it stands, and jose verifies it', async () => {
	const jws = read(await sealed(seal, payload, now));
	expect(Object.keys(jws)).toEqual(['payload', 'signatures']);
	expect(jws.payload).toBe(payload);
	expect(jws.signatures).toHaveLength(1);
	const verified = await generalVerify(jws, key, { algorithms: ['ES256'] });
	expect(Buffer.from(verified.payload).toString()).toBe(payload);
});

test('its protected header keeps the rules of JAdES: iat and not sigT, the whole chain, its thumbprint', async () => {
	const head = headOf(read(await sealed(seal, payload, now)));
	const leaf = Buffer.from(seal.certificates[0]!, 'base64');
	expect(head).toEqual({
		alg: 'ES256',
		kid: expect.any(String),
		'x5t#S256': createHash('sha256').update(leaf).digest('base64url'),
		x5c: seal.certificates,
		iat: now / 1000,
		cty: 'ld+json',
		typ: 'jose+json',
		b64: false,
		crit: ['b64']
	});
	const serial = new X509Certificate(leaf).serialNumber.toLowerCase();
	expect(Buffer.from(head.kid as string, 'base64').toString('hex')).toMatch(new RegExp(`${serial}$`));
});

test('WebCrypto verifies it', async () => {
	const jws = read(await sealed(seal, payload, now));
	const spki = key.export({ type: 'spki', format: 'der' });
	const own = await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify']);
	const verify = (bytes: Buffer<ArrayBuffer>) =>
		crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, own, Buffer.from(jws.signatures[0].signature, 'base64url'), bytes);
	expect(await verify(signed(jws))).toBe(true);
	expect(await verify(Buffer.concat([signed(jws), Buffer.from(' ')]))).toBe(false);
});

const openssl = spawnSync('openssl', ['version']).status === 0;
const pem = (certificate: string) =>
	`-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)!.join('\n')}\n-----END CERTIFICATE-----\n`;
const positive = (number: Buffer) => (number[0]! & 0x80 ? Buffer.concat([Buffer.of(0), number]) : number);
const asDer = (raw: Buffer) => der(0x30, der(2, positive(raw.subarray(0, 32))), der(2, positive(raw.subarray(32))));

test.skipIf(!openssl)(
	`the OpenSSL command line verifies seal and chain${openssl ? '' : ': skipped, there is no openssl here'}`,
	async () => {
		const jws = read(await sealed(seal, payload, now));
		const file = (name: string, content: string | Uint8Array) => (writeFileSync(join(root, name), content), join(root, name));
		const [leaf, above] = seal.certificates.map((one, at) => file(`${at}.pem`, pem(one)));
		const args = ['-sha256', '-verify', file('key.pem', key.export({ type: 'spki', format: 'pem' })), '-signature'];
		const signature = file('signature.der', asDer(Buffer.from(jws.signatures[0].signature, 'base64url')));
		const verify = (bytes: Buffer<ArrayBuffer>) =>
			spawnSync('openssl', ['dgst', ...args, signature, file('signed', bytes)])
				.stdout.toString()
				.trim();
		expect(verify(signed(jws))).toBe('Verified OK');
		expect(verify(Buffer.from(signed(jws).toString().replace('Ζωή', 'Ζoή')))).toBe('Verification failure');
		expect(execFileSync('openssl', ['verify', '-x509_strict', '-CAfile', above!, leaf!]).toString()).toContain(': OK');
	}
);

test('a letter that is changed in payload or header breaks the seal', async () => {
	const jws = read(await sealed(seal, payload, now));
	const [{ protected: head, signature }] = jws.signatures;
	const harmed = [
		{ ...jws, payload: payload.replace('Ζωή', 'Ζoή') },
		{ ...jws, payload: `${payload} ` },
		{ ...jws, signatures: [{ protected: Buffer.from(JSON.stringify({ ...headOf(jws), iat: 1 })).toString('base64url'), signature }] },
		{ ...jws, signatures: [{ protected: head, signature: Buffer.alloc(64, 1).toString('base64url') }] }
	];
	for (const one of harmed) await expect(generalVerify(one, key, { algorithms: ['ES256'] })).rejects.toThrow();
});

test('nothing leaves whose signature does not fit the certificate', async () => {
	const other: Seal = { ...seal, sign: async () => new Uint8Array(64).fill(7) };
	await expect(sealed(other, payload, now)).rejects.toThrow();
	await expect(sealedCompact(other, payload, now)).rejects.toThrow();
});

/** A program that signs as a tool of a key service does: bytes in, base64 out. */
const program = (encoding: 'der' | 'ieee-p1363') => {
	const script = join(root, `${encoding}.mjs`);
	writeFileSync(
		script,
		`import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
const key = createPrivateKey({ key: JSON.parse(readFileSync(process.argv[2], 'utf8')).key, format: 'jwk' });
process.stdout.write(sign('sha256', readFileSync(0), { key, dsaEncoding: '${encoding}' }).toString('base64') + '\\n');`
	);
	return [process.execPath, script, path];
};

test.each(['der', 'ieee-p1363'] as const)('another program can hold the key, and answer in %s', async (encoding) => {
	const { key: _, ...without } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
	const file = join(root, 'without.json');
	writeFileSync(file, JSON.stringify(without));
	const jws = read(await sealed(createSeal(file, program(encoding)), payload, now));
	expect((await generalVerify(jws, key)).payload.length).toBe(Buffer.byteLength(payload));
});

test.each([
	['fails', ['node', '-e', 'process.exit(3)']],
	['says nothing', ['node', '-e', '']],
	['says something else', ['node', '-e', 'console.log("no key for you")']],
	['is not there', ['/no/such/program']]
])('a program that %s seals nothing, and it is said', async (_, command) => {
	await expect(sealed(createSeal(path, command), payload, now)).rejects.toThrow();
});

test('a program that does not answer is ended, and holds nobody up', async () => {
	const command = ['node', '-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'];
	await expect(sealed(createSeal(path, command, 300), payload, now)).rejects.toThrow('gave no signature');
});

test('a file that is no seal, or has the key of another, is refused by its name', async () => {
	const file = join(root, 'wrong.json');
	const own = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
	expect(() => createSeal(join(root, 'none.json'))).toThrow('none.json');
	writeFileSync(file, '{}');
	expect(() => createSeal(file)).toThrow('wrong.json');
	const other = mkdtempSync(join(tmpdir(), 'seal-'));
	writeFileSync(file, JSON.stringify({ ...own, key: (await sealFile(other)).key }));
	rmSync(other, { recursive: true });
	expect(() => createSeal(file)).toThrow('wrong.json');
	writeFileSync(file, JSON.stringify({ ...own, key: undefined }));
	expect(() => createSeal(file)).toThrow('wrong.json');
});

test('a status list is sealed, says as of when it holds, and is made anew after a change and after a day', async () => {
	const revoked = [5];
	const lists = createStatusLists({ seal, base: 'https://e.example', set: (_, purpose) => (purpose === 'revocation' ? revoked : []) });
	const open = async (jws: string) => {
		const { payload: bytes, protectedHeader } = await compactVerify(jws, key, { algorithms: ['ES256'] });
		const list = StatusList.parse(JSON.parse(Buffer.from(bytes).toString()));
		const bits = new Uint8Array(gunzipSync(Buffer.from(list.credentialSubject.encodedList.slice(1), 'base64url')));
		return { list, bits, protectedHeader };
	};
	const first = await lists.list('1', 'revocation', now);
	const { list, bits, protectedHeader } = await open(first);
	expect(protectedHeader).toMatchObject({ typ: 'vc+jwt', iat: now / 1000, x5c: seal.certificates });
	expect(list).toMatchObject({ id: 'https://e.example/v1/status/1-revocation', credentialSubject: { statusPurpose: 'revocation' } });
	expect([asOf(list), bit(bits, 5), bit(bits, 6)]).toEqual([now, true, false]);
	expect(bit((await open(await lists.list('1', 'suspension', now))).bits, 5)).toBe(false);

	revoked.push(6);
	expect(await lists.list('1', 'revocation', now + 1000)).toBe(first);
	lists.changed();
	expect(bit((await open(await lists.list('1', 'revocation', now + 1000))).bits, 6)).toBe(true);
	const later = now + 2 * 86_400_000;
	expect(asOf((await open(await lists.list('1', 'revocation', later))).list)).toBe(later);
});

test('a list that could not be sealed is tried again', async () => {
	let works = false;
	const sign: Seal['sign'] = (input) => (works ? seal.sign(input) : Promise.reject(new Error('the key service is away')));
	const lists = createStatusLists({ seal: { ...seal, sign }, base: 'https://e.example', set: () => [] });
	await expect(lists.list('1', 'revocation', now)).rejects.toThrow('away');
	works = true;
	expect(await lists.list('1', 'revocation', now)).toContain('.');
});
