import type { Handler } from 'hono';
import type { Erased } from '#core/wire.ts';
import type { Inside, Parts } from './door.ts';

/** `POST /v1/erase`: deletes the sender's learner's answers for good. Again is harmless: none are left. */
export function erase({ store }: Pick<Parts, 'store'>): Handler<Inside> {
	return async (c) => {
		const now = Date.now();
		return c.json({ v: 1, now, erased: await store.erase(c.get('sender').learner, now) } satisfies Erased);
	};
}
