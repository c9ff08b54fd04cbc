import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { endpoint } from './endpoint.ts';

const sound = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
const script = 'export const hello = "γειά"; '.repeat(100);

async function site() {
	const { url, port, folder, packs } = await endpoint();
	const write = (path: string, content: string | Buffer) => {
		const file = path.startsWith('packs/') ? join(packs, path.slice(6)) : join(folder, path);
		mkdirSync(join(file, '..'), { recursive: true });
		writeFileSync(file, content);
		return file;
	};
	write('200.html', '<!doctype html>shell');
	write('about.html', '<!doctype html>about');
	write('service-worker.js', script);
	write('_app/immutable/a.js', script);
	write('packs/catalogue.json', '{"payload":"{}"}');
	write('packs/files/abc.mp3', sound);
	write('packs/files/abc.pack', Buffer.from([0x1f, 0x8b, 1, 2]));
	const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
		new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: Buffer }>((resolve, reject) => {
			const asked = request({ host: '127.0.0.1', port, path, headers, method }, (reply) => {
				const chunks: Buffer[] = [];
				reply.on('data', (chunk: Buffer) => chunks.push(chunk));
				reply.on('end', () => resolve({ status: reply.statusCode!, headers: reply.headers, body: Buffer.concat(chunks) }));
			});
			asked.once('error', reject);
			asked.end();
		});
	return { url, folder, packs, write, raw };
}
const page = { accept: 'text/html,*/*;q=0.8' };

it('shows the app at any address that a person opens, and a page that was made before at its own', async () => {
	const { raw } = await site();
	for (const path of ['/', '/courses/communication/listen?x=1', '/nothing/']) {
		const reply = await raw(path, page);
		expect([reply.status, reply.body.toString(), reply.headers['content-type']]).toEqual([
			200,
			'<!doctype html>shell',
			'text/html; charset=utf-8'
		]);
	}
	for (const path of ['/about', '/about/', '/about.html']) expect((await raw(path, page)).body.toString()).toBe('<!doctype html>about');
});

it('says that a missing file is missing, and does not send the app in its place', async () => {
	const { raw } = await site();
	for (const [path, headers] of [
		['/_app/immutable/gone.js', {}],
		['/packs/files/gone.mp3', page],
		['/packs', {}],
		['/packs/', page],
		['/packs/files', page]
	] as const) {
		const reply = await raw(path, headers);
		expect([reply.status, JSON.parse(reply.body.toString()).error], path).toEqual([404, 'not-found']);
	}
});

it('serves nothing from outside its folders, and nothing hidden', async () => {
	const { raw, write } = await site();
	write('.keys/receipt.json', 'secret');
	write('_app/.env', 'secret');
	write('packs/.env', 'secret');
	const paths = [
		'/../passport.db',
		'/receipt.json/../../x',
		'/%2e%2e/%2e%2e/etc/passwd',
		'/..%2f..%2fetc/passwd',
		'/packs/..%2freceipt.json',
		'/packs/%2e%2e/receipt.json',
		'/packs/../.keys/receipt.json',
		'/.keys/receipt.json',
		'/%2ekeys/receipt.json',
		'/_app/.env',
		'/packs/.env',
		'/..%5cx',
		'/a%00.js',
		'/%',
		'//etc/passwd',
		'/packs//etc/passwd'
	];
	for (const path of paths) {
		const reply = await raw(path);
		expect(reply.status, path).toBe(404);
		expect(reply.body.toString(), path).not.toContain('secret');
	}
});

it('lets what never changes be kept for ever, and has the rest asked for again', async () => {
	const { raw } = await site();
	const kept = async (path: string) => (await raw(path, page)).headers['cache-control'];
	for (const path of ['/_app/immutable/a.js', '/packs/files/abc.mp3', '/packs/files/abc.pack'])
		expect(await kept(path)).toBe('public, max-age=31536000, immutable');
	for (const path of ['/', '/service-worker.js', '/packs/catalogue.json']) expect(await kept(path)).toBe('no-cache');
});

it('says nothing new of a file that did not change', async () => {
	const { raw, write } = await site();
	const { headers } = await raw('/packs/catalogue.json');
	const same = await raw('/packs/catalogue.json', { 'if-none-match': headers.etag as string });
	expect([same.status, same.body.length]).toEqual([304, 0]);
	const file = write('packs/catalogue.json', '{"payload":"[]"}');
	utimesSync(file, 1, 1);
	const changed = await raw('/packs/catalogue.json', { 'if-none-match': headers.etag as string });
	expect([changed.status, changed.body.toString()]).toEqual([200, '{"payload":"[]"}']);
});

it('compresses text as the browser can read it, and sounds and packs never', async () => {
	const { raw } = await site();
	const get = (path: string, accepted: string) => raw(path, { 'accept-encoding': accepted });
	const brotli = await get('/_app/immutable/a.js', 'gzip, deflate, br, zstd');
	expect([brotli.headers['content-encoding'], brotli.headers.vary, brotliDecompressSync(brotli.body).toString()]).toEqual([
		'br',
		'accept-encoding',
		script
	]);
	expect(Number(brotli.headers['content-length'])).toBe(brotli.body.length);
	const gzip = await get('/_app/immutable/a.js', 'gzip;q=1.0, br;q=0');
	expect([gzip.headers['content-encoding'], gunzipSync(gzip.body).toString()]).toEqual(['gzip', script]);
	const plain = await get('/_app/immutable/a.js', 'identity');
	expect([plain.headers['content-encoding'], plain.headers.vary, plain.body.toString()]).toEqual([undefined, 'accept-encoding', script]);
	for (const path of ['/packs/files/abc.mp3', '/packs/files/abc.pack'])
		expect((await get(path, 'br, gzip')).headers['content-encoding']).toBeUndefined();
	expect((await get('/packs/files/abc.pack', 'gzip')).body).toEqual(Buffer.from([0x1f, 0x8b, 1, 2]));
});

it('sends the compressed file that lies beside, and compresses again when a file has changed', async () => {
	const { raw, write } = await site();
	write('_app/b.js.br', brotliCompressSync('from beside'));
	write('_app/b.js', 'itself');
	expect(brotliDecompressSync((await raw('/_app/b.js', { 'accept-encoding': 'br' })).body).toString()).toBe('from beside');
	const read = async () => brotliDecompressSync((await raw('/packs/catalogue.json', { 'accept-encoding': 'br' })).body).toString();
	expect(await read()).toBe('{"payload":"{}"}');
	write('packs/catalogue.json', '{"payload":"longer"}');
	expect(await read()).toBe('{"payload":"longer"}');
});

it('sends a part of a sound', async () => {
	const { raw } = await site();
	const part = (range: string, more = {}) => raw('/packs/files/abc.mp3', { range, ...more });
	const whole = await raw('/packs/files/abc.mp3');
	expect([whole.status, whole.headers['accept-ranges'], whole.headers['content-type'], whole.body.length]).toEqual([
		200,
		'bytes',
		'audio/mpeg',
		1000
	]);
	for (const [range, from, to] of [
		['bytes=0-0', 0, 0],
		['bytes=0-1', 0, 1],
		['bytes=990-', 990, 999],
		['bytes=-10', 990, 999],
		['bytes=500-5000', 500, 999],
		['bytes=-5000', 0, 999]
	] as const) {
		const reply = await part(range);
		expect([reply.status, reply.headers['content-range']], range).toEqual([206, `bytes ${from}-${to}/1000`]);
		expect(reply.body.equals(sound.subarray(from, to + 1)), range).toBe(true);
	}
	for (const range of ['bytes=1000-', 'bytes=2-1', 'bytes=-0']) {
		const reply = await part(range);
		expect([reply.status, reply.headers['content-range']], range).toEqual([416, 'bytes */1000']);
	}
	for (const range of ['bytes=0-1,5-6', 'lines=1-2', 'bytes=-']) expect((await part(range)).status, range).toBe(200);
	expect((await part('bytes=0-1', { 'if-range': whole.headers.etag })).status).toBe(206);
	expect((await part('bytes=0-1', { 'if-range': '"other"' })).status).toBe(200);
});

it('tells about a file without sending it', async () => {
	const { raw } = await site();
	const reply = await raw('/packs/files/abc.mp3', {}, 'HEAD');
	expect([reply.status, reply.headers['content-length'], reply.body.length]).toEqual([200, '1000', 0]);
});

it('has every reply guarded by headers', async () => {
	const { raw } = await site();
	for (const path of ['/', '/v1/health', '/packs/files/abc.mp3', '/packs/gone']) {
		const { headers } = await raw(path, page);
		expect(headers, path).toMatchObject({
			'content-security-policy': "frame-ancestors 'none'",
			'x-content-type-options': 'nosniff',
			'referrer-policy': 'no-referrer',
			'cross-origin-opener-policy': 'same-origin',
			'permissions-policy': expect.stringContaining('geolocation=()')
		});
	}
});

it('serves packs that lie elsewhere by a link', async () => {
	const { raw, packs, folder } = await site();
	mkdirSync(join(folder, 'other'));
	writeFileSync(join(folder, 'other', 'x.mp3'), sound);
	symlinkSync(join(folder, 'other'), join(packs, 'linked'));
	expect((await raw('/packs/linked/x.mp3')).status).toBe(200);
});
