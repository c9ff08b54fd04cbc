import { X509Certificate, constants, createHash, verify } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { compact, type Seal } from '#core/jades.ts';
import { StatusList, asOf, places, purposes } from '#core/status.ts';
import type { Pinned } from '#core/verification.ts';

/** Bytes of the longest list, and milliseconds that two clocks may differ. */
const [longest, slack] = [200_000, 5 * 60_000];
const hashes = { ES256: 'sha256', ES384: 'sha384', RS256: 'sha256', PS256: 'sha256' } as const;

/**
 * The status lists that a build takes along, by their names, as `1-revocation`: those of the folder that the setting `STATUS_LISTS` names, each a
 * file as the endpoint serves it; none if it is not set. A phone without a network then knows what was withdrawn as of their date. Throws with
 * the file's path and why if one is not a whole list, sealed by one of `issuers`, of a day that has come, or if the other of the two is missing.
 */
export function statusLists(root: string, issuers: Pinned[], now = Date.now()): Record<string, string> {
	if (!process.env.STATUS_LISTS) return {};
	const folder = path.resolve(root, process.env.STATUS_LISTS);
	const lists: Record<string, string> = {};
	for (const file of inside(folder).map((name) => path.join(folder, name))) {
		const text = statSync(file).size > longest ? undefined : readFileSync(file, 'utf8').trim();
		const read = text === undefined ? { fault: 'is too large for a status list' } : named(text, issuers, now);
		if ('fault' in read) refuse(file, read.fault);
		if (read.name in lists) refuse(file, `is the list ${read.name} once more`);
		lists[read.name] = text!;
	}
	const names = Object.keys(lists);
	if (!names.length) refuse(folder, 'has no status lists in it');
	for (const name of names.flatMap((name) => purposes.map((purpose) => name.replace(/-.*/, `-${purpose}`))))
		if (!(name in lists)) refuse(folder, `lacks the list ${name}: without both nothing can be said`);
	return lists;
}

/** The name of a list, or what is wrong with it. */
function named(text: string, issuers: Pinned[], now: number): { name: string } | { fault: string } {
	const found = compact(text, json);
	if (typeof found === 'string')
		return { fault: found === 'no-signature' ? 'is not sealed, or was cut' : 'has a seal that does not count' };
	const fault = unsound(found.seal, issuers);
	if (fault) return { fault };
	const list = StatusList.safeParse(json(found.payload)).data;
	const [, name, purpose] = /\/v1\/status\/([a-z0-9]{1,20}-([a-z]+))$/.exec(list?.id ?? '') ?? [];
	if (!list || !name || purpose !== list.credentialSubject.statusPurpose || !whole(list))
		return { fault: 'is sealed, but is no status list' };
	return asOf(list) > now + slack ? { fault: `is of a day that has not come, ${list.validFrom}` } : { name };
}

/** Why a seal proves nothing: by whom it is, or that what it stands under was changed. */
function unsound({ algorithm, certificates, thumbprint, signature, signed, at }: Seal, issuers: Pinned[]): string | undefined {
	const der = Buffer.from(certificates[0]!, 'base64');
	if (!issuers.some(({ certificates: [own] }) => own !== undefined && der.equals(Buffer.from(own, 'base64'))))
		return 'is sealed by an issuer that the app does not know';
	const { publicKey, validFrom, validTo } = new X509Certificate(der);
	const padding = algorithm === 'PS256' ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST } : {};
	const key = { key: publicKey, dsaEncoding: 'ieee-p1363' as const, ...padding };
	const intact =
		createHash('sha256').update(der).digest('base64url') === thumbprint &&
		verify(hashes[algorithm], Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
	if (!intact) return 'was cut, or changed after it was sealed';
	return at < Date.parse(validFrom) || at > Date.parse(validTo) ? 'was sealed when its certificate was not valid' : undefined;
}

/** Whether the bits are there, all of them and no more. */
function whole({ credentialSubject }: StatusList): boolean {
	try {
		const zipped = Buffer.from(credentialSubject.encodedList.slice(1), 'base64url');
		return gunzipSync(zipped, { maxOutputLength: places / 8 }).length === places / 8;
	} catch {
		return false;
	}
}

function inside(folder: string): string[] {
	try {
		return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
			entry.isFile() && !entry.name.startsWith('.') ? [entry.name] : []
		);
	} catch (cause) {
		throw new Error(`${folder} is not a folder of status lists: correct the setting STATUS_LISTS`, { cause });
	}
}

function json(base64url: string): unknown {
	try {
		return JSON.parse(Buffer.from(base64url, 'base64url').toString());
	} catch {
		return undefined;
	}
}

function refuse(file: string, fault: string): never {
	throw new Error(`${file} ${fault}. Fetch the list again from the endpoint, as it is, or correct the setting STATUS_LISTS.`);
}
