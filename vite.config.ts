import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { packs } from './src/compiler/plugin.ts';

export default defineConfig({
	plugins: [packs(), sveltekit()],
	define: { __ENDPOINT__: JSON.stringify(process.env['PUBLIC_ENDPOINT'] ?? '') },
	test: { maxWorkers: 2, include: ['tests/**/*.test.ts'], environment: './tests/browser.ts', testTimeout: 30_000, hookTimeout: 30_000 }
});
