import { Hono } from 'hono';
import { cors } from 'hono/cors';
import type { Certification } from './certification/app.ts';
import { signed, type Parts } from './door.ts';
import { enrol } from './enrol.ts';
import { erase } from './erase.ts';
import { createLimit, type Rate } from './limit.ts';
import { pull } from './pull.ts';
import { push } from './push.ts';
import type { Receipts } from './receipt.ts';
import { refuse } from './refusal.ts';
import { createStatic } from './static.ts';
import type { Store } from './store.ts';
import { createVoice, type Narrate } from './voice.ts';

/**
 * What the endpoint is made of; `origins` are the sites besides its own whose pages may use `/v1`; `proxied`: a proxy of ours stands before it;
 * `certification` is another house under the same roof, and may be missing.
 */
export type Settings = {
	store: Store;
	receipts: Receipts;
	folder: string;
	narrate: Narrate;
	perDevice: Rate;
	perAddress: Rate;
	origins: string[];
	proxied: boolean;
	certification?: Certification | undefined;
};

const always = {
	'content-security-policy': "frame-ancestors 'none'",
	'x-content-type-options': 'nosniff',
	'referrer-policy': 'no-referrer',
	'cross-origin-opener-policy': 'same-origin',
	'permissions-policy': 'camera=(self), geolocation=(), microphone=(), payment=(), usb=()'
};

/** The endpoint: `/v1` for phones, the packs with voice on demand, and the built app. `stop` ends what runs beside it. */
export function createApp({ store, receipts, folder, narrate, perDevice, perAddress, origins, proxied, certification }: Settings) {
	const parts: Parts = { store, receipts, perDevice: createLimit(perDevice), perAddress: createLimit(perAddress), proxied };
	const voice = createVoice(narrate);
	const app = new Hono();

	app.use(async (c, next) => {
		for (const [name, value] of Object.entries(always)) c.header(name, value);
		await next();
	});
	if (certification) app.route('/v1/status', certification.status); // open to every site, so before the rule for some
	app.use(
		'/v1/*',
		cors({
			origin: origins,
			allowMethods: ['GET', 'POST'],
			allowHeaders: [
				'authorization',
				'content-type',
				'content-encoding',
				'content-digest',
				'signature-input',
				'signature',
				'x-sync-version'
			],
			exposeHeaders: ['retry-after'],
			maxAge: 86_400
		})
	);
	app.use('/v1/*', async (c, next) => {
		c.header('cache-control', 'no-store');
		await next();
	});
	app.get('/v1/health', (c) => c.json({ v: 1, now: Date.now() }));
	app.post('/v1/enrol', enrol(parts));
	app.post('/v1/push', signed(parts), push(parts));
	app.get('/v1/pull', signed(parts), pull(parts));
	app.post('/v1/erase', signed(parts), erase(parts));
	if (certification) app.route('/v1/exam', certification.exam).route('/v1/office', certification.office);
	else for (const house of ['exam', 'office', 'status']) app.all(`/v1/${house}/*`, (c) => refuse(c, 'server'));
	app.all('/v1/*', (c) => refuse(c, 'not-found'));

	app.get('/packs/:course/:voice', voice.reply);
	app.get('*', createStatic({ folder, packs: narrate.packs }));
	app.notFound((c) => refuse(c, 'not-found'));
	app.onError((cause, c) => {
		console.error(cause); // says what failed, and nothing of who asked
		return refuse(c, 'server');
	});
	const stop = () => (voice.stop(), certification?.stop());
	return { fetch: app.fetch, stop };
}
