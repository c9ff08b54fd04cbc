import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { FlattenedSign, GeneralSign, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { qr, type Claims } from '#core/cwt.ts';
import type { CheckName, Reason, Verification } from '#core/verification.ts';
import { createVerifier } from '#device/certification/verifier.ts';
import { createDevice } from '#device/index.ts';
import {
	KeyUsageFlags,
	body,
	certified,
	chain,
	credential,
	day,
	head,
	maced,
	pinned,
	seal,
	statusJws,
	today,
	type Head,
	type Holder,
	type Lists,
	type Sealed
} from './certificates.ts';

globalThis.IDBKeyRange = IDBKeyRange; // Dexie looks for it there

let ours: Holder;
let theirs: Holder;
let rsa: Holder;
let wide: Holder;
beforeAll(async () => {
	[ours, theirs, rsa, wide] = await Promise.all([
		chain(),
		chain({ organisation: 'Somebody Else', identifier: 'NTRCY-99999999' }),
		chain({ kind: 'RS256' }),
		chain({ kind: 'ES384' })
	]);
});

/** A phone that knows issuers, and an endpoint that has these lists; `down` cuts the line. */
function phone({
	issuers = [pinned(ours)],
	lists = {} as Lists,
	signer = ours,
	at = today - day,
	disk = new IDBFactory(),
	shipped = undefined as Record<string, string> | undefined
} = {}) {
	const line = {
		asked: [] as string[],
		down: false,
		answer: async (path: string): Promise<string | undefined> => {
			const purpose = path.endsWith('-revocation') ? 'revocation' : path.endsWith('-suspension') ? 'suspension' : undefined;
			return purpose && path.startsWith('/v1/status/1-') ? statusJws(signer, purpose, lists[purpose], at) : undefined;
		}
	};
	const fetching = (async (path: string) => {
		line.asked.push(path);
		if (line.down) throw new TypeError('fetch failed');
		const text = await line.answer(path);
		return new Response(text ?? '', { status: text === undefined ? 404 : 200 });
	}) as typeof fetch;
	const device = createDevice({ packKey: {}, fetch: fetching, indexedDB: disk });
	const parts = { ...device, packKey: {}, packs: '/packs', site: '', issuers };
	return { line, disk, ...createVerifier(parts, shipped && (async () => shipped)) };
}

const found = ({ checks }: Verification, name: CheckName) => {
	const check = checks.find((one) => one.name === name);
	return check && `${check.state}${check.reason ? ` ${check.reason}` : ''}`;
};
const all = (verification: Verification) => Object.fromEntries(verification.checks.map(({ name }) => [name, found(verification, name)]));
const sound = { form: 'good', seal: 'good', issuer: 'good', holder: 'good', dates: 'good', status: 'good' };
const text = (change: Record<string, unknown> = {}) => JSON.stringify(credential(change));
const sealedText = async (payload = text(), holder = ours, change?: (header: Head) => Head) =>
	JSON.stringify(await seal(payload, holder, change));
/** A sealed credential, changed after it was sealed. */
const changed = async (change: (sealed: Sealed) => unknown) => JSON.stringify(change(await seal(text(), ours)));
const subject = (change: Record<string, unknown>) => ({ credentialSubject: { ...credential().credentialSubject, ...change } });
const without = (...names: string[]) =>
	JSON.stringify(Object.fromEntries(Object.entries(credential()).filter(([name]) => !names.includes(name))));
const drop =
	(...names: string[]) =>
	(header: Head) =>
		Object.fromEntries(Object.entries(header).filter(([name]) => !names.includes(name)));
const altered = (word: string) => `${word[0] === 'A' ? 'B' : 'A'}${word.slice(1)}`;
const reheaded = (sealed: Sealed, change: (header: Head) => Head) => {
	const [one] = sealed.signatures;
	const header = JSON.parse(Buffer.from(one!.protected, 'base64url').toString()) as Head;
	return { ...sealed, signatures: [{ ...one!, protected: Buffer.from(JSON.stringify(change(header))).toString('base64url') }] };
};

test('a sealed credential of an issuer that the app knows: each of the six checks is good, and what it certifies is told', async () => {
	const { verify } = phone();
	const verification = await verify(await sealedText(), today);
	expect(all(verification)).toEqual(sound);
	expect(verification.checks.find(({ name }) => name === 'status')!.at).toBe(today - day);
	expect(verification.shown).toMatchObject({
		kind: 'edc',
		holder: 'Maria Lopez',
		born: '1990-05-01',
		issuer: body.organisation,
		issued: Date.UTC(2026, 10, 20, 10),
		until: Date.UTC(2029, 10, 20, 10),
		achievements: [{ title: { es: 'Comunicación' }, eqf: 4, hours: 8, score: 85, outcomes: [{ en: 'Listens', es: 'Escucha' }] }]
	});
});

test('an issuer that the app knows has its name in every language, by the one that a credential has; of another nothing is made up', () => {
	const { named } = phone();
	expect(named(body.organisation)).toEqual({ en: body.organisation, el: 'α', it: 'b', pl: 'c', es: 'd' });
	expect(named('α')['es']).toBe('d');
	expect(named('Somebody Else')).toEqual({});
});

test('it is the same as bytes, with a byte order mark, flattened, sealed by jose, by an authority in between, with sigT, RS256, PS256 or ES384', async () => {
	const { verify } = phone({ issuers: [pinned(ours), pinned(rsa), pinned(wide)] });
	const one = await seal(text(), ours);
	const { alg, ...header } = head(ours);
	const bytes = new TextEncoder().encode(text());
	const encoded = drop('b64', 'crit')(header);
	const general = await new GeneralSign(bytes)
		.addSignature(ours.keys.privateKey)
		.setProtectedHeader({ ...encoded, alg: 'ES256' })
		.sign();
	const flat = await new FlattenedSign(bytes).setProtectedHeader({ ...header, alg: alg as string }).sign(ours.keys.privateKey);
	const pss = { ...rsa, keys: { ...rsa.keys, privateKey: await pssKey(rsa) } };
	const middle = await certified(ours && (await authority()), { organisation: 'Middle', authority: true, below: 0 });
	const lower = await certified(middle, body);
	const between = phone({ issuers: [pinned(lower)] });
	const plain = [
		new TextEncoder().encode(JSON.stringify(one)),
		`\uFEFF ${JSON.stringify(one)}\n`,
		JSON.stringify({ payload: one.payload, ...one.signatures[0] }),
		JSON.stringify({ ...one, signatures: [{ ...one.signatures[0], header: { etsiU: ['x'] } }] }),
		JSON.stringify(general),
		JSON.stringify({ ...flat, payload: text() }),
		await sealedText(text(), ours, (was) => ({ ...drop('iat')(was), sigT: '2026-11-25T12:00:00Z', crit: ['b64', 'sigT'] })),
		await sealedText(text(), wide),
		await sealedText(text(), rsa)
	];
	for (const input of plain) expect({ ...all(await verify(input, today)), status: 'good' }).toEqual(sound);
	expect(found(await verify(JSON.stringify(await pssSealed(pss)), today), 'seal')).toBe('good');
	expect({ ...all(await between.verify(await sealedText(text(), lower), today)), status: 'good' }).toEqual(sound);
});
const authority = () => certified(undefined, { organisation: 'Root', authority: true });
const pssKey = async ({ keys }: Holder) =>
	crypto.subtle.importKey('pkcs8', await crypto.subtle.exportKey('pkcs8', keys.privateKey), { name: 'RSA-PSS', hash: 'SHA-256' }, true, [
		'sign'
	]);
async function pssSealed({ keys, ...holder }: Holder): Promise<Sealed> {
	const protectedHeader = Buffer.from(JSON.stringify({ ...head({ keys, ...holder }), alg: 'PS256' })).toString('base64url');
	const signed = Buffer.from(`${protectedHeader}.${text()}`);
	const bytes = await crypto.subtle.sign({ name: 'RSA-PSS', saltLength: 32 }, keys.privateKey, signed);
	return { payload: text(), signatures: [{ protected: protectedHeader, signature: Buffer.from(bytes).toString('base64url') }] };
}

type Row = [name: string, make: () => unknown, check: CheckName, outcome: `${'bad' | 'unknown' | 'good'} ${Reason}`];
const rows: Row[] = [
	// What is in the file
	['one letter of the name', () => changed((it) => ({ ...it, payload: it.payload.replace('Maria', 'Marta') })), 'seal', 'bad altered'],
	['a space in the text', () => changed((it) => ({ ...it, payload: `${it.payload} ` })), 'seal', 'bad altered'],
	[
		'the text made anew with other spaces',
		() => changed((it) => ({ ...it, payload: JSON.stringify(credential(), undefined, 1) })),
		'seal',
		'bad altered'
	],
	[
		'another subject in the place of hers',
		async () => changed((it) => ({ ...it, payload: text(subject({ fullName: { en: 'Eve Other' } })) })),
		'seal',
		'bad altered'
	],
	['a score that was raised', () => changed((it) => ({ ...it, payload: it.payload.replace('85 %', '99 %') })), 'seal', 'bad altered'],
	['an end that was moved', () => changed((it) => ({ ...it, payload: it.payload.replaceAll('2029', '2039') })), 'seal', 'bad altered'],
	['another address of its status', () => changed((it) => ({ ...it, payload: it.payload.replace('#194', '#195') })), 'seal', 'bad altered'],
	[
		'the name of a changed text proves nothing',
		() => changed((it) => ({ ...it, payload: it.payload.replace('Maria', 'Marta') })),
		'holder',
		'unknown unsealed'
	],
	['nor do its dates', () => changed((it) => ({ ...it, payload: it.payload.replace('Maria', 'Marta') })), 'dates', 'unknown unsealed'],
	['nor its issuer', () => changed((it) => ({ ...it, payload: it.payload.replace('Maria', 'Marta') })), 'issuer', 'unknown unsealed'],
	['nor its status', () => changed((it) => ({ ...it, payload: it.payload.replace('Maria', 'Marta') })), 'status', 'unknown unsealed'],
	// The signature
	[
		'one letter of the signature',
		() => changed((it) => ({ ...it, signatures: [{ ...it.signatures[0]!, signature: altered(it.signatures[0]!.signature) }] })),
		'seal',
		'bad altered'
	],
	[
		'half a signature',
		() => changed((it) => ({ ...it, signatures: [{ ...it.signatures[0]!, signature: it.signatures[0]!.signature.slice(0, 43) }] })),
		'seal',
		'bad altered'
	],
	[
		'an empty signature',
		() => changed((it) => ({ ...it, signatures: [{ ...it.signatures[0]!, signature: '' }] })),
		'seal',
		'bad no-signature'
	],
	['no signatures', () => changed((it) => ({ ...it, signatures: [] })), 'seal', 'bad no-signature'],
	['signatures that are none', () => changed((it) => ({ ...it, signatures: [null] })), 'seal', 'bad no-signature'],
	['the text without its seal', () => text(), 'seal', 'bad no-signature'],
	[
		'a second signature that does not hold',
		() =>
			changed((it) => ({
				...it,
				signatures: [it.signatures[0], { ...it.signatures[0]!, signature: altered(it.signatures[0]!.signature) }]
			})),
		'seal',
		'bad altered'
	],
	['both serialisations at once', () => changed((it) => ({ ...it, ...it.signatures[0] })), 'seal', 'bad header'],
	[
		'the signature of another text',
		async () => JSON.stringify({ ...(await seal(text({ id: 'urn:other' }), ours)), payload: text() }),
		'seal',
		'bad altered'
	],
	// The header
	[
		'a time of sealing that was changed',
		async () => JSON.stringify(reheaded(await seal(text(), ours), (it) => ({ ...it, iat: Number(it['iat']) - 1 }))),
		'seal',
		'bad altered'
	],
	[
		'alg none',
		() =>
			changed((it) =>
				reheaded({ ...it, signatures: [{ ...it.signatures[0]!, signature: 'AA' }] }, (header) => ({ ...header, alg: 'none' }))
			),
		'seal',
		'bad algorithm'
	],
	['HS256 with the public key as secret', () => JSON.stringify(maced(text(), ours)), 'seal', 'bad algorithm'],
	['ES512', () => sealedText(text(), ours, (it) => ({ ...it, alg: 'ES512' })), 'seal', 'bad algorithm'],
	['no algorithm', () => sealedText(text(), ours, drop('alg')), 'seal', 'bad header'],
	['ES384 with a key of P-256', () => sealedText(text(), ours, (it) => ({ ...it, alg: 'ES384' })), 'seal', 'bad algorithm'],
	['ES256 with a key of P-384', () => sealedText(text(), wide, (it) => ({ ...it, alg: 'ES256' })), 'seal', 'bad algorithm'],
	['RS256 with an elliptic key', () => sealedText(text(), ours, (it) => ({ ...it, alg: 'RS256' })), 'seal', 'bad algorithm'],
	['an RSA key of 1024 bits', async () => sealedText(text(), await chain({ kind: 'RS1024' })), 'seal', 'bad algorithm'],
	['crit that is empty', () => sealedText(text(), ours, (it) => ({ ...drop('b64')(it), crit: [] })), 'seal', 'bad critical'],
	['crit that is no list', () => sealedText(text(), ours, (it) => ({ ...it, crit: 'b64' })), 'seal', 'bad critical'],
	['crit with a name twice', () => sealedText(text(), ours, (it) => ({ ...it, crit: ['b64', 'b64'] })), 'seal', 'bad critical'],
	[
		'crit with a name that nobody knows',
		() => sealedText(text(), ours, (it) => ({ ...it, crit: ['b64', 'new'], new: 1 })),
		'seal',
		'bad critical'
	],
	[
		'crit with a name that is not there',
		() => sealedText(text(), ours, (it) => ({ ...it, crit: ['b64', 'sigT'] })),
		'seal',
		'bad critical'
	],
	['crit with a number', () => sealedText(text(), ours, (it) => ({ ...it, crit: ['b64', 1] })), 'seal', 'bad critical'],
	['b64 that is not in crit', () => sealedText(text(), ours, drop('crit')), 'seal', 'bad critical'],
	[
		'both iat and sigT',
		() => sealedText(text(), ours, (it) => ({ ...it, sigT: '2026-11-25T12:00:00Z', crit: ['b64', 'sigT'] })),
		'seal',
		'bad time'
	],
	['neither iat nor sigT', () => sealedText(text(), ours, drop('iat')), 'seal', 'bad time'],
	['iat that is no number', () => sealedText(text(), ours, (it) => ({ ...it, iat: '1790000000' })), 'seal', 'bad time'],
	[
		'sigT without a zone',
		() => sealedText(text(), ours, (it) => ({ ...drop('iat')(it), sigT: '2026-11-25T12:00:00', crit: ['b64', 'sigT'] })),
		'seal',
		'bad time'
	],
	['sigD: what is sealed lies elsewhere', () => sealedText(text(), ours, (it) => ({ ...it, sigD: { mId: 'x' } })), 'seal', 'bad header'],
	[
		'the algorithm where nothing guards it',
		() => changed((it) => ({ ...it, signatures: [{ ...it.signatures[0]!, header: { alg: 'ES256' } }] })),
		'seal',
		'bad header'
	],
	[
		'a header that is no JSON',
		() => changed((it) => ({ ...it, signatures: [{ ...it.signatures[0]!, protected: 'AAAA' }] })),
		'seal',
		'bad header'
	],
	// The certificates
	['no certificates', () => sealedText(text(), ours, drop('x5c')), 'seal', 'bad header'],
	['certificates that are none', () => sealedText(text(), ours, (it) => ({ ...it, x5c: ['AAAA'] })), 'seal', 'bad certificate'],
	[
		'the hash of another certificate',
		() => sealedText(text(), ours, (it) => ({ ...it, 'x5t#S256': head(theirs)['x5t#S256'] })),
		'seal',
		'bad certificate'
	],
	[
		'the certificate of another, whose key did not sign',
		() => sealedText(text(), theirs, (it) => ({ ...it, x5c: head(ours)['x5c'], 'x5t#S256': head(ours)['x5t#S256'] })),
		'seal',
		'bad altered'
	],
	[
		'a certificate that may not seal',
		async () => sealedText(text(), await chain({ usage: KeyUsageFlags.keyAgreement })),
		'seal',
		'bad certificate'
	],
	[
		'a chain of certificates that do not belong together',
		() => sealedText(text(), ours, (it) => ({ ...it, x5c: [(it['x5c'] as string[])[0], (head(theirs)['x5c'] as string[])[1]] })),
		'issuer',
		'bad chain'
	],
	[
		'a chain in the wrong order',
		async () => sealedText(text(), ours, (it) => ({ ...it, x5c: [(it['x5c'] as string[])[0], (it['x5c'] as string[])[0]] })),
		'issuer',
		'bad chain'
	],
	['an authority that is none', async () => sealedText(text(), await chain({}, { authority: false })), 'issuer', 'bad chain'],
	[
		'an authority that may not certify',
		async () => sealedText(text(), await chain({}, { usage: KeyUsageFlags.digitalSignature })),
		'issuer',
		'bad chain'
	],
	['more authorities than the first allows', async () => sealedText(text(), await deep()), 'issuer', 'bad chain'],
	[
		'a critical rule in a certificate that is not understood',
		async () => sealedText(text(), await chain({ critical: '1.2.3.4' })),
		'issuer',
		'bad chain'
	],
	['a certificate that had ended', async () => sealedText(text(), await chain({ until: today - 2 * day })), 'issuer', 'bad chain-expired'],
	['a certificate that had not begun', async () => sealedText(text(), await chain({ from: today })), 'issuer', 'bad chain-expired'],
	[
		'an authority that had ended',
		async () => sealedText(text(), await chain({}, { until: today - 2 * day })),
		'issuer',
		'bad chain-expired'
	],
	['another who says that it is this issuer', () => sealedText(text(), theirs), 'issuer', 'bad issuer-mismatch'],
	['a chain of its own in the name of this issuer', async () => sealedText(text(), await chain()), 'issuer', 'unknown issuer-unknown'],
	[
		'a certificate signed by itself in the name of this issuer',
		async () => sealedText(text(), await certified(undefined, body)),
		'issuer',
		'unknown issuer-unknown'
	],
	// What it says
	['no name', () => sealedText(text(subject({ fullName: undefined }))), 'holder', 'bad no-holder'],
	['an empty name', () => sealedText(text(subject({ fullName: { en: '' } }))), 'holder', 'bad no-holder'],
	['not yet in force', () => sealedText(text({ validFrom: '2026-12-01T00:00:00Z' })), 'dates', 'bad not-yet-valid'],
	['ended', () => sealedText(text({ validUntil: '2026-11-25T00:00:00Z' })), 'dates', 'bad expired'],
	['ended by the older name of the end', () => sealedText(text({ expirationDate: '2026-11-25T00:00:00Z' })), 'dates', 'bad expired'],
	['a date that is none', () => sealedText(text({ validFrom: 'soon' })), 'form', 'bad format'],
	[
		'the same id with different content',
		() => sealedText(text({ evidence: { id: 'urn:epass:org:1', type: 'Organisation', legalName: { en: 'Other' } } })),
		'form',
		'bad same-id'
	],
	[
		'the same id with less content',
		() => sealedText(text({ evidence: { id: 'urn:epass:org:1', type: 'Organisation', legalName: { en: body.organisation } } })),
		'form',
		'bad same-id'
	],
	['two credentials in one', () => sealedText(text({ evidence: { type: 'EuropeanDigitalCredential' } })), 'form', 'bad format'],
	[
		'another context',
		() => sealedText(text({ '@context': ['https://www.w3.org/ns/credentials/v2', 'http://data.europa.eu/snb/model/context/edc-ap'] })),
		'form',
		'bad format'
	],
	['no context of Europe', () => sealedText(text({ '@context': ['https://www.w3.org/2018/credentials/v1'] })), 'form', 'bad format'],
	['no type', () => sealedText(without('type')), 'form', 'bad not-a-credential'],
	[
		'two subjects',
		() => sealedText(text({ credentialSubject: [credential().credentialSubject, credential().credentialSubject] })),
		'form',
		'bad format'
	],
	['nothing achieved', () => sealedText(text(subject({ hasClaim: [] }))), 'form', 'bad format'],
	[
		'an achievement without a title',
		() => sealedText(text(subject({ hasClaim: [{ id: 'urn:a', type: 'LearningAchievement' }] }))),
		'form',
		'bad format'
	],
	['no issuer', () => sealedText(without('issuer')), 'form', 'bad format'],
	['no status', () => sealedText(without('credentialStatus')), 'status', 'unknown no-status'],
	[
		'a status somewhere else',
		() => sealedText(text({ credentialStatus: { id: 'https://other.test/list', type: 'CredentialStatus' } })),
		'status',
		'unknown status-unknown'
	],
	[
		'an index beyond the list',
		() => sealedText(text({ credentialStatus: { id: 'https://passport.test/v1/status/1-revocation#131072', type: 'CredentialStatus' } })),
		'status',
		'unknown status-unknown'
	],
	// What it is
	['a picture', () => new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff]), 'form', 'bad not-a-credential'],
	['a page', () => '<!doctype html><title>Login</title>', 'form', 'bad not-a-credential'],
	['nothing', () => '', 'form', 'bad not-a-credential'],
	['JSON of something else', () => '{"a":1}', 'form', 'bad not-a-credential'],
	['a sealed text of something else', () => sealedText('{"a":1}'), 'form', 'bad not-a-credential'],
	['a sealed text that is no JSON', () => sealedText('hello'), 'form', 'bad format'],
	['a file that was cut', async () => (await sealedText()).slice(0, 900), 'form', 'bad cut'],
	['a file of 10 MB', () => new Uint8Array(10_000_000).fill(0x20), 'form', 'bad too-large'],
	['a text of 10 MB', () => `{"a":"${'x'.repeat(10_000_000)}"}`, 'form', 'bad too-large'],
	['lists in lists in lists', () => `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'form', 'bad too-large'],
	['a million parts', () => `{"a":[${'0,'.repeat(1_000_000)}0]}`, 'form', 'bad too-large'],
	['lists in lists under a seal', () => sealedText(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 'form', 'bad too-large']
];
async function deep(): Promise<Holder> {
	const root = await certified(undefined, { organisation: 'Root', authority: true, below: 0 });
	return certified(await certified(root, { organisation: 'Middle', authority: true }), body);
}

describe('what is wrong is caught by the check that it belongs to, with its reason', () => {
	test.each(rows)('%s', async (_name, make, check, outcome) => {
		const verification = await phone().verify((await make()) as string, today);
		expect(found(verification, check)).toBe(outcome);
	});
	test('and each other check of the same file still says what is true', async () => {
		const { verify } = phone();
		expect(all(await verify(await sealedText(text({ validUntil: '2026-11-25T00:00:00Z' })), today))).toEqual({
			...sound,
			dates: 'bad expired'
		});
		expect(all(await verify(await sealedText(text(subject({ fullName: undefined }))), today))).toEqual({
			...sound,
			holder: 'bad no-holder'
		});
		expect(all(await verify(await sealedText(text(), await chain()), today))).toEqual({
			...sound,
			issuer: 'unknown issuer-unknown',
			status: 'unknown status-unknown'
		});
	});
});

describe('an issuer is known', () => {
	const under = async (wish = {}) => {
		const root = await certified(undefined, { organisation: 'Root', authority: true });
		return [root, await certified(root, { ...body, ...wish })] as const;
	};
	test('by its new certificate, if its authority and its legal number are those that the app knows', async () => {
		const [root, first] = await under();
		const second = await certified(root, body);
		const { verify } = phone({ issuers: [pinned(first)] });
		expect(found(await verify(await sealedText(text(), second), today), 'issuer')).toBe('good');
		const leaf = await sealedText(text(), { ...second, certificates: second.certificates.slice(0, 1) });
		expect(found(await verify(leaf, today), 'issuer')).toBe('good');
	});
	test('but another body under the same authority is not taken for it', async () => {
		const [root, first] = await under();
		const other = await certified(root, { organisation: body.organisation, identifier: 'NTRCY-99999999' });
		const { verify } = phone({ issuers: [pinned(first)] });
		const issuer = {
			...credential().issuer,
			eIDASIdentifier: { id: 'urn:epass:legalIdentifier:1', type: 'LegalIdentifier', notation: 'NTRCY-99999999' }
		};
		const said = JSON.parse(text().replaceAll(body.identifier, 'NTRCY-99999999'));
		expect(said.issuer).toEqual(issuer);
		expect(found(await verify(await sealedText(JSON.stringify(said), other), today), 'issuer')).toBe('unknown issuer-unknown');
	});
	test('and a development chain is known with a warning', async () => {
		const { verify } = phone({ issuers: [pinned(ours, body.identifier, true)] });
		expect(found(await verify(await sealedText(), today), 'issuer')).toBe('good issuer-development');
	});
});

describe('the status', () => {
	test('revoked and suspended are bad, each with its date', async () => {
		const revoked = await phone({ lists: { revocation: [194] } }).verify(await sealedText(), today);
		const suspended = await phone({ lists: { suspension: [194] } }).verify(await sealedText(), today);
		expect([found(revoked, 'status'), found(suspended, 'status')]).toEqual(['bad revoked', 'bad suspended']);
		expect(revoked.checks.find(({ name }) => name === 'status')!.at).toBe(today - day);
		expect(all(revoked)).toEqual({ ...sound, status: 'bad revoked' });
	});
	test('the bits of others say nothing about hers', async () => {
		const verification = await phone({ lists: { revocation: [193, 195], suspension: [0] } }).verify(await sealedText(), today);
		expect(found(verification, 'status')).toBe('good');
	});
	test('lists are asked for whole: no request names a credential', async () => {
		const { verify, line } = phone();
		await verify(await sealedText(), today);
		expect(line.asked.toSorted()).toEqual(['/v1/status/1-revocation', '/v1/status/1-suspension']);
	});
	test('without a network and without a list it is not known, and never called not revoked', async () => {
		const { verify, line } = phone();
		line.down = true;
		expect(found(await verify(await sealedText(), today), 'status')).toBe('unknown status-unknown');
	});
	test('a list that was seen before does without a network, as of its date, also after the app was closed', async () => {
		const first = phone();
		await first.refresh(today);
		const { verify, line } = phone({ disk: first.disk });
		line.down = true;
		const verification = await verify(await sealedText(), today + 5 * day);
		expect(found(verification, 'status')).toBe('good');
		expect(verification.checks.find(({ name }) => name === 'status')!.at).toBe(today - day);
	});
	test('after 30 days without a newer list it is not known any more; what was revoked stays so', async () => {
		const old = phone({ lists: { revocation: [7] }, at: today - 31 * day });
		const verification = await old.verify(await sealedText(), today);
		expect(found(verification, 'status')).toBe('unknown status-old');
		expect(verification.checks.find(({ name }) => name === 'status')!.at).toBe(today - 31 * day);
		const other = { credentialStatus: { id: 'https://passport.test/v1/status/1-revocation#7', type: 'CredentialStatus' } };
		expect(found(await old.verify(await sealedText(text(other)), today), 'status')).toBe('bad revoked');
	});
	test('an older list than the one on the phone is not taken', async () => {
		const first = phone({ lists: { revocation: [194] } });
		await first.refresh(today);
		const replayed = phone({ disk: first.disk, at: today - 20 * day });
		expect(found(await replayed.verify(await sealedText(), today + 2 * day), 'status')).toBe('bad revoked');
	});
	const broken: [name: string, answer: (path: string) => Promise<string | undefined>][] = [
		['is not signed', async (path) => unsigned(await statusJws(ours, purposeOf(path)))],
		['was changed', async (path) => spoilt(await statusJws(ours, purposeOf(path)))],
		['is sealed by somebody else', (path) => statusJws(theirs, purposeOf(path))],
		['is the other of the two', (path) => statusJws(ours, purposeOf(path) === 'revocation' ? 'suspension' : 'revocation')],
		['is a page of a hotspot', async () => '<!doctype html>'],
		['is empty', async () => ''],
		['is not there', async () => undefined],
		['is too short', (path) => relisted(path, 'H4sIAAAAAAAAA2NgAAAAAAD__wMAjBjPEwIAAAA')],
		['is no gzip', (path) => relisted(path, 'AAAA')],
		[
			'is for a list of another name',
			(path) => statusJws(ours, purposeOf(path), [], today, (it) => ({ ...it, id: String(it['id']).replace('/1-', '/2-') }))
		]
	];
	const purposeOf = (path: string) => (path.endsWith('revocation') ? 'revocation' : 'suspension');
	const unsigned = (jwt: string) => jwt.slice(0, jwt.lastIndexOf('.') + 1);
	const spoilt = (jwt: string) => `${jwt.slice(0, -4)}${jwt.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
	const relisted = (path: string, encoded: string) =>
		statusJws(ours, purposeOf(path), [], today, (it) => ({
			...it,
			credentialSubject: { ...(it['credentialSubject'] as object), encodedList: `u${encoded}` }
		}));
	test.each(broken)('is not known if the list %s', async (_name, answer) => {
		const one = phone();
		one.line.answer = answer;
		expect(found(await one.verify(await sealedText(), today), 'status')).toBe('unknown status-unknown');
	});
	test('is not known if only one of the two lists came', async () => {
		const one = phone();
		one.line.answer = async (path) => (path.endsWith('revocation') ? statusJws(ours, 'revocation') : undefined);
		expect(found(await one.verify(await sealedText(), today), 'status')).toBe('unknown status-unknown');
	});
	test('a list that jose sealed is read', async () => {
		const one = phone();
		one.line.answer = async (path) => {
			const [, payload] = (await statusJws(ours, purposeOf(path), path.endsWith('revocation') ? [194] : [])).split('.');
			const { b64: _b64, crit: _crit, iat, ...header } = head(ours);
			const claims = JSON.parse(Buffer.from(payload!, 'base64url').toString());
			return new SignJWT(claims).setProtectedHeader({ ...header, alg: 'ES256', iat } as { alg: string }).sign(ours.keys.privateKey);
		};
		expect(found(await one.verify(await sealedText(), today), 'status')).toBe('bad revoked');
	});
});

describe('the status lists that came with the app', () => {
	/** Both lists as a build takes them. */
	const taken = async (lists: Lists, at: number, holder = ours) => ({
		'1-revocation': await statusJws(holder, 'revocation', lists.revocation, at),
		'1-suspension': await statusJws(holder, 'suspension', lists.suspension, at)
	});
	const status = (verification: Verification) => verification.checks.find(({ name }) => name === 'status')!;
	const checked = async ({ verify }: ReturnType<typeof phone>, at = today) => status(await verify(await sealedText(), at));

	test('answer the very first check without a network, as of the date that stands in them', async () => {
		const good = phone({ shipped: await taken({}, today - 3 * day) });
		const revoked = phone({ shipped: await taken({ revocation: [194] }, today - 3 * day) });
		for (const one of [good, revoked]) one.line.down = true;
		expect(await checked(good)).toEqual({ name: 'status', state: 'good', at: today - 3 * day });
		expect(await checked(revoked)).toEqual({ name: 'status', state: 'bad', reason: 'revoked', at: today - 3 * day });
	});
	test('say no more than the older of the two', async () => {
		const { '1-revocation': revocation } = await taken({}, today - 5 * day);
		const one = phone({ shipped: { ...(await taken({}, today - 3 * day)), '1-revocation': revocation } });
		one.line.down = true;
		expect((await checked(one)).at).toBe(today - 5 * day);
	});
	test('give way to newer ones that were fetched, which stay', async () => {
		const shipped = await taken({ suspension: [194] }, today - 3 * day);
		const one = phone({ shipped, lists: { revocation: [194] }, at: today - day });
		expect(await checked(one)).toMatchObject({ reason: 'revoked', at: today - day });
		const later = phone({ shipped, disk: one.disk });
		later.line.down = true;
		expect(await checked(later, today + day)).toMatchObject({ reason: 'revoked', at: today - day });
	});
	test('are not replaced by older ones, whether these are fetched or were here before an update of the app', async () => {
		const shipped = await taken({ revocation: [194] }, today - day);
		expect(await checked(phone({ shipped, at: today - 20 * day }))).toMatchObject({ reason: 'revoked', at: today - day });
		const before = phone({ at: today - 20 * day });
		await before.refresh(today);
		expect(await checked(phone({ shipped, disk: before.disk }))).toMatchObject({ reason: 'revoked', at: today - day });
	});
	test('are too old to say that all is well after 30 days', async () => {
		const one = phone({ shipped: await taken({}, today - 31 * day) });
		one.line.down = true;
		expect(await checked(one)).toEqual({ name: 'status', state: 'unknown', reason: 'status-old', at: today - 31 * day });
	});
	test('say nothing about what was issued after them, but by a day at most: the endpoint seals a list once a day', async () => {
		const issued = Date.UTC(2026, 10, 20, 10);
		const one = phone({ shipped: await taken({}, issued - 2 * day) });
		const other = phone({ shipped: await taken({}, issued - day) });
		for (const { line } of [one, other]) line.down = true;
		expect(await checked(one)).toEqual({ name: 'status', state: 'unknown', reason: 'status-old', at: issued - 2 * day });
		expect(await checked(other)).toEqual({ name: 'status', state: 'good', at: issued - day });
	});
	test('prove nothing if somebody else sealed them, if they were changed, or if one is missing', async () => {
		const whole = await taken({}, today - day);
		const faulty: Record<string, string>[] = [
			await taken({}, today - day, theirs),
			{ ...whole, '1-revocation': whole['1-revocation'].slice(0, -9) },
			{ '1-revocation': whole['1-revocation'] }
		];
		for (const shipped of faulty) {
			const one = phone({ shipped });
			one.line.down = true;
			expect(await checked(one)).toEqual({ name: 'status', state: 'unknown', reason: 'status-unknown' });
		}
	});
});

describe('a code', () => {
	const claims: Claims = {
		id: 'urn:uuid:00000000-0000-4000-8000-000000000001',
		issuer: body.identifier,
		issued: Date.UTC(2026, 10, 20, 10),
		name: 'Maria Lopez',
		born: 1990,
		entries: [{ place: 3, day: 20_777, eqf: 4, score: 85, status: { list: '1', index: 194 } }],
		digest: new Uint8Array(16)
	};
	const print = ({ certificates }: Holder) => createHash('sha256').update(Buffer.from(certificates[0]!.rawData)).digest();
	const signing =
		({ keys }: Holder) =>
		async (input: Uint8Array) =>
			new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, keys.privateKey, input.slice()));
	const made = (change: Partial<Claims> = {}, named = ours, signer = named) => qr({ ...claims, ...change }, print(named), signing(signer));

	test('of an issuer that the app knows: all six checks are good', async () => {
		const verification = await phone().verify(await made(), today);
		expect(all(verification)).toEqual(sound);
		expect(verification.shown).toMatchObject({
			kind: 'qr',
			holder: 'Maria Lopez',
			born: '1990',
			achievements: [{ place: 3, eqf: 4, score: 85 }]
		});
	});
	test('of a whole Passport asks for the lists once, and is revoked if one of its parts is', async () => {
		const entries = Array.from({ length: 20 }, (_, at) => ({
			...claims.entries[0]!,
			place: at + 1,
			status: { list: '1', index: 200 + at }
		}));
		const one = phone({ lists: { revocation: [219] } });
		expect(found(await one.verify(await made({ entries }), today), 'status')).toBe('bad revoked');
		expect(one.line.asked).toHaveLength(2);
	});
	const faults: [name: string, make: () => Promise<string>, check: CheckName, outcome: string][] = [
		['cut in half', async () => (await made()).slice(0, 120), 'form', 'bad cut'],
		['with a letter that is none', async () => (await made()).replace(/.$/, 'a'), 'form', 'bad format'],
		['of another kind', async () => 'https://passport.test/', 'form', 'bad not-a-credential'],
		['signed by somebody else', () => made({}, ours, theirs), 'seal', 'bad altered'],
		['signed by somebody else proves no name', () => made({}, ours, theirs), 'holder', 'unknown unsealed'],
		['of a certificate that we do not know', () => made({}, theirs), 'seal', 'unknown no-key'],
		['that names another issuer', () => made({ issuer: 'NTRCY-1' }), 'issuer', 'bad issuer-mismatch'],
		['from before the certificate', () => made({ issued: today - 500 * day }), 'issuer', 'bad chain-expired'],
		['that has ended', () => made({ until: today - day }), 'dates', 'bad expired'],
		['from tomorrow', () => made({ issued: today + day }), 'dates', 'bad not-yet-valid']
	];
	test.each(faults)('%s is caught', async (_name, make, check, outcome) => {
		expect(found(await phone().verify(await make(), today), check)).toBe(outcome);
	});
});

describe('what others issued', () => {
	const badge = {
		'@context': ['https://www.w3.org/ns/credentials/v2', 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json'],
		type: ['VerifiableCredential', 'OpenBadgeCredential'],
		issuer: { id: 'did:key:z', type: ['Profile'], name: 'A school' },
		validFrom: '2026-01-01T00:00:00Z',
		credentialSubject: {
			type: ['AchievementSubject'],
			identifier: [{ type: 'IdentityObject', hashed: false, identityHash: 'Maria Lopez', identityType: 'name' }],
			achievement: { type: ['Achievement'], name: 'Welding' }
		},
		proof: [{ type: 'DataIntegrityProof' }]
	};
	test('the seal of an Open Badge is not checked here, and nothing in it is called proven', async () => {
		const verification = await phone().verify(JSON.stringify(badge), today);
		expect(all(verification)).toEqual({
			form: 'good',
			seal: 'unknown seal-elsewhere',
			issuer: 'unknown unsealed',
			holder: 'unknown unsealed',
			dates: 'unknown unsealed',
			status: 'unknown no-status'
		});
		expect(verification.shown).toMatchObject({ kind: 'badge', holder: 'Maria Lopez', achievements: [{ title: { en: 'Welding' } }] });
	});
	test('but what speaks against an Open Badge is told: no proof, ended, revoked', async () => {
		const { verify } = phone({ lists: { revocation: [194] } });
		const told = async (change: object, name: CheckName) => found(await verify(JSON.stringify({ ...badge, ...change }), today), name);
		expect(await told({ proof: undefined }, 'seal')).toBe('bad no-signature');
		expect(await told({ validUntil: '2026-02-01T00:00:00Z' }, 'dates')).toBe('bad expired');
		const status = { statusListCredential: 'https://passport.test/v1/status/1-revocation', statusListIndex: '194' };
		expect(await told({ credentialStatus: status }, 'status')).toBe('bad revoked');
		expect(await told({ credentialSubject: {} }, 'form')).toBe('bad format');
	});

	const sample = '../shared/edc/samples/Sample-MC-Annex1-signed.jsonld';
	test.skipIf(!existsSync(sample))(
		'the official sealed sample: intact, its issuer not known here (skipped where ../shared/edc is absent)',
		async () => {
			const { verify, line } = phone();
			const verification = await verify(readFileSync(sample), today);
			expect(all(verification)).toEqual({
				form: 'good',
				seal: 'good',
				issuer: 'unknown issuer-unknown',
				holder: 'good',
				dates: 'good',
				status: 'unknown no-status'
			});
			expect(verification.shown).toMatchObject({ holder: 'Ana Andromeda', achievements: [{ eqf: 6, hours: 60 }] });
			expect(line.asked).toEqual([]);
			const marred = readFileSync(sample, 'utf8').replace('Ana Andromeda', 'Ana Andromedo');
			expect(found(await verify(marred, today), 'seal')).toBe('bad altered');
		}
	);
});

test('no input makes it throw: every cut and every flipped byte of a sealed file is an answer', async () => {
	const { verify } = phone();
	const whole = new TextEncoder().encode(await sealedText());
	let step = 1;
	for (let at = 0; at < whole.length; at += 97, step = (step * 31) % 255) {
		const flipped = whole.slice();
		flipped[at]! ^= (step % 127) + 1;
		for (const input of [whole.slice(0, at), flipped]) {
			const verification = await verify(input, today);
			expect([found(verification, 'form'), found(verification, 'seal')]).not.toEqual(['good', 'good']);
		}
	}
});
