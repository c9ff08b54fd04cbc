import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { Browser } from '@playwright/test';
import { launch, noted, onStage, phone, slow, watchUsable } from './browser.ts';
import { figure, report } from './report.ts';

/**
 * What a first visit takes of the line: all that the page asks for until its first screen stands, headers included, apart from what
 * is fetched for later by the page or the service worker; and what the service worker keeps. `npx tsx bench/shell.ts [visits]`; prints JSON.
 */
const [visits = 3] = process.argv.slice(2).map(Number);

type Asked = { path: string; at: number; bytes: number };

/** A first visit: what the page and the service worker asked for, and the paths that are kept. */
async function visit(browser: Browser, url: string) {
	const context = await browser.newContext(phone);
	const page = await context.newPage();
	const asked = new Map<string, Asked>();
	const origins = new Set<string>();
	const later: Promise<number>[] = [];
	context.on('request', (request) => origins.add(new URL(request.url()).origin));
	// A body below zero came from the browser's own cache, where the page's visit had put it; one that ends after the visit is not counted.
	context.on('requestfinished', (request) => {
		if (request.serviceWorker())
			later.push(
				request.sizes().then(
					({ responseBodySize: body, responseHeadersSize: head }) => (body > 0 ? body + head : 0),
					() => 0
				)
			);
	});
	const session = await slow(page, 1);
	session.on('Network.requestWillBeSent', ({ requestId, request, wallTime }) =>
		asked.set(requestId, { path: new URL(request.url).pathname, at: wallTime * 1000, bytes: 0 })
	);
	session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
		const one = asked.get(requestId);
		if (one) one.bytes = encodedDataLength;
	});
	await watchUsable(page, 'main .foot .button');
	await page.goto(url, { waitUntil: 'commit' });
	const [there] = await noted(page, 'mark', 'there');
	const { begun, kept } = await page.evaluate(async () => {
		await navigator.serviceWorker.ready; // all is kept before it is ready
		const names = await caches.keys();
		const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
		return { begun: performance.timeOrigin, kept: lists.flat().map((request) => new URL(request.url).pathname) };
	});
	while ([...asked.values()].some(({ bytes }) => bytes === 0))
		await new Promise((resolve) => session.once('Network.loadingFinished', resolve));
	const bytesLater = (await Promise.all(later)).filter((bytes) => bytes > 0);
	await context.close();
	const all = [...asked.values()];
	return {
		first: all.filter(({ at }) => at <= begun + there!.at),
		after: all.filter(({ at }) => at > begun + there!.at),
		bytesLater,
		kept,
		origins
	};
}

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0);

/** The bytes of a file of the app under brotli 11; what a host does not compress counts as it is. */
function compressed(path: string): number {
	const file = [path, `${path}index.html`].map((one) => join('build/app', one)).find((one) => existsSync(one) && extname(one))!;
	const bytes = readFileSync(file);
	const plain = ['.png', '.jpg', '.webp', '.ico', '.woff2'].includes(extname(file));
	return plain ? bytes.length : brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
}
const byPath = (asked: Asked[]) => Object.fromEntries(asked.toSorted((a, b) => b.bytes - a.bytes).map(({ path, bytes }) => [path, bytes]));
const script = ({ path }: { path: string }) => extname(path) === '.js';

await onStage(async ({ url }) => {
	const browser = await launch();
	try {
		await visit(browser, url); // the endpoint compresses each file when it is first asked for it
		const runs = [];
		for (let at = 0; at < visits; at++) runs.push(await visit(browser, url));
		const { first, after, bytesLater, kept, origins } = runs.at(-1)!;
		const all = kept.map((path) => ({ path, brotli: compressed(path) })).toSorted((a, b) => b.brotli - a.brotli);
		const shell = all.filter(({ path }) => !path.includes('/immutable/house/'));
		const house = readdirSync('build/app/_app/immutable/house', { recursive: true, encoding: 'utf8' }).filter((path) =>
			['.js', '.css'].includes(extname(path))
		);
		report(
			'shell',
			[
				figure(
					'first screen, all bytes on the wire',
					'bytes',
					110_000,
					runs.map((run) => sum(run.first.map(({ bytes }) => bytes)))
				),
				figure(
					'first screen, requests',
					'requests',
					15,
					runs.map((run) => run.first.length)
				),
				figure(
					'first screen, scripts under brotli 11',
					'bytes',
					90_000,
					runs.map((run) => sum(run.first.filter(script).map(({ path }) => compressed(path))))
				),
				figure(
					'first visit, origins',
					'origins',
					1,
					runs.map((run) => run.origins.size)
				),
				figure('shell on the phone under brotli 11', 'bytes', 260_000, [sum(shell.map(({ brotli }) => brotli))])
			],
			{
				browser: browser.version(),
				aim: { scripts: 75_000 },
				origins: [...origins],
				firstScreen: byPath(first),
				pageAfterwards: byPath(after),
				serviceWorker: { requests: bytesLater.length, bytes: sum(bytesLater) },
				/** Exam, passport, verification and office, which come when the shell is complete. */
				house: { files: house.length, brotli: sum(house.map((path) => compressed(`_app/immutable/house/${path}`))) },
				shell: { files: shell.length, largest: Object.fromEntries(shell.slice(0, 10).map(({ path, brotli }) => [path, brotli])) }
			}
		);
	} finally {
		await browser.close();
	}
});
