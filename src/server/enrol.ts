import type { Handler } from 'hono';
import { Enrol, type Enrolled } from '#core/wire.ts';
import { opened, received } from './body.ts';
import { address, type Parts } from './door.ts';
import { refuse } from './refusal.ts';
import { claimed, wrong } from './signature.ts';

/** `POST /v1/enrol`: a phone brings its key, and shows by the signature that it holds it. */
export function enrol({ store, receipts, perAddress, proxied }: Parts): Handler {
	return async (c) => {
		const wait = perAddress(address(c, proxied));
		if (wait) return refuse(c, 'many', wait);
		const bytes = await received(c.req.raw);
		if (typeof bytes === 'string') return refuse(c, bytes);
		const body = opened(bytes, c.req.header('content-encoding'));
		if (typeof body === 'string') return refuse(c, body);
		const { data: asked } = Enrol.safeParse(body.json);
		if (!asked) return refuse(c, 'body');
		const now = Date.now();
		const fault = claimed(c.req.raw) === asked.device ? wrong(c.req.raw, bytes, asked.key, now) : 'signature';
		if (fault) return refuse(c, fault);
		const result = await store.enrol(asked, now);
		if (result === 'erased') return refuse(c, 'revoked');
		if (result === 'taken') return refuse(c, 'signature');
		return c.json({ v: 1, now, key: receipts.key } satisfies Enrolled);
	};
}
