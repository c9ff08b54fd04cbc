import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { uuidv7, type Answer } from '#core/answer.ts';
import { signatureBase, statement, type PublicKey } from '#core/wire.ts';
import { answer as made } from '../core/make.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** A request of a phone, and what of it can be made wrong on purpose. */
export type Ask = {
	method?: string;
	path: string;
	body?: Uint8Array<ArrayBuffer>;
	gzip?: boolean;
	created?: number;
	sign?: { path?: string; body?: Uint8Array; device?: string };
	signal?: AbortSignal;
};

/** A phone with a key of its own, and a learner. `at` is the endpoint, as `http://localhost:3000`. */
export async function createPhone(at: string, learner: string = crypto.randomUUID()) {
	const device = crypto.randomUUID();
	const pair = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
	const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
	const key = { kty, crv, x, y } as PublicKey;
	let seq = 0;

	/** The headers that sign a request. */
	async function headers({
		method = 'POST',
		path,
		body = new Uint8Array(),
		created = Math.floor(Date.now() / 1000),
		sign = {}
	}: Ask): Promise<Record<string, string>> {
		const digest = createHash('sha256')
			.update(sign.body ?? body)
			.digest('base64');
		const { text, input } = signatureBase(method, (sign.path ?? path).split('?')[0]!, digest, created, sign.device ?? device);
		const signature = await crypto.subtle.sign(algorithm, pair.privateKey, new TextEncoder().encode(text));
		return {
			'content-digest': `sha-256=:${digest}:`,
			'signature-input': `sig=${input}`,
			signature: `sig=:${Buffer.from(signature).toString('base64')}:`
		};
	}
	async function send(url: string, ask: Ask): Promise<Response> {
		const extra: Record<string, string> = ask.gzip ? { 'content-encoding': 'gzip' } : {};
		return fetch(url + ask.path, {
			method: ask.method ?? 'POST',
			headers: { 'content-type': 'application/json', ...extra, ...(await headers(ask)) },
			body: ask.body ?? null,
			signal: ask.signal ?? null
		});
	}
	/** A push, ready to be sent. */
	async function parcel(list: unknown) {
		const body = new Uint8Array(gzipSync(json(list)));
		return {
			body,
			headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', ...(await headers({ path: '/v1/push', body })) }
		};
	}
	/** What the phone says to an endpoint. */
	const to = (url: string) => ({
		send: (ask: Ask) => send(url, ask),
		enrol: () => send(url, { path: '/v1/enrol', body: json({ learner, device, key }) }),
		push: (list: unknown, more: Partial<Ask> = {}) =>
			send(url, { path: '/v1/push', body: new Uint8Array(gzipSync(json(list))), gzip: true, ...more }),
		pull: (query = '') => send(url, { method: 'GET', path: `/v1/pull${query}` }),
		erase: () => send(url, { path: '/v1/erase' })
	});
	/** The learner's next answer. */
	const answer = (more: Partial<Answer> = {}): Answer => {
		const id = uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
		return made({ id, learner, device, seq: ++seq, at: Date.now(), locale: 'el', ...more });
	};
	return { learner, device, key, headers, parcel, answer, to, ...to(at) };
}
export type Phone = Awaited<ReturnType<typeof createPhone>>;

/** JSON as the bytes of a body. */
export const json = (value: unknown): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(JSON.stringify(value)));

/** Some statements of a phone's learner, one after the other. */
export const statements = (phone: Phone, count: number) => Array.from({ length: count }, () => statement(phone.answer()));
