import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { received } from './body.ts';
import type { Limit } from './limit.ts';
import type { Receipts } from './receipt.ts';
import { refuse } from './refusal.ts';
import { claimed, wrong } from './signature.ts';
import type { Sender, Store } from './store.ts';

/** What the endpoint works with. */
export type Parts = { store: Store; receipts: Receipts; perDevice: Limit; perAddress: Limit; proxied: boolean };

/** What a handler finds behind the door: the bytes as sent, and whose they are. */
export type Inside = { Variables: { bytes: Uint8Array<ArrayBuffer>; sender: Sender } };

/** Lets in what a known device signed, not more often than its limit. */
export function signed({ store, perDevice }: Pick<Parts, 'store' | 'perDevice'>): MiddlewareHandler<Inside> {
	return async (c, next) => {
		const device = claimed(c.req.raw);
		if (!device) return refuse(c, 'signature');
		const sender = await store.device(device);
		if (!sender) return refuse(c, 'unknown-device');
		const bytes = await received(c.req.raw);
		if (typeof bytes === 'string') return refuse(c, bytes);
		const fault = wrong(c.req.raw, bytes, sender.key, Date.now());
		if (fault) return refuse(c, fault);
		const wait = perDevice(device);
		if (wait) return refuse(c, 'many', wait);
		c.set('bytes', bytes);
		c.set('sender', sender);
		return next();
	};
}

/** The address a request comes from, for a limit in memory; behind a proxy of our own, the last one that it wrote down. Never stored or logged. */
export function address(c: Context, proxied: boolean): string {
	const forwarded = proxied ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined;
	return forwarded || (getConnInfo(c).remote.address ?? 'unknown');
}
