import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { onTestFinished } from 'vitest';
import { createApp, type Settings } from '#server/app.ts';
import { createReceipts } from '#server/receipt.ts';
import { createSqlite } from '#server/sqlite.ts';

/** An empty folder that is removed when the test has ended. */
export function folder(): string {
	const path = mkdtempSync(join(tmpdir(), 'endpoint-'));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

/** The endpoint, listening; it ends with the test. */
export async function endpoint(settings: Partial<Settings> = {}) {
	const at = folder();
	const build = join(at, 'build');
	const packs = settings.narrate?.packs ?? join(at, 'packs');
	for (const path of [build, packs]) mkdirSync(path, { recursive: true });
	const store = settings.store ?? createSqlite(join(at, 'passport.db'));
	const receipts = createReceipts(join(at, 'receipt.json'));
	const unlimited = { perMinute: 0, burst: 0 };
	const narrate = { packs, command: ['false'], pause: 60 };
	const app = createApp({
		store,
		receipts,
		folder: build,
		narrate,
		perDevice: unlimited,
		perAddress: unlimited,
		origins: [],
		proxied: false,
		...settings
	});
	const server = createAdaptorServer({ fetch: app.fetch }) as Server;
	server.keepAliveTimeout = 0; // a machine under load may pause longer than a connection is kept, just when it is used again
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(async () => {
		app.stop();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
		await store.close();
	});
	const { port } = server.address() as AddressInfo;
	return { url: `http://127.0.0.1:${port}`, port, store, receipts, folder: build, packs };
}
