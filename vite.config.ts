import { readFileSync } from 'node:fs';
import { sveltekit } from '@sveltejs/kit/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { packs } from './src/compiler/plugin.ts';

/** What the first screen needs, in one file: on a slow line each request costs as much as 20 kB. What it imports comes with it. */
const shell =
	/node_modules\/(svelte|@sveltejs|zod|i18next|clsx|esm-env|devalue)\/|preload-helper|generated\/(root|client-optimized\/(app|matchers))|src\/(hooks\.client|routes\/(\(app\)\/\+|\+|title|calm|Start))/;

/** The app, in one file: it comes while the first screen is read. Dexie, howler and the other screens come after it. */
const app = /src\/(core|app|device|routes\/Home)|src\/ui\/(Bar|Language|Sheet|Failure|Tabs|Steps|Notice|frameworks|Meter|Picture)/;

/** What only certification needs: exam, passport, verification, office. The first screen has none of it. */
const house =
	/\/certification\/|\(certification\)|src\/core\/(award|badge|bank|base45|candidate|concepts|cwt|draw|edc|exam|jades|office|profile|scheme|seal|statements|statistics|status|verification)\.ts|src\/ui\/(Code|item\/Ask)\.|locales\/\w+\/(exam|office|passport|verify)\.json|node_modules\/(cborg|qr)\//;

/** The nodes that SvelteKit numbers: those of the outer frame and of the first screen are of the shell. */
const node = /client-optimized\/nodes\/\d+\.js$/;
const first = (id: string) =>
	node.test(id) ? /src\/routes\/(\(app\)\/)?\+/.test(readFileSync(id, 'utf8')) : shell.test(id) && !house.test(id);

/** Names the files of certification apart, so that the service worker can keep them when the shell is complete. */
const apart: Plugin = {
	name: 'house',
	apply: 'build',
	outputOptions(output) {
		if (this.environment?.name !== 'client') return;
		const named =
			(pattern: string) =>
			({ name, moduleIds }: { name: string; moduleIds: string[] }) =>
				name !== 'shell' && name !== 'app' && moduleIds.some((id) => house.test(id))
					? pattern.replace('/immutable/', '/immutable/house/')
					: pattern;
		return {
			...output,
			...(typeof output.entryFileNames === 'string' ? { entryFileNames: named(output.entryFileNames) } : {}),
			...(typeof output.chunkFileNames === 'string' ? { chunkFileNames: named(output.chunkFileNames) } : {})
		};
	}
};

export default defineConfig({
	plugins: [packs(), sveltekit(), apart],
	environments: {
		client: {
			build: {
				rolldownOptions: {
					output: {
						codeSplitting: {
							groups: [
								{ name: 'shell', test: first, priority: 2 },
								{ name: 'app', test: (id: string) => app.test(id) && !house.test(id), priority: 1 }
							]
						}
					}
				}
			}
		}
	},
	define: { __ENDPOINT__: JSON.stringify(process.env['PUBLIC_ENDPOINT'] ?? '') },
	test: {
		maxWorkers: 2,
		environment: './tests/browser.ts',
		globalSetup: './tests/temporary.ts',
		testTimeout: 30_000,
		hookTimeout: 30_000,
		// One program for all files of a worker: dictionaries, fonts, schemas and the app are loaded once, not by every file. A test leaves nothing behind.
		isolate: false,
		include: ['tests/**/*.test.ts']
	}
});
