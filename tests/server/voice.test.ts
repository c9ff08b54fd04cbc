import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Preparing } from '#core/narration.ts';
import { Refused } from '#core/wire.ts';
import { endpoint, folder } from './endpoint.ts';

/** Stands for the narrator: it says that it began, goes half the way, and ends when a file `go` (or `fail`) lies there. */
const narrator = `
import { appendFileSync, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const [at, course, locale, part, json, flag, packs] = process.argv.slice(2);
const name = [course, locale, part].join('.');
appendFileSync(join(at, 'starts'), [name, json, flag].join(' ') + '\\n');
mkdirSync(join(at, 'busy'));
console.log('A line for people');
console.log(JSON.stringify({ done: 1, of: 2 }));
const timer = setInterval(() => {
	const failed = existsSync(join(at, 'fail'));
	if (!failed && !existsSync(join(at, 'go'))) return;
	clearInterval(timer);
	if (!failed) {
		mkdirSync(join(packs, course), { recursive: true });
		writeFileSync(join(packs, course, locale + '.' + part + '.json'), JSON.stringify({ voice: name, text: 'a'.repeat(64) }));
	}
	rmdirSync(join(at, 'busy'));
	process.exit(failed ? 1 : 0);
}, 5);
`;

/** The hash of the course's text. */
const text = 'a'.repeat(64);
const ref = { sha256: text, bytes: 1, type: 'pack' };

async function studio(pause = 60) {
	const at = folder();
	const packs = join(at, 'packs');
	mkdirSync(packs);

	writeFileSync(
		join(packs, 'catalogue.json'),
		JSON.stringify({
			payload: JSON.stringify({ format: 1, packs: { communication: { edition: 1, text: ref, pictures: ref } } }),
			signature: 'A'.repeat(86)
		})
	);
	writeFileSync(join(at, 'narrator.mjs'), narrator);
	const { url } = await endpoint({ narrate: { packs, command: [process.execPath, join(at, 'narrator.mjs'), at], pause } });
	const ask = (voice: string) => fetch(`${url}/packs/${voice}`);
	const starts = () => (existsSync(join(at, 'starts')) ? readFileSync(join(at, 'starts'), 'utf8').trim().split('\n') : []);
	const put = (name: string) => writeFileSync(join(at, name), '');
	const status = async (voice: string) => (await ask(voice)).status;
	return { packs, ask, starts, put, status };
}
const soon = { timeout: 10_000, interval: 10 };

it('makes a voice that is missing, says how far it is, and then gives it', async () => {
	const { ask, starts, put } = await studio();
	const first = await ask('communication/el.cards.json');
	expect([first.status, first.headers.get('retry-after'), first.headers.get('cache-control')]).toEqual([202, '1', 'no-store']);
	expect(Preparing.parse(await first.json())).toEqual({ preparing: { done: 0, of: 0 } });
	await expect.poll(async () => (await ask('communication/el.cards.json')).json(), soon).toEqual({ preparing: { done: 1, of: 2 } });
	put('go');
	await expect.poll(async () => (await ask('communication/el.cards.json')).status, soon).toBe(200);
	const reply = await ask('communication/el.cards.json');
	expect([reply.headers.get('cache-control'), await reply.json()]).toEqual(['no-cache', { voice: 'communication.el.cards', text }]);
	expect(starts()).toEqual(['communication.el.cards --json --packs']);
});

it('makes one voice for all who ask for it, and one after the other', async () => {
	const { starts, put, status } = await studio();
	const voices = ['communication/el.cards.json', 'communication/it.rest.json', 'communication/pl.cards.json'];
	expect(await Promise.all([...voices, ...voices, ...voices].map(status))).toEqual(Array(9).fill(202));
	await expect.poll(starts, soon).toHaveLength(1);
	put('go');
	for (const voice of voices) await expect.poll(() => status(voice), soon).toBe(200);
	expect(starts()).toHaveLength(3);
});

it('gives a voice that is there, and starts nothing', async () => {
	const { packs, ask, starts } = await studio();
	mkdirSync(join(packs, 'communication'));
	writeFileSync(join(packs, 'communication', 'es.rest.json'), JSON.stringify({ made: 'before', text }));
	expect(await (await ask('communication/es.rest.json')).json()).toEqual({ made: 'before', text });
	expect(starts()).toEqual([]);
});

it('makes a voice again when the course has another text now', async () => {
	const { packs, put, status, ask } = await studio();
	mkdirSync(join(packs, 'communication'));
	writeFileSync(join(packs, 'communication', 'es.rest.json'), JSON.stringify({ made: 'before', text: 'b'.repeat(64) }));
	put('go');
	expect(await status('communication/es.rest.json')).toBe(202);
	await expect.poll(() => status('communication/es.rest.json'), soon).toBe(200);
	expect(await (await ask('communication/es.rest.json')).json()).toEqual({ voice: 'communication.es.rest', text });
});

it('makes nothing for a course, a language or a part that does not exist', async () => {
	const { status, starts } = await studio();
	for (const voice of [
		'unknown/el.cards.json',
		'constructor/el.cards.json',
		'communication/de.cards.json',
		'communication/el.all.json',
		'communication/el.json',
		'..%2fcommunication/el.cards.json',
		'communication/el.cards.json.json'
	]) {
		expect(await status(voice), voice).toBe(404);
	}
	expect(starts()).toEqual([]);
});

it('says that a voice could not be made, and tries again after a pause', async () => {
	const { ask, put, starts } = await studio(60);
	put('fail');
	expect((await ask('communication/el.cards.json')).status).toBe(202);
	await expect.poll(async () => (await ask('communication/el.cards.json')).status, soon).toBe(503);
	const reply = await ask('communication/el.cards.json');
	expect(reply.headers.get('retry-after')).toBe('60');
	expect(Refused.parse(await reply.json()).error).toBe('server');
	expect(starts()).toHaveLength(1);
	const eager = await studio(0);
	eager.put('fail');
	await eager.ask('communication/el.cards.json');
	await expect.poll(async () => (await eager.ask('communication/el.cards.json'), eager.starts().length), soon).toBeGreaterThan(1);
});

it('says so, too, when there is no narrator at all', async () => {
	const { packs } = await studio();
	const { url } = await endpoint({ narrate: { packs, command: [join(packs, 'missing')], pause: 60 } });
	await expect.poll(async () => (await fetch(`${url}/packs/communication/el.cards.json`)).status, soon).toBe(503);
});
