import type { Handler } from 'hono';
import * as z from 'zod/mini';
import { limits } from '#core/wire.ts';
import type { Inside, Parts } from './door.ts';
import { refuse } from './refusal.ts';

const Query = z.object({
	after: z._default(z.coerce.number().check(z.int(), z.gte(0)), 0),
	limit: z._default(z.coerce.number().check(z.int(), z.gte(1), z.lte(limits.batch)), limits.usual)
});

/** `GET /v1/pull?after=<cursor>&limit=<n>`: the learner's answers from all devices, in the order in which they came. The reply is a `Pulled`. */
export function pull({ store }: Pick<Parts, 'store'>): Handler<Inside> {
	return async (c) => {
		const { data: query } = Query.safeParse(c.req.query());
		if (!query) return refuse(c, 'body');
		const page = await store.pull(c.get('sender').learner, query.after, query.limit);
		if (!page) return refuse(c, 'revoked');
		// The items are JSON already.
		const text = `{"v":1,"now":${Date.now()},"items":[${page.items.join(',')}],"next":${page.next},"more":${page.more}}`;
		return c.body(text, 200, { 'content-type': 'application/json' });
	};
}
