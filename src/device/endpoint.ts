import type * as z from 'zod/mini';
import type { Answer } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import { Enrolled, Erased, Pulled, Pushed, Receipt, Refused, statement, type Enrol, type PublicKey } from '#core/wire.ts';
import { verify } from './keys.ts';
import type { Learner } from './learner.ts';
import { parsed, type Net } from './net.ts';

/** A reply: what was asked for, or why it was refused as a whole, and after how many milliseconds to come back if the endpoint says so. */
export type Answered<T> = { ok: T } | { refused: Refused['error']; status: number; now: number | undefined; after: number | undefined };

export type Endpoint = ReturnType<typeof createEndpoint>;

type Parts = { net: Net; learner: Learner; base: string; now: () => number };
const timeout = 60_000;
/** What a status says when the reply does not: a host of files alone has no endpoint (404), or takes no POST (405, 501). */
const statuses: Record<number, Refused['error']> = {
	400: 'body',
	404: 'not-found',
	405: 'not-found',
	413: 'large',
	429: 'many',
	501: 'not-found'
};

/** The endpoint, by the words of `core/wire`. Every request is signed. Throws `AppError('offline' | 'timeout' | 'server')`. */
export function createEndpoint({ net, learner, base, now }: Parts) {
	/** How far the endpoint's clock is ahead of the phone's, in milliseconds. */
	let ahead = 0;

	async function ask<T>(
		method: 'GET' | 'POST',
		path: string,
		query: string,
		content: unknown,
		schema: z.ZodMiniType<T>,
		signal: AbortSignal
	): Promise<Answered<T>> {
		const { body, headers } = content === undefined ? { body: undefined, headers: {} } : await packed(JSON.stringify(content));
		const signature = await learner.sign(method, path, body ?? new Uint8Array(), now() + ahead);
		const asked = { method, headers: { ...headers, ...signature }, timeout, signal, cache: 'no-store' as const };
		const reply = await net.ask(`${base}${path}${query}`, body ? { ...asked, body } : asked);
		if (reply.status === 200) {
			const found = schema.safeParse(parsed(reply));
			if (!found.success) throw new AppError('server', { cause: found.error });
			return { ok: found.data };
		}
		const after = seconds(reply.headers.get('retry-after'), now() + ahead);
		const refused = refusal(reply);
		if (refused) return { refused: refused.error, status: reply.status, now: refused.now, after };
		return {
			refused: statuses[reply.status] ?? 'server',
			status: reply.status,
			now: undefined,
			after
		};
	}

	return {
		/** The endpoint's time in milliseconds, as it told it; from then on requests carry its time. */
		setClock(theirs: number): void {
			ahead = theirs - now();
		},
		/** Makes this phone known. */
		async enrol(signal: AbortSignal): Promise<Answered<Enrolled>> {
			const enrol: Enrol = { ...(await learner.who()), key: await learner.publicKey() };
			return ask('POST', '/v1/enrol', '', enrol, Enrolled, signal);
		},
		push: (answers: Answer[], signal: AbortSignal): Promise<Answered<Pushed>> =>
			ask('POST', '/v1/push', '', answers.map(statement), Pushed, signal),
		pull: (after: number, limit: number, signal: AbortSignal): Promise<Answered<Pulled>> =>
			ask('GET', '/v1/pull', `?after=${after}&limit=${limit}`, undefined, Pulled, signal),
		erase: (signal: AbortSignal): Promise<Answered<Erased>> => ask('POST', '/v1/erase', '', {}, Erased, signal),
		/** What a receipt says, if the endpoint signed it and it is for this phone; else undefined. */
		async receipt(signed: { payload: string; signature: string }, key: PublicKey): Promise<Receipt | undefined> {
			if (!(await verify(signed, key))) return undefined;
			const found = Receipt.safeParse(
				parsed({ status: 200, headers: new Headers(), bytes: new TextEncoder().encode(signed.payload).buffer as ArrayBuffer })
			);
			return found.success && found.data.device === (await learner.who()).device ? found.data : undefined;
		}
	};
}

/** A body under gzip where the browser can. */
export async function packed(text: string): Promise<{ body: Uint8Array<ArrayBuffer>; headers: Record<string, string> }> {
	const plain = new TextEncoder().encode(text);
	if (typeof CompressionStream === 'undefined') return { body: plain, headers: { 'content-type': 'application/json' } };
	const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream('gzip'));
	return {
		body: new Uint8Array(await new Response(stream).arrayBuffer()),
		headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }
	};
}

function refusal(reply: Parameters<typeof parsed>[0]): Refused | undefined {
	try {
		return Refused.safeParse(parsed(reply)).data;
	} catch (cause) {
		if (cause instanceof AppError) return undefined; // a proxy's page: the status says enough
		throw cause;
	}
}

/** `Retry-After`, in seconds or as a date, in milliseconds from now, the endpoint's now. */
function seconds(header: string | null, now: number): number | undefined {
	if (!header) return undefined;
	const value = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
	return Number.isFinite(value) ? Math.max(0, value) : undefined;
}
