import type { Context, MiddlewareHandler } from 'hono';
import type * as z from 'zod/mini';
import type { CandidateRule, RefusedByRule } from '#core/candidate.ts';
import { opened, received } from '../body.ts';
import { address } from '../door.ts';
import type { Limit } from '../limit.ts';
import { refuse } from '../refusal.ts';
import { claimed, wrong } from '../signature.ts';
import type { Records } from './records.ts';
import type { Fault, Person } from './staff.ts';

/** What stands behind the doors of certification. */
export type Parts = { records: Records; perAddress: Limit; perPerson: Limit; proxied: boolean; now: () => number };

/** What a handler finds behind a door: the bytes as sent, and who sent them. */
export type ByCandidate = { Variables: { bytes: Uint8Array<ArrayBuffer>; candidate: string } };
export type ByStaff = { Variables: { bytes: Uint8Array<ArrayBuffer>; staff: Person } };

/** The reply where a rule stands against it, or there is no such thing. */
export function ruled(c: Context, rule: Fault | CandidateRule | 'not-found', now: number): Response {
	if (rule === 'not-found') return refuse(c, 'not-found');
	return c.json({ error: 'rule', rule, now } satisfies RefusedByRule, 409);
}

/** The content of a body by its schema, or why not. */
export function content<T>(c: Context, bytes: Uint8Array, schema: z.ZodMiniType<T>): { data: T } | 'body' | 'large' {
	const body = opened(bytes, c.req.header('content-encoding'));
	if (typeof body === 'string') return body;
	const { success, data } = schema.safeParse(body.json);
	return success ? { data } : 'body';
}

/** Lets in as many as the limit of an address allows, whoever they are. */
export function anyone({ perAddress, proxied }: Parts): MiddlewareHandler {
	return async (c, next) => {
		const wait = perAddress(address(c, proxied));
		return wait ? refuse(c, 'many', wait) : next();
	};
}

/** Lets in what a known candidate signed. */
export function signed({ records, perPerson, now }: Parts): MiddlewareHandler<ByCandidate> {
	return async (c, next) => {
		const candidate = claimed(c.req.raw);
		if (!candidate) return refuse(c, 'signature');
		const key = records.applications.key(candidate);
		if (!key) return refuse(c, 'unknown-device');
		if (key === 'erased') return refuse(c, 'revoked');
		const bytes = await received(c.req.raw);
		if (typeof bytes === 'string') return refuse(c, bytes);
		const fault = wrong(c.req.raw, bytes, key, now());
		if (fault) return refuse(c, fault);
		const wait = perPerson(candidate);
		if (wait) return refuse(c, 'many', wait);
		c.set('bytes', bytes);
		c.set('candidate', candidate);
		return next();
	};
}

/** Lets in who has the key of one of the people of the certification body. What she may do there is for the records to say. */
export function keyed({ records, perAddress, perPerson, proxied }: Parts): MiddlewareHandler<ByStaff> {
	return async (c, next) => {
		const key = /^Bearer ([\w-]{20,100})$/.exec(c.req.header('authorization') ?? '')?.[1];
		const staff = key && records.staff.byKey(key);
		if (!staff) {
			const wait = perAddress(address(c, proxied));
			return wait ? refuse(c, 'many', wait) : refuse(c, 'unknown-device');
		}
		const wait = perPerson(staff.id);
		if (wait) return refuse(c, 'many', wait);
		const bytes = await received(c.req.raw);
		if (typeof bytes === 'string') return refuse(c, bytes);
		c.set('bytes', bytes);
		c.set('staff', staff);
		return next();
	};
}
