import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import { createApp } from './app.ts';
import { openCertification } from './certification/open.ts';
import { createReceipts } from './receipt.ts';
import { Settings } from './settings.ts';
import { createSqlite } from './sqlite.ts';

const read = Settings.safeParse(process.env);
if (!read.success) {
	console.error(read.error.issues.map(({ path, message }) => `The setting ${path.join('.')} cannot be used: ${message}`).join('\n'));
	process.exit(1);
}
const settings = read.data;
const store = createSqlite(resolve(settings.DATABASE));
const certification = await openCertification(settings);
const { fetch, stop } = createApp({
	store,
	certification,
	receipts: createReceipts(resolve(settings.RECEIPT_KEY)),
	folder: resolve(settings.FOLDER),
	narrate: { packs: resolve(settings.PACKS), command: settings.NARRATE, pause: settings.NARRATE_PAUSE },
	perDevice: { perMinute: settings.RATE, burst: settings.BURST },
	perAddress: { perMinute: settings.ENROL_RATE, burst: settings.ENROL_BURST },
	origins: settings.ORIGINS,
	proxied: settings.PROXIED === '1'
});

const server = createAdaptorServer({ fetch, serverOptions: { requestTimeout: 120_000, keepAliveTimeout: 30_000 } }) as Server;
server.once('error', (cause: NodeJS.ErrnoException) => {
	const taken =
		cause.code === 'EADDRINUSE'
			? `Port ${settings.PORT} is used by another program. Stop that one, or choose another port: PORT=${settings.PORT + 1} npm start`
			: `The endpoint cannot listen: ${cause.message}`;
	console.error(taken);
	process.exitCode = 1;
	close();
});
server.listen(settings.PORT, settings.HOST, () => {
	const { port } = server.address() as AddressInfo;
	const missing = [
		...(existsSync(join(settings.FOLDER, '200.html')) ? [] : ['the app is not built yet: npm run build']),
		...(certification ? [] : ['nothing can be certified without a seal and a scheme, which the build makes: npm run build'])
	];
	console.log(`Passport to Employment: http://localhost:${port}${missing.length ? ` (${missing.join('; ')})` : ''}`);
	void certification?.start();
});

function close() {
	stop();
	void store.close();
	certification?.close();
}

/** Takes no more requests, answers those that are in, and finishes the pending commit. A line that stays open is cut after five seconds. */
function finish() {
	stop();
	const idle = setInterval(() => server.closeIdleConnections(), 50);
	server.close(() => (clearInterval(idle), close()));
	setTimeout(() => server.closeAllConnections(), 5000).unref();
}
process.once('SIGTERM', finish);
process.once('SIGINT', finish);
