/// <reference no-default-lib="true"/>
/// <reference lib="esnext" />
/// <reference lib="webworker" />
/// <reference types="@sveltejs/kit" />
import { base, build, files, prerendered, version } from '$service-worker';
import { deliver, errand } from '#device/courier.ts';

const worker = self as unknown as ServiceWorkerGlobalScope;
const shell = `shell-${version}`;
const fallback = `${base}/200.html`;
/** What only certification needs: kept when the shell is complete, for a first visit on a slow line; with the shell where it was kept before. */
const house = build.filter((url) => url.includes('/immutable/house/'));
const wanted = [...new Set([...build.filter((url) => !house.includes(url)), ...files, ...prerendered, fallback])];
const immutable = new Set(build);

/** Keeps one file of the shell; a file that an earlier attempt or version has is not fetched again. */
async function keep(cache: Cache, url: string): Promise<void> {
	if (await cache.match(url)) return;
	const before = immutable.has(url) ? await caches.match(url) : undefined;
	if (before) return cache.put(url, before);
	const response = await fetch(url, { cache: immutable.has(url) ? 'default' : 'no-cache' });
	if (!response.ok || response.redirected) throw new Error(`${url}: ${response.status}`);
	await cache.put(url, response);
}

async function keepAll(urls: string[]): Promise<void> {
	const cache = await caches.open(shell);
	const queue = [...urls];
	const lane = async () => {
		for (let url = queue.shift(); url !== undefined; url = queue.shift()) await keep(cache, url);
	};
	await Promise.all([lane(), lane(), lane(), lane()]);
}

/** Whether an earlier version had the house on this phone: then a newer one is not ready without it. */
async function housed(): Promise<boolean> {
	for (const name of await caches.keys())
		if ((await (await caches.open(name)).keys()).some(({ url }) => url.includes('/immutable/house/'))) return true;
	return false;
}

worker.addEventListener('install', (event) => {
	event.waitUntil((async () => keepAll((await housed()) ? [...wanted, ...house] : wanted))());
});

worker.addEventListener('activate', (event) => {
	event.waitUntil(
		(async () => {
			for (const name of await caches.keys()) if (name.startsWith('shell-') && name !== shell) await caches.delete(name);
			await worker.clients.claim();
		})()
	);
});

worker.addEventListener('message', (event) => {
	if (event.data?.type === 'SKIP_WAITING') void worker.skipWaiting();
	// A line that is cut ends it; the page asks again at its next start.
	if (event.data?.type === 'KEEP_HOUSE') event.waitUntil(keepAll(house).catch(() => undefined));
});

worker.addEventListener('sync', (event) => {
	if (event.tag === errand) event.waitUntil(deliver());
});

worker.addEventListener('fetch', (event) => {
	const { request } = event;
	const url = new URL(request.url);
	if (request.method !== 'GET' || url.origin !== worker.location.origin) return;
	if (url.pathname.startsWith(`${base}/v1/`) || url.pathname.startsWith(`${base}/packs/`)) return;
	event.respondWith(
		(async () => {
			const cache = await caches.open(shell);
			const hit = (await cache.match(url.pathname)) ?? (request.mode === 'navigate' ? await cache.match(fallback) : undefined);
			return hit ?? fetch(request);
		})()
	);
});
