import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { packs } from './src/compiler/plugin.ts';

/** What every first screen needs, in one file: on a slow line each request costs as much as 20 kB. Dexie, howler and the other screens come after it. */
const shell =
	/node_modules\/(svelte|@sveltejs|zod|i18next|workbox-window|clsx|esm-env|devalue)\/|preload-helper|generated\/(root|client-optimized\/(app|matchers|nodes\/[012]\.))|src\/(core|app|device|hooks\.client|routes\/(\+|title|Home|Start))|src\/ui\/(Bar|Language|Sheet|Icon|Install|Failure|Tabs|Steps|Notice|frameworks|Meter|Picture)/;

export default defineConfig({
	plugins: [packs(), sveltekit()],
	environments: { client: { build: { rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shell', test: shell }] } } } } } },
	define: { __ENDPOINT__: JSON.stringify(process.env['PUBLIC_ENDPOINT'] ?? '') },
	test: { maxWorkers: 2, include: ['tests/**/*.test.ts'], environment: './tests/browser.ts', testTimeout: 30_000, hookTimeout: 30_000 }
});
