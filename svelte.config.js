import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import adapter from '@sveltejs/adapter-static';

const shell = readFileSync(new URL('./src/app.html', import.meta.url), 'utf8');
/** The CSP hashes of what app.html carries inline: its first paint needs no second request. */
const hashes = (tag) =>
	[...shell.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(
		([, body]) => `sha256-${createHash('sha256').update(body).digest('base64')}`
	);
const along = [process.env.STATUS_LISTS, process.env.ISSUERS].filter(Boolean);
const endpoint = process.env.PUBLIC_ENDPOINT ? [new URL(process.env.PUBLIC_ENDPOINT).origin] : [];

/** The version of the app is the hash of its sources and of what its settings take along: the same sources are the same version, so that a rebuild is no update. */
function version(paths) {
	const hash = createHash('sha256');
	const add = (path) => {
		if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name));
		else hash.update(path).update(readFileSync(path));
	};
	paths.forEach(add);
	return hash.update(JSON.stringify(endpoint)).digest('hex').slice(0, 12);
}

/** @type {import('@sveltejs/kit').Config} */
export default {
	compilerOptions: { runes: ({ filename }) => (filename.split(/[/\\]/).includes('node_modules') ? undefined : true) },
	kit: {
		adapter: adapter({ pages: 'build/app', assets: 'build/app', fallback: '200.html', precompress: true }),
		files: { lib: 'src' },
		// The first screen needs no style sheet of its own request.
		inlineStyleThreshold: 20_000,
		serviceWorker: { register: false, files: (file) => !file.startsWith('.') },
		version: {
			name:
				process.env.APP_VERSION ??
				version(['src', 'locales', 'static', 'package-lock.json', 'svelte.config.js', 'vite.config.ts', ...along]),
			pollInterval: 0
		},
		csp: {
			mode: 'hash',
			directives: {
				'default-src': ['none'],
				'script-src': ['self', ...hashes('script')],
				'style-src': ['self', ...hashes('style')],
				// SvelteKit's route announcer carries one style attribute.
				'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
				'img-src': ['self', 'data:'],
				'media-src': ['self', 'blob:'],
				'connect-src': ['self', ...endpoint],
				'manifest-src': ['self'],
				'worker-src': ['self'],
				'base-uri': ['none'],
				'form-action': ['none'],
				'object-src': ['none'],
				'require-trusted-types-for': ['script'],
				'trusted-types': ['svelte-trusted-html', 'passport-worker']
			}
		}
	}
};
