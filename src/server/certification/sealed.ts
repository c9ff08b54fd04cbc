import {
	createDecipheriv,
	createHash,
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	hkdfSync,
	verify,
	type KeyObject
} from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { Accepted } from '#core/candidate.ts';
import { Attempt, Sealed, SignedAttempt, link, sealedData, type Form } from '#core/exam.ts';
import { PublicKey } from '#core/wire.ts';
import { ownKey } from '../own-key.ts';

/** What is known of a form whose responses come in: `keys` are its candidate's, of her phone and of those that she lost; `items` the ids of its items. */
export type Awaited = Pick<Form, 'session' | 'candidate' | 'course'> & { keys: PublicKey[]; items: string[] };

/** An attempt that may be marked, and the SHA-256 (hex) of what was signed: the same attempt has the same, however often it was sealed. Or why not. */
export type Opened = { attempt: Attempt; hash: string } | { reason: NonNullable<Accepted['reason']> };

export type Sealing = ReturnType<typeof createSealing>;

/** The key that responses are sealed to (private JWK, P-256) in a file; it is made at the first start, for its owner alone to read. */
export function createSealing(path: string) {
	const own = createPrivateKey({ key: ownKey(path, 'exam key'), format: 'jwk' });
	const { kty, crv, x, y } = own.export({ format: 'jwk' });
	return {
		/** What stands in forms as `seal`. */
		key: PublicKey.parse({ kty, crv, x, y }),
		/** Opens what came as responses, whoever carried it, and checks that it is by the candidate of its form and whole. `find` looks up a form. */
		async open(came: unknown, find: (form: string) => Promise<Awaited | undefined> | Awaited | undefined): Promise<Opened> {
			const { data: sealed } = Sealed.safeParse(came);
			if (!sealed) return { reason: 'shape' };
			const form = await find(sealed.form);
			if (!form) return { reason: 'form' };
			if (form.session !== sealed.session) return { reason: 'session' };
			const bytes = unboxed(sealed, own);
			return bytes ? checked(bytes, sealed, form) : { reason: 'box' };
		}
	};
}

function unboxed(sealed: Sealed, own: KeyObject): Buffer | undefined {
	try {
		const secret = diffieHellman({ privateKey: own, publicKey: createPublicKey({ key: sealed.key, format: 'jwk' }) });
		const key = Buffer.from(hkdfSync('sha256', secret, '', 'responses', 32));
		const box = Buffer.from(sealed.box, 'base64url');
		const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64url'), { authTagLength: 16 });
		decipher.setAAD(Buffer.from(sealedData(sealed)));
		decipher.setAuthTag(box.subarray(-16));
		return Buffer.concat([decipher.update(box.subarray(0, -16)), decipher.final()]);
	} catch {
		return undefined; // cut, changed, sealed to another key, or the key is no point of the curve
	}
}

/** An attempt with the longest log takes some 1.5 MB. */
const most = 2_000_000;

function inflated(bytes: Buffer): unknown {
	try {
		return JSON.parse(gunzipSync(bytes, { maxOutputLength: most }).toString('utf8'));
	} catch {
		return undefined;
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function checked(bytes: Buffer, sealed: Sealed, form: Awaited): Opened {
	const { data: signed } = SignedAttempt.safeParse(inflated(bytes));
	if (!signed) return { reason: 'shape' };
	const signature = Buffer.from(signed.signature, 'base64url');
	const by = (key: PublicKey): boolean => {
		const point = createPublicKey({ key, format: 'jwk' });
		return verify('sha256', Buffer.from(signed.payload), { key: point, dsaEncoding: 'ieee-p1363' }, signature);
	};
	if (!form.keys.some(by)) return { reason: 'signature' };
	const { data: attempt } = Attempt.safeParse(parsed(signed.payload));
	if (!attempt || attempt.id !== sealed.attempt || Object.keys(attempt.responses).some((item) => !form.items.includes(item)))
		return { reason: 'shape' };
	if (attempt.session !== form.session) return { reason: 'session' };
	if (attempt.form !== sealed.form || attempt.candidate !== form.candidate || attempt.course !== form.course) return { reason: 'form' };
	return chained(attempt) ? { attempt, hash: sha256(signed.payload) } : { reason: 'log' };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Whether each entry follows the one before, and the responses are those that were noted last. */
function chained({ form, log, responses }: Attempt): boolean {
	let before = form;
	const noted: Attempt['responses'] = {};
	const holds = log.every((entry, at) => {
		const follows = entry.n === at + 1 && entry.hash === sha256(link(entry, before)) && entry.spent >= (log[at - 1]?.spent ?? 0);
		before = entry.hash;
		if (entry.event === 'answer' && entry.item)
			if (entry.response === undefined) delete noted[entry.item];
			else noted[entry.item] = entry.response;
		return follows;
	});
	return holds && log.length > 0 && regular(noted) === regular(responses);
}

/** Responses as a text that does not depend on the order in which they were given. */
const regular = (responses: Attempt['responses']): string =>
	JSON.stringify(responses, (_, value: unknown) =>
		value && typeof value === 'object' && !Array.isArray(value)
			? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
			: value
	);
