import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { Pulled, Pushed, type Statement } from '#core/wire.ts';
import { createPhone, statements, type Phone } from './client.ts';
import { folder } from './endpoint.ts';
import { program } from './program.ts';

const built = await program('main');

/** Starts the program in a folder, as a person does; what it prints comes with it. */
function start(at: string, settings: Record<string, string> = {}) {
	const names = {
		PORT: '0',
		DATABASE: join(at, 'data/passport.db'),
		RECEIPT_KEY: join(at, 'keys/receipt.json'),
		SEAL_KEY: join(at, 'keys/seal.json'),
		CERTIFICATION: join(at, 'data/certification.db'),
		FOLDER: at,
		PACKS: join(at, 'packs'),
		RATE: '0',
		ENROL_RATE: '0'
	};
	const child = spawn(process.execPath, [built], {
		env: { ...process.env, ...names, ...settings },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	onTestFinished(() => void child.kill('SIGKILL'));
	return child;
}
async function running(at: string, settings?: Record<string, string>) {
	const child = start(at, settings);
	child.stderr.pipe(process.stderr);
	const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
	return { child, line, url: line.match(/http:\/\/localhost:\d+/)![0] };
}
async function ended(child: ChildProcess): Promise<number | string | null> {
	const [code, signal] =
		child.exitCode === null && child.signalCode === null ? await once(child, 'exit') : [child.exitCode, child.signalCode];
	return code ?? signal;
}
/** Everything that the endpoint has of a learner. */
async function held(phone: Phone): Promise<Statement[]> {
	const all: Statement[] = [];
	for (let after = 0, more = true; more;) {
		const page = Pulled.parse(await (await phone.pull(`?limit=100&after=${after}`)).json());
		all.push(...page.items);
		({ next: after, more } = page);
	}
	return all;
}
/** The phone, as it reaches an endpoint that listens elsewhere now. */
const moved = (phone: Phone, url: string): Phone => ({ ...phone, ...phone.to(url) });

it('loses no answer that it acknowledged when it is killed in the middle of traffic', async () => {
	const at = folder();
	let { child, url } = await running(at);
	const phones = await Promise.all(Array.from({ length: 6 }, () => createPhone(url)));
	for (const phone of phones) await phone.enrol();
	const acknowledged = new Map<Phone, Map<string, Statement>>(phones.map((phone) => [phone, new Map()]));
	const pending = new Map<Phone, Statement[]>();
	for (let kill = 0; kill < 3; kill++) {
		const enough = 8 + 5 * kill;
		let taken = 0;
		await Promise.all(
			phones.map(async (original) => {
				const phone = moved(original, url);
				for (;;) {
					const batch = pending.get(original) ?? statements(original, 50);
					pending.set(original, batch);
					// Half the batches go twice at once, as by two tabs.
					const sends = [phone.push(batch), ...(batch.length && taken % 2 ? [phone.push(batch)] : [])].map((send) =>
						send.then((reply) => reply.json()).catch(() => undefined)
					);
					const reply = await Promise.race(sends);
					await Promise.all(sends);
					if (!reply) return;
					const { r } = Pushed.parse(reply);
					r.forEach((verdict, index) => {
						expect([1, 2]).toContain(verdict);
						acknowledged.get(original)!.set(batch[index]!.id, batch[index]!);
					});
					pending.delete(original);
					if (++taken === enough) child.kill('SIGKILL');
				}
			})
		);
		expect(await ended(child)).toBe('SIGKILL');
		({ child, url } = await running(at));
		for (const original of phones) {
			const stored = await held(moved(original, url));
			const byId = new Map(stored.map((each) => [each.id, each]));
			expect(byId.size).toBe(stored.length);
			for (const [id, sent] of acknowledged.get(original)!) expect(byId.get(id)).toEqual(sent);
		}
	}
	expect(Math.min(...[...acknowledged.values()].map((each) => each.size))).toBeGreaterThan(0);
	for (const original of phones) {
		const phone = moved(original, url);
		const rest = pending.get(original) ?? [];
		const { r } = Pushed.parse(await (await phone.push(rest)).json());
		expect(r.every((verdict) => verdict === 1 || verdict === 2)).toBe(true);
		expect((await held(phone)).map(({ id }) => id).sort()).toEqual(
			[...acknowledged.get(original)!.keys(), ...rest.map(({ id }) => id)].sort()
		);
	}
}, 60_000);

it('ends in order when it is told to, keeps its key and its answers, and nobody else can read the key', async () => {
	const at = folder();
	const first = await running(at);
	const phone = await createPhone(first.url);
	const { key } = await (await phone.enrol()).json();
	const sent = statements(phone, 50);
	expect((await phone.push(sent)).status).toBe(200);
	first.child.kill('SIGTERM');
	expect(await ended(first.child)).toBe(0);
	expect(statSync(join(at, 'keys/receipt.json')).mode & 0o777).toBe(0o600);
	const second = await running(at);
	const again = moved(phone, second.url);
	expect((await (await again.enrol()).json()).key).toEqual(key);
	expect(await held(again)).toEqual(sent);
});

it('answers a request that has begun before it ends', async () => {
	const at = folder();
	const { child, url } = await running(at);
	const phone = await createPhone(url);
	await phone.enrol();
	const sent = statements(phone, 50);
	const { body, headers } = await phone.parcel(sent);
	const asked = request(`${url}/v1/push`, {
		method: 'POST',
		headers: { ...headers, 'content-length': body.length, expect: '100-continue' }
	});
	const replied = once(asked, 'response') as Promise<[IncomingMessage]>;
	asked.flushHeaders();
	await once(asked, 'continue'); // the endpoint is in the middle of it
	child.kill('SIGTERM');
	const taken = () =>
		fetch(`${url}/v1/health`, { headers: { connection: 'close' } }).then(
			() => true,
			() => false
		);
	await expect.poll(taken, { timeout: 10_000, interval: 10 }).toBe(false);
	asked.end(body);
	const [reply] = await replied;
	const { r } = Pushed.parse(JSON.parse(Buffer.concat(await reply.toArray()).toString()));
	expect(r).toEqual(Array(50).fill(1));
	expect(await ended(child)).toBe(0);
	expect(await held(moved(phone, (await running(at)).url))).toEqual(sent);
});

it('says where it is, or in a clear sentence why it is not', async () => {
	const at = folder();
	const { line } = await running(at);
	expect(line).toMatch(/^Passport to Employment: http:\/\/localhost:\d+/);

	const other = createServer().listen(0);
	await once(other, 'listening');
	onTestFinished(() => void other.close());
	const { port } = other.address() as AddressInfo;
	const said = async (settings: Record<string, string>) => {
		const child = start(folder(), settings);
		let text = '';
		for await (const chunk of child.stderr) text += chunk;
		return [text, await ended(child)];
	};
	expect(await said({ PORT: String(port) })).toEqual([
		`Port ${port} is used by another program. Stop that one, or choose another port: PORT=${port + 1} npm start\n`,
		1
	]);
	const [text, code] = await said({ RATE: 'many' });
	expect(text).toContain('The setting RATE cannot be used');
	expect(code).toBe(1);
});

it("writes down nobody's address", async () => {
	const at = folder();
	const child = start(at);
	let said = '';
	child.stderr.on('data', (chunk) => (said += chunk));
	const lines = createInterface(child.stdout);
	const [line] = (await once(lines, 'line')) as [string];
	lines.on('line', (more) => (said += more));
	const phone = await createPhone(line.match(/http:\/\/localhost:\d+/)![0]);
	await phone.enrol();
	await phone.push([...statements(phone, 10), 'bad']);
	await phone.push([], { body: new Uint8Array([1, 2, 3]), gzip: true });
	await phone.pull();
	child.kill('SIGTERM');
	expect(await ended(child)).toBe(0);
	expect(said).toBe('');
	const database = readFileSync(join(at, 'data/passport.db'), 'latin1');
	expect(database).toContain(phone.device);
	for (const address of ['127.0.0.1', '::1', '::ffff']) expect(database).not.toContain(address);
});
