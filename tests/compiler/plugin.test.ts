import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build, createServer, type Plugin } from 'vite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Signed } from '#core/pack.ts';
import { PublicKey } from '#core/wire.ts';
import { genuine } from '#compiler/key.ts';
import { packs } from '#compiler/plugin.ts';
import { project, put, temporary } from './fixture.ts';

let root: string;
const setting = process.env.VITEST;
beforeEach(() => {
	root = temporary();
	put(root, 'main.js', 'console.log(__PACK_KEY__)');
	put(root, 'index.html', '<script type="module" src="/main.js"></script>');
	delete process.env.VITEST;
});
afterEach(() => {
	process.env.VITEST = setting;
	rmSync(root, { recursive: true });
});
const options = () => ({ root, configFile: false as const, logLevel: 'silent' as const, publicDir: 'static', plugins: [packs()] });
const broken = () =>
	put(root, 'content/courses/demo/words/en/one.yaml', project()['content/courses/demo/words/en/one.yaml']!.replace('Anna', '"Anna"'));

test('a build compiles content, and knows the key that signed', async () => {
	await build(options());
	const catalogue = Signed.parse(JSON.parse(readFileSync(path.join(root, 'build/packs/catalogue.json'), 'utf8')));
	const pack = expect.stringMatching(/^[0-9a-f]{64}\.pack$/);
	expect(readdirSync(path.join(root, 'build/packs/files'))).toEqual([pack, pack]);
	const script = readFileSync(path.join(root, 'dist/assets', readdirSync(path.join(root, 'dist/assets'))[0]!), 'utf8');
	const [, x, y] = script.match(/x:[`"']([\w-]{43})[`"'],y:[`"']([\w-]{43})[`"']/)!;
	expect(await genuine(catalogue, PublicKey.parse({ kty: 'EC', crv: 'P-256', x, y }))).toBe(true);
	expect(script).not.toMatch(/\bd:/);
});

test('a build stops with the list of what to correct, without a stack', async () => {
	broken();
	const error: Error = await build(options()).then(
		() => expect.unreachable(),
		(cause: Error) => cause
	);
	expect(error.message).toMatch(/1 to correct:\ncontent\/courses\/demo\/words\/en\/one\.yaml:\d+ {2}\S/);
	expect(error.stack).not.toMatch(/\n\s+at /);
	expect(existsSync(path.join(root, 'build/packs'))).toBe(false);
});

test('in development content is compiled at the start and again when it changes', async () => {
	const server = await createServer({ ...options(), server: { middlewareMode: true, ws: false } });
	const files = () => readdirSync(path.join(root, 'build/packs/files'));
	const before = files();
	const changed = new Promise<void>((resolve) => {
		server.ws.send = ((payload: { type: string }) => payload.type === 'full-reload' && resolve()) as typeof server.ws.send;
	});
	put(
		root,
		'content/courses/demo/words/en/one.yaml',
		project()['content/courses/demo/words/en/one.yaml']!.replace('Anna reads', 'Anna sees')
	);
	server.watcher.emit('change', path.join(root, 'content/courses/demo/words/en/one.yaml'));
	await changed;
	expect(files()).toHaveLength(2);
	expect(files()).not.toEqual(before);
	await server.close();
});

test('in development broken content is shown, and the app starts all the same', async () => {
	broken();
	const shown: string[] = [];
	const logger = {
		error: (text: string) => shown.push(text),
		info() {},
		warn() {},
		warnOnce() {},
		clearScreen() {},
		hasErrorLogged: () => false,
		hasWarned: false
	};
	const server = await createServer({ ...options(), customLogger: logger, server: { middlewareMode: true, ws: false } });
	expect(shown.join()).toMatch(/content is not compiled:\ncontent\/courses\/demo\/words\/en\/one\.yaml:\d+ {2}/);
	await server.close();
});

test('under unit tests nothing is compiled, and the key is a fixed one', async () => {
	process.env.VITEST = 'true';
	const { config } = packs() as Plugin & { config: (config: object, env: object) => Promise<{ define: Record<string, string> }> };
	const { define } = await config({ root }, { command: 'serve', mode: 'test' });
	expect(PublicKey.safeParse(JSON.parse(define.__PACK_KEY__!)).success).toBe(true);
	expect(existsSync(path.join(root, 'build'))).toBe(false);
	expect(existsSync(path.join(root, '.keys'))).toBe(false);
});
