import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Page } from '@playwright/test';
import { chromiumArgs, chromiumPath } from '../tests/e2e/chromium.ts';

/** The folder of the compiled packs. */
export const packs = 'build/packs';

/** A small phone, held upright. */
export const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, serviceWorkers: 'allow' } as const;

/** A line: bits a second, and milliseconds to the first byte of a reply. */
export type Line = { down: number; up: number; latency: number };

/** What a bench runs on: the built app behind the real endpoint, and an empty folder; all is taken away at the end. */
export type Stage = { url: string; folder: string; kill: () => Promise<void> };

/** Runs a bench on its stage. */
export async function onStage(bench: (stage: Stage) => Promise<void>): Promise<void> {
	if (!existsSync('build/server/main.js') || !existsSync('build/app/200.html'))
		return refuse('the app is not built: run `npm run build:app` first');
	const folder = mkdtempSync(join(tmpdir(), 'passport-bench-'));
	const server = spawn(process.execPath, ['build/server/main.js'], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: {
			...process.env,
			PORT: '0',
			DATABASE: join(folder, 'passport.db'),
			RECEIPT_KEY: join(folder, 'receipt.json'),
			FOLDER: 'build/app',
			PACKS: packs,
			NARRATE: 'node -e process.exit(1)' // no voice is made by the way
		}
	});
	const gone = once(server, 'exit');
	const kill = async () => {
		server.kill('SIGKILL');
		await gone;
	};
	const clear = () => {
		server.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
	};
	process.once('exit', clear);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
	const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
	await bench({ url: line.match(/http:\/\/localhost:\d+/)![0], folder, kill });
	server.kill('SIGKILL');
}

/** Says why a bench cannot run. */
export function refuse(why: string): void {
	console.error(why);
	process.exitCode = 1;
}

const options = async () => ({ executablePath: await chromiumPath(), args: chromiumArgs });

/** Chromium without a memory of its own. */
export const launch = async () => chromium.launch(await options());

/** Chromium with its profile on the disk, as a phone has it; opened again, it has what it had. */
export const launchOn = async (profile: string) => chromium.launchPersistentContext(profile, { ...(await options()), ...phone });

/** Makes the processor of a page so many times slower, and its line as slow as given. Its service worker keeps the speed of the machine. */
export async function slow(page: Page, processor: number, line?: Line) {
	const session = await page.context().newCDPSession(page);
	await session.send('Emulation.setCPUThrottlingRate', { rate: processor });
	await session.send('Network.enable');
	if (line)
		await session.send('Network.emulateNetworkConditions', {
			offline: false,
			latency: line.latency,
			downloadThroughput: line.down / 8,
			uploadThroughput: line.up / 8
		});
	return session;
}

/** From the next page on, marks `there` when what a selector names stands in the page and a tap would hit it, and `usable` when that has been painted. */
export async function watchUsable(page: Page, selector: string): Promise<void> {
	await page.addInitScript((wanted) => {
		const observer = new MutationObserver(() => {
			const found = document.documentElement.classList.contains('ready') && document.querySelector(wanted);
			if (!found) return;
			const { x, y, width, height } = found.getBoundingClientRect();
			if (!found.contains(document.elementFromPoint(x + width / 2, y + height / 2))) return;
			observer.disconnect();
			performance.mark('there');
			requestAnimationFrame(() => {
				const { port1, port2 } = new MessageChannel();
				port1.onmessage = () => performance.mark('usable');
				port2.postMessage(undefined); // arrives when the frame is painted
			});
		});
		observer.observe(document, { subtree: true, childList: true, attributes: true });
	}, selector);
}

/** What the page noted under a name, once it has happened so many times; waits for it, a minute at most. Times are milliseconds since its navigation began. */
export const noted = (page: Page, type: 'mark' | 'measure' | 'paint', name: string, count = 1): Promise<{ at: number; took: number }[]> =>
	page.evaluate(
		([type, name, count]) =>
			new Promise<{ at: number; took: number }[]>((resolve, reject) => {
				setTimeout(() => reject(new Error(`${name} did not happen ${count} times`)), 60_000);
				const all: { at: number; took: number }[] = [];
				new PerformanceObserver((list) => {
					for (const entry of list.getEntriesByName(name)) all.push({ at: entry.startTime, took: entry.duration });
					if (all.length >= count) resolve(all);
				}).observe({ type, buffered: true });
			}),
		[type, name, count] as const
	);
