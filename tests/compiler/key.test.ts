import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Signed } from '#core/pack.ts';
import { PublicKey } from '#core/wire.ts';
import { genuine, packKey, signed } from '#compiler/key.ts';

let root: string;
const setting = process.env.PACK_KEY;
beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'key-'));
	delete process.env.PACK_KEY;
});
afterEach(() => {
	rmSync(root, { recursive: true });
	if (setting === undefined) delete process.env.PACK_KEY;
	else process.env.PACK_KEY = setting;
});

test('a key is made on first use, for its owner alone, and stays the same', async () => {
	const first = await packKey(root);
	expect(statSync(path.join(root, '.keys/pack.json')).mode & 0o777).toBe(0o600);
	expect((await packKey(root)).publicJwk).toEqual(first.publicJwk);
	expect(PublicKey.parse(first.publicJwk)).toEqual(first.publicJwk);
});

test('two builds that start together use one key', async () => {
	const keys = await Promise.all(Array.from({ length: 5 }, () => packKey(root)));
	expect(new Set(keys.map(({ publicJwk }) => publicJwk.x)).size).toBe(1);
});

test('the key that PACK_KEY names is used, and none is made', async () => {
	const other = mkdtempSync(path.join(tmpdir(), 'key-'));
	const { publicJwk } = await packKey(other);
	process.env.PACK_KEY = path.join(other, '.keys/pack.json');
	expect((await packKey(root)).publicJwk).toEqual(publicJwk);
	expect(existsSync(path.join(root, '.keys'))).toBe(false);
	rmSync(other, { recursive: true });
});

test.each(['', 'no key', '{"kty":"EC"}'])('a file that is no key (%j) is told by its path', async (text) => {
	process.env.PACK_KEY = 'mine.json';
	writeFileSync(path.join(root, 'mine.json'), text);
	await expect(packKey(root)).rejects.toThrow(/mine\.json is not a private P-256 key/);
});

test('a key file that PACK_KEY names and that is not there is told, not made', async () => {
	process.env.PACK_KEY = 'absent.json';
	await expect(packKey(root)).rejects.toThrow(/absent\.json/);
	expect(existsSync(path.join(root, 'absent.json'))).toBe(false);
});

test('a signature holds for its text and key, and for no other', async () => {
	const key = await packKey(root);
	const one = Signed.parse(await signed('καλημέρα', key));
	expect(await genuine(one, key.publicJwk)).toBe(true);
	expect(await genuine({ ...one, payload: 'καλησπέρα' }, key.publicJwk)).toBe(false);
	rmSync(path.join(root, '.keys'), { recursive: true });
	expect(await genuine(one, (await packKey(root)).publicJwk)).toBe(false);
});
