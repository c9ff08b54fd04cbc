import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { afterAll } from 'vitest';

/** Builds a program of the endpoint as `npm start` does, once for the tests of a file, and returns its path: it starts in a fifth of the time that its source takes. */
export async function program(name: 'main' | 'staff'): Promise<string> {
	const at = mkdtempSync(join(tmpdir(), 'program-'));
	afterAll(() => rmSync(at, { recursive: true }));
	symlinkSync(resolve('node_modules'), join(at, 'node_modules'));
	await build({
		configFile: 'src/server/vite.config.ts',
		logLevel: 'error',
		build: { ssr: `src/server/${name}.ts`, outDir: at, emptyOutDir: false }
	});
	return join(at, `${name}.js`);
}
