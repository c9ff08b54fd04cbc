import * as z from 'zod/mini';
import { Uuid } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import {
	Accepted,
	Collected,
	Delivered,
	Issued,
	Mine,
	Numbered,
	Withdrawn,
	type Appeal,
	type Application,
	type Collection,
	type Withdrawal
} from '#core/candidate.ts';
import type { Envelope, Sealed } from '#core/exam.ts';
import { signatureBase, type PublicKey } from '#core/wire.ts';
import { packed } from '../endpoint.ts';
import { base64, createPair, digest, publicKey, signText } from '../keys.ts';
import { parsed, type Reply } from '../net.ts';
import { base64url } from './box.ts';
import type { Parts } from './index.ts';

const Known = z.object({ candidate: Uuid });
/** Her number and her key to the certification body; the private half cannot leave the phone. */
type Self = { candidate: string; pair: CryptoKeyPair };

const Said = z.object({ error: z.string(), rule: z.optional(z.string()), now: z.number() });
/** A reply, or why it was refused as a whole: the code, and the rule of `core/candidate` if it is one. */
export type Replied<T> = { ok: T } | { refused: string; rule?: string | undefined };

const timeout = 60_000;

/**
 * Who she is to the certification body: a random number and a key of their own, made when she first applies. Nothing here knows the learner.
 * Throws `AppError('offline' | 'timeout' | 'server' | 'not-found' | 'storage' | 'storage-full')`.
 */
export function createCandidate({ database, net, now, random, site }: Parts) {
	/** How far the endpoint's clock is ahead of the phone's, in milliseconds. */
	let ahead = 0;

	async function known(): Promise<Self | undefined> {
		const value = (await database.use((db) => db.settings.get('candidate')))?.value;
		return Known.safeParse(value).success ? (value as Self) : undefined;
	}
	async function made(): Promise<Self> {
		const before = await known();
		if (before) return before;
		const value: Self = { candidate: uuid(random(16)), pair: await createPair() };
		return database.use((db) =>
			db.transaction('rw', db.settings, async () => {
				const other = (await db.settings.get('candidate'))?.value; // another tab may have been quicker
				if (Known.safeParse(other).success) return other as Self;
				await db.settings.put({ name: 'candidate', value });
				return value;
			})
		);
	}
	async function mustBe(): Promise<Self> {
		const self = await known();
		if (!self) throw new AppError('not-found', { cause: new Error('she never applied on this phone') });
		return self;
	}

	async function once(method: 'GET' | 'POST', path: string, content: unknown, by: Self | undefined): Promise<Reply> {
		const { body, headers } = content === undefined ? { body: undefined, headers: {} } : await packed(JSON.stringify(content));
		const signature = by ? await sign(by, method, path, body ?? new Uint8Array(), now() + ahead) : {};
		const asked = { method, headers: { ...headers, ...signature }, timeout, cache: 'no-store' as const };
		return net.ask(`${site}${path}`, body ? { ...asked, body } : asked);
	}
	async function ask<T>(
		method: 'GET' | 'POST',
		path: string,
		content: unknown,
		schema: z.ZodMiniType<T>,
		by: Self | undefined
	): Promise<Replied<T>> {
		let reply = await once(method, path, content, by);
		let said = refusal(reply);
		if (said?.error === 'clock') {
			ahead = said.now - now();
			reply = await once(method, path, content, by);
			said = refusal(reply);
		}
		if (reply.status === 200) {
			const found = schema.safeParse(parsed(reply));
			if (!found.success) throw new AppError('server', { cause: found.error });
			return { ok: found.data };
		}
		if (!said) throw new AppError([404, 405, 501].includes(reply.status) ? 'not-found' : 'server', { cause: new Error(`${reply.status}`) });
		return { refused: said.error, rule: said.rule };
	}
	/** What was asked for; a refusal is thrown. */
	async function got<T>(path: string, schema: z.ZodMiniType<T>): Promise<T> {
		const reply = await ask('GET', path, undefined, schema, await mustBe());
		if ('ok' in reply) return reply.ok;
		throw new AppError(reply.refused === 'not-found' ? 'not-found' : 'server', { cause: new Error(reply.refused) });
	}

	return {
		/** Her number, if she applied on this phone. */
		who: async (): Promise<string | undefined> => (await known())?.candidate,
		/** Her number and the public half of her key, made at the first call. */
		async enrol(): Promise<{ candidate: string; key: PublicKey }> {
			const { candidate, pair } = await made();
			return { candidate, key: await publicKey(pair) };
		},
		apply: async (application: Application): Promise<Replied<Numbered>> =>
			ask('POST', '/v1/exam/apply', application, Numbered, await mustBe()),
		withdraw: async (application: string): Promise<Replied<Withdrawn>> =>
			ask('POST', '/v1/exam/withdraw', { application } satisfies Withdrawal, Withdrawn, await mustBe()),
		/** Everything that the certification body has of her; undefined if it does not know this phone. */
		async mine(): Promise<Mine | undefined> {
			const self = await known();
			const reply = self && (await ask('GET', '/v1/exam/mine', undefined, Mine, self));
			if (!reply || 'ok' in reply) return reply?.ok;
			if (reply.refused === 'unknown-device') return undefined;
			throw new AppError('server', { cause: new Error(reply.refused) });
		},
		/**
		 * Puts this phone in the place of one that she lost, by a code of the certification body: from then on it has her number, and so have the
		 * applications that wait here.
		 */
		async collect(code: string): Promise<Replied<Collected>> {
			const self = await made();
			const content: Collection = { candidate: self.candidate, key: await publicKey(self.pair), code };
			const reply = await ask('POST', '/v1/exam/collect', content, Collected, self);
			if ('ok' in reply) {
				const value: Self = { candidate: reply.ok.candidate, pair: self.pair };
				await database.use((db) => {
					const applications = db.table<{ application: Application }>('applications');
					return db.transaction('rw', db.settings, applications, async () => {
						await db.settings.put({ name: 'candidate', value });
						await applications.toCollection().modify(({ application }) => void (application.candidate = value.candidate));
					});
				});
			}
			return reply;
		},
		envelope: async (form: string): Promise<Envelope> => (await got(`/v1/exam/envelope/${form}`, Delivered)).envelope,
		appeal: async (appeal: Appeal): Promise<Replied<Numbered>> => ask('POST', '/v1/exam/appeal', appeal, Numbered, await mustBe()),
		/** Hands in sealed responses, hers or another's: anyone may, and again. */
		responses: (sealed: Sealed): Promise<Replied<Accepted>> => ask('POST', '/v1/exam/responses', sealed, Accepted, undefined),
		credential: (id: string): Promise<Issued> => got(`/v1/exam/credential/${encodeURIComponent(id)}`, Issued),
		/** Her signature under a text (ECDSA P-256 over its UTF-8 bytes, r and s, base64url). */
		sign: async (text: string): Promise<string> => base64url(await signText((await mustBe()).pair, text))
	};
}

async function sign({ candidate, pair }: Self, method: string, path: string, body: Uint8Array<ArrayBuffer>, created: number) {
	const hash = base64(await digest(body));
	const { text, input } = signatureBase(method, path, hash, Math.floor(created / 1000), candidate);
	return {
		'content-digest': `sha-256=:${hash}:`,
		'signature-input': `sig=${input}`,
		signature: `sig=:${await signText(pair, text)}:`
	};
}

function refusal(reply: Reply): z.infer<typeof Said> | undefined {
	if (reply.status === 200) return undefined;
	try {
		return Said.safeParse(parsed(reply)).data;
	} catch (cause) {
		if (cause instanceof AppError) return undefined; // a proxy's page: the status says enough
		throw cause;
	}
}

/** A random UUID (version 4) of 16 random bytes. */
function uuid(random: Uint8Array): string {
	const bytes = random.slice(0, 16);
	bytes[6] = 0x40 | (bytes[6]! & 0x0f);
	bytes[8] = 0x80 | (bytes[8]! & 0x3f);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
