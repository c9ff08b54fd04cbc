import { open, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Context, Handler } from 'hono';
import { refuse } from './refusal.ts';

const kinds: Record<string, string> = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.json': 'application/json',
	'.svg': 'image/svg+xml',
	'.webmanifest': 'application/manifest+json',
	'.txt': 'text/plain; charset=utf-8',
	'.png': 'image/png',
	'.jpg': 'image/jpeg',
	'.webp': 'image/webp',
	'.ico': 'image/x-icon',
	'.woff2': 'font/woff2',
	'.mp3': 'audio/mpeg',
	'.ogg': 'audio/ogg',
	'.pack': 'application/octet-stream' // a pack is gzip of itself, and is checked as such
};
const compressible = new Set(['.html', '.js', '.css', '.json', '.svg', '.webmanifest', '.txt']);
const compress = { br: promisify(brotliCompress), gzip: promisify(gzip) };
type Encoding = keyof typeof compress;
const quick = 512 * 1024;

/** Serves the built app and the packs, as any web host would. `folder` and `packs` are paths; `packs` is seen under `/packs`. */
export function createStatic({ folder, packs }: { folder: string; packs: string }) {
	const kept = new Map<string, { tag: string; bytes: Promise<Buffer> }>();

	/** The compressed bytes of a file: the ones beside it, else made once for each state of the file and kept in memory. */
	function compressed(file: string, tag: string, encoding: Encoding): Promise<Buffer> {
		const name = `${file}.${encoding}`;
		const known = kept.get(name);
		if (known?.tag === tag) return known.bytes;
		const bytes = beside(file, encoding);
		kept.set(name, { tag, bytes });
		bytes.catch(() => kept.delete(name));
		return bytes;
	}

	/** Replies with a file; undefined if there is none. */
	async function send(c: Context, root: string, path: string): Promise<Response | undefined> {
		const file = join(root, path);
		const handle = await open(file).catch(absent);
		if (!handle) return undefined;
		try {
			const state = await handle.stat();
			if (!state.isFile()) return undefined;
			const tag = `${state.size.toString(36)}-${Math.floor(state.mtimeMs).toString(36)}`;
			const encoding = compressible.has(extname(file)) ? preferred(c.req.header('accept-encoding') ?? '') : undefined;
			const etag = `"${tag}${encoding ? `-${encoding}` : ''}"`;
			c.header('cache-control', /^\/(_app\/immutable|files)\//.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
			c.header('etag', etag);
			if (compressible.has(extname(file))) c.header('vary', 'accept-encoding');
			else c.header('accept-ranges', 'bytes');
			if (c.req.header('if-none-match')?.includes(etag)) return c.body(null, 304);
			c.header('content-type', kinds[extname(file)] ?? 'application/octet-stream');
			if (encoding) {
				c.header('content-encoding', encoding);
				return whole(c, await compressed(file, tag, encoding));
			}
			const range =
				c.req.header('if-range') === undefined || c.req.header('if-range') === etag ? span(c.req.header('range'), state.size) : undefined;
			if (range === 'beyond') return c.body(null, 416, { 'content-range': `bytes */${state.size}` });
			const { from, to } = range ?? { from: 0, to: state.size };
			const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
			if (!range) return whole(c, buffer.subarray(0, bytesRead));
			c.status(206);
			c.header('content-range', `bytes ${from}-${to - 1}/${state.size}`);
			return whole(c, buffer);
		} finally {
			await handle.close();
		}
	}

	const serve: Handler = async (c) => {
		const path = safe(c.req.path);
		if (!path) return refuse(c, 'not-found');
		if (path.startsWith('/packs/')) return (await send(c, packs, path.slice('/packs'.length))) ?? refuse(c, 'not-found');
		const tries = path.endsWith('/') ? [`${path}index.html`, `${path.slice(0, -1)}.html`] : [path, `${path}.html`, `${path}/index.html`];
		if (c.req.header('sec-fetch-mode') === 'navigate' || c.req.header('accept')?.includes('text/html')) tries.push('/200.html');
		for (const each of tries) {
			const reply = await send(c, folder, each);
			if (reply) return reply;
		}
		return refuse(c, 'not-found');
	};
	return serve;
}

/** The path of a URL as one below a folder; undefined if it leads elsewhere, or to a hidden file. */
function safe(path: string): string | undefined {
	try {
		const plain = decodeURIComponent(path);
		return /\\|\0|\/\.|\/\/|:/.test(plain) ? undefined : plain;
	} catch {
		return undefined; // not well encoded, so the name of nothing
	}
}

/** The range that is asked for (`to` exclusive); undefined if it is none or several: then all is sent. */
function span(header: string | undefined, size: number): { from: number; to: number } | 'beyond' | undefined {
	const [, first, last] = header?.match(/^bytes=(\d*)-(\d*)$/) ?? [];
	if (!first && !last) return undefined;
	const from = first ? Number(first) : Math.max(0, size - Number(last));
	const to = first && last ? Math.min(Number(last) + 1, size) : size;
	return from < to ? { from, to } : 'beyond';
}

const preferred = (accepted: string): Encoding | undefined =>
	(['br', 'gzip'] as const).find((name) => new RegExp(`(^|[,\\s])${name}(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))(\\s|;|,|$)`).test(accepted));

async function beside(file: string, encoding: Encoding): Promise<Buffer> {
	const ready = await readFile(`${file}.${encoding === 'br' ? 'br' : 'gz'}`).catch(absent);
	if (ready) return ready;
	const bytes = await readFile(file);
	const quality = bytes.length > quick ? 6 : 11;
	return encoding === 'br' ? compress.br(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: quality } }) : compress.gzip(bytes);
}

function absent(cause: NodeJS.ErrnoException): undefined {
	if (!['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EISDIR'].includes(cause.code ?? '')) throw cause;
}

function whole(c: Context, bytes: Buffer): Response {
	c.header('content-length', String(bytes.length));
	return c.body(new Uint8Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength));
}
