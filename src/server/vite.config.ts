import { defineConfig } from 'vite';

/** Bundles the endpoint beside the app; its packages stay outside. */
export default defineConfig({
	publicDir: false,
	build: { ssr: 'src/server/main.ts', outDir: 'build/server', emptyOutDir: true, target: 'node20', minify: false }
});
