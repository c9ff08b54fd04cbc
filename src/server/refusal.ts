import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Refused } from '#core/wire.ts';

/** Why a request is refused as a whole; each has its HTTP status. */
export type Refusal = Refused['error'];
const statuses = {
	body: 400,
	signature: 401,
	clock: 401,
	'unknown-device': 401,
	revoked: 403,
	'not-found': 404,
	large: 413,
	many: 429,
	server: 503
} satisfies Record<Refusal, ContentfulStatusCode>;

/** The reply to a request that is refused; `wait` is after how many seconds it may be tried again. */
export function refuse(c: Context, error: Refusal, wait?: number): Response {
	return c.json({ error, now: Date.now() } satisfies Refused, statuses[error], wait ? { 'retry-after': String(wait) } : undefined);
}
