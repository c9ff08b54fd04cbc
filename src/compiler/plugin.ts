import path from 'node:path';
import { isMainThread } from 'node:worker_threads';
import sirv from 'sirv';
import type { Logger, Plugin } from 'vite';
import { compile } from './compile.ts';
import { packKey } from './key.ts';
import { listed } from './laws.ts';
import type { Problem } from './source.ts';
import { statusLists } from './status.ts';

/** What the app gets as key in unit tests, which make their own packs and keys. */
const testKey = {
	kty: 'EC',
	crv: 'P-256',
	x: 'usWxHK2PmfnHKwXPS54m0kTcGJ90UiglWiGahtagnv8',
	y: 'IBOL-C3BttVivg-lSreASjpkttcsz-1rb7btKLv8EX4'
};

/** SvelteKit builds twice in one process, and reads this file anew each time: the second build finds here what the first began. Its threads, which look at the built pages, need no packs. */
const begun = globalThis as typeof globalThis & { packsBegun?: Map<string, Promise<Problem[]>> };

/**
 * Vite plugin: compiles `content` into `build/packs` before anything is built, and gives the app the public key as `__PACK_KEY__`,
 * the issuers that it knows as `__ISSUERS__` and the status lists that come with it as `__STATUS_LISTS__`. Then the portraits of credentials
 * are drawn into `build/portraits`.
 * A build stops with the list of problems. In development the list is shown, content is compiled again when it changes, and packs are served.
 * Under vitest it gives a key and compiles nothing.
 */
export function packs(): Plugin {
	let root = process.cwd();
	const run = async (): Promise<Problem[]> => {
		const out = path.join(root, 'build/packs');
		const exams = path.join(root, 'build/exams');
		const { problems } = await compile({ content: path.join(root, 'content'), out, exams, key: await packKey(root) });
		if (problems.some(({ severity }) => severity === 'error')) return problems;
		const { portraits } = await import('./portrait.ts');
		await portraits(out, path.join(root, 'build/portraits'), (await (await seal()).sealFile(root)).issuer);
		return problems;
	};
	const show = (problems: Problem[], logger: Logger) => {
		if (problems.some(({ severity }) => severity === 'error')) logger.error(`content is not compiled:\n${listed(problems)}`);
		else logger.info(`content is compiled${problems.length ? `:\n${listed(problems)}` : ''}`);
	};
	return {
		name: 'packs',
		enforce: 'pre',
		async config(config, { command, isPreview }) {
			if (process.env.VITEST) return { define: { __PACK_KEY__: JSON.stringify(testKey), __ISSUERS__: '[]', __STATUS_LISTS__: '{}' } };
			root = path.resolve(config.root ?? process.cwd());
			const issuers = await (await seal()).pinned(root);
			const lists = statusLists(root, issuers);
			if (command === 'build' && !isPreview && isMainThread) {
				begun.packsBegun ??= new Map();
				if (!begun.packsBegun.has(root)) begun.packsBegun.set(root, run());
				stop(await begun.packsBegun.get(root)!);
			}
			return {
				define: {
					__PACK_KEY__: JSON.stringify((await packKey(root)).publicJwk),
					__ISSUERS__: JSON.stringify(issuers),
					__STATUS_LISTS__: JSON.stringify(lists)
				}
			};
		},
		async configureServer(server) {
			if (process.env.VITEST) return;
			server.middlewares.use('/packs', sirv(path.join(root, 'build/packs'), { dev: true }));
			const { logger } = server.config;
			const content = path.join(root, 'content');
			let running: Promise<void> | undefined;
			let again = false;
			const compiled = async () => {
				do {
					again = false;
					show(await run(), logger);
				} while (again);
			};
			const changed = (file: string) => {
				if (!file.startsWith(content + path.sep)) return;
				again = true;
				running ??= compiled()
					.then(() => server.ws.send({ type: 'full-reload' }))
					.catch((cause: unknown) => logger.error(String(cause)))
					.finally(() => (running = undefined));
			};
			server.watcher.add(content);
			for (const event of ['add', 'change', 'unlink'] as const) server.watcher.on(event, changed);
			await compiled();
		}
	};
}

/** What only a build needs is loaded by a build: tests read this file too. */
const seal = () => import('./seal.ts');

/** Stops the build with the list of errors, without the lines of code that led here: they say nothing to a writer. */
function stop(problems: Problem[]): void {
	const errors = problems.filter(({ severity }) => severity === 'error');
	const warnings = problems.filter(({ severity }) => severity === 'warning');
	if (warnings.length) console.warn(listed(warnings));
	if (!errors.length) return;
	const error = new Error(`content is not compiled, ${errors.length} to correct:\n${listed(errors)}`);
	error.stack = error.message;
	throw error;
}
