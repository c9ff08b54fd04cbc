import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import Database from 'libsql';

/** The real endpoint on a port of its own, with a database of its own; it can be killed and started again. */
export type Site = {
	url: string;
	folder: string;
	start: (settings?: Record<string, string>) => Promise<void>;
	kill: () => Promise<void>;
	rows: () => { id: string; body: string }[];
};

async function freePort(): Promise<number> {
	const server = createServer().listen(0);
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	server.close();
	await once(server, 'close');
	return port;
}

export const test = base.extend<{ site: Site; quiet: string[] }>({
	// eslint-disable-next-line no-empty-pattern
	site: async ({}, use) => {
		const folder = mkdtempSync(join(tmpdir(), 'passport-'));
		const port = await freePort();
		let server: ChildProcess | undefined;
		const site: Site = {
			url: `http://localhost:${port}`,
			folder,
			async start(settings = {}) {
				server = spawn(process.execPath, ['build/server/main.js'], {
					stdio: ['ignore', 'pipe', 'inherit'],
					env: {
						...process.env,
						PORT: String(port),
						DATABASE: join(folder, 'passport.db'),
						RECEIPT_KEY: join(folder, 'receipt.json'),
						CERTIFICATION: join(folder, 'certification.db'),
						EXAM_KEY: join(folder, 'exam.json'),
						BADGE_KEY: join(folder, 'badge.json'),
						BASE: `http://localhost:${port}`,
						FOLDER: 'build/app',
						PACKS: 'build/packs',
						NARRATE: 'node -e process.exit(1)', // voices are those that were made before; a test that wants more says so
						...settings
					}
				});
				const ended = once(server, 'exit').then(([code]) => Promise.reject(new Error(`the endpoint ended with code ${code} at its start`)));
				await Promise.race([once(server.stdout!, 'data', { signal: AbortSignal.timeout(30_000) }), ended]);
				ended.catch(() => {}); // later it may end
			},
			async kill() {
				if (!server || server.exitCode !== null || server.signalCode !== null) return;
				const gone = once(server, 'exit');
				server.kill('SIGKILL');
				await gone;
			},
			rows() {
				const database = new Database(join(folder, 'passport.db'), { readonly: true });
				const rows = database.prepare('SELECT id, body FROM answers ORDER BY id').all() as { id: string; body: string }[];
				database.close();
				return rows;
			}
		};
		await site.start();
		await use(site);
		await site.kill();
		rmSync(folder, { recursive: true, force: true });
	},
	/** What the pages complained of: errors, and refusals of the content security policy. Must be empty at the end. */
	quiet: [
		async ({ context }, use) => {
			const complaints: string[] = [];
			listen(context, complaints);
			await use(complaints);
			expect(complaints).toEqual([]);
		},
		{ auto: true }
	]
});

function listen(context: BrowserContext, complaints: string[]): void {
	context.on('weberror', (error) => complaints.push(String(error.error())));
	context.on('console', (message) => {
		// A request that fails because the test cut the line is reported by the browser itself, not by the app.
		if (message.type() === 'error' && !/net::ERR_|Failed to load resource|error occurred when fetching the script/.test(message.text()))
			complaints.push(message.text());
	});
}

/** Another page of the same browser, in a window of its own: a tab behind another one is drawn once in a second or two, and each tap waits for that. */
export async function openWindow(page: Page): Promise<Page> {
	const opened = page.context().waitForEvent('page');
	await page.evaluate(() => void window.open('about:blank', '', 'popup,noopener,width=360,height=640'));
	return opened;
}

export { expect };

type Nested = { [key: string]: string | Nested };

/** The words of the interface in one language, by key, with values put in. */
export function interfaceWords(locale: string) {
	const all = Object.assign(
		{},
		...['app', 'exam', 'office', 'passport', 'verify'].map((file) => JSON.parse(readFileSync(`locales/${locale}/${file}.json`, 'utf8')))
	) as Nested;
	return (key: string, values: Record<string, string | number> = {}): string => {
		const found = key
			.split('.')
			.reduce<string | Nested | undefined>((node, part) => (typeof node === 'object' ? node[part] : undefined), all);
		if (typeof found !== 'string') throw new Error(`no words for ${key} in ${locale}`);
		return found.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
	};
}
