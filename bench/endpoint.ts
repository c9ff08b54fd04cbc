import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Pulled, Pushed, limits } from '#core/wire.ts';
import { createPhone, statements } from '../tests/server/client.ts';

/**
 * How many answers a second the endpoint takes, on the disk before the reply, with the load made on the same machine.
 * `npx tsx bench/endpoint.ts [seconds] [phones at once]`; prints JSON. Uses `build/server/main.js` if it is there.
 */
const [seconds = 10, phones = 16] = process.argv.slice(2).map(Number);
const ahead = 400 * seconds; // batches that are made and signed before the clock starts, enough for 20,000 answers a second

if (process.send) await load(process.env.ENDPOINT!);
else await bench();

async function bench() {
	const at = mkdtempSync(join(tmpdir(), 'endpoint-bench-'));
	const program = existsSync('build/server/main.js') ? ['build/server/main.js'] : ['--import', 'tsx', 'src/server/main.ts'];
	const settings = {
		PORT: '0',
		DATABASE: join(at, 'passport.db'),
		RECEIPT_KEY: join(at, 'receipt.json'),
		SEAL_KEY: join(at, 'seal.json'), // there is none: learning alone
		FOLDER: at,
		PACKS: at,
		RATE: '0',
		ENROL_RATE: '0'
	};
	const server = spawn(process.execPath, program, { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'inherit'] });
	try {
		const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
		const ENDPOINT = line.match(/http:\/\/localhost:\d+/)![0].replace('localhost', '127.0.0.1');
		const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
			execArgv: ['--import', 'tsx'],
			env: { ...process.env, ENDPOINT }
		});
		await once(child, 'message'); // it begins
		const before = processor(server.pid!);
		const [{ seconds: took, answers }] = (await once(child, 'message')) as [Ended];
		const used = processor(server.pid!) - before;
		const [result] = (await once(child, 'message')) as [object];
		console.log(
			JSON.stringify(
				{
					name: 'endpoint',
					program: program.at(-1),
					node: process.version,
					cores: availableParallelism(),
					phones,
					...result,
					serverCores: Number((used / took).toFixed(2)),
					answersPerServerCpuSecond: Math.round(answers / used)
				},
				undefined,
				'\t'
			)
		);
	} finally {
		server.kill('SIGTERM');
		await once(server, 'exit');
		rmSync(at, { recursive: true });
	}
}

/** The seconds of processor that a process has used, all its threads (Linux). */
function processor(pid: number): number {
	const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ').slice(11, 13).map(Number);
	return (user! + system!) / 100;
}

type Ended = { seconds: number; answers: number };

/** The phones: each sends its next batch when it has the reply to the last. */
async function load(url: string) {
	const agent = new Agent({ keepAlive: true, maxSockets: phones });
	const crowd = await Promise.all(Array.from({ length: phones }, () => createPhone(url)));
	for (const phone of crowd) await phone.enrol();
	const queues = await Promise.all(
		crowd.map(async (phone) =>
			Promise.all(Array.from({ length: Math.ceil(ahead / phones) }, () => phone.parcel(statements(phone, limits.usual))))
		)
	);
	const send = ({ body, headers }: { body: Uint8Array; headers: Record<string, string> }) =>
		new Promise<string>((resolve, reject) => {
			const asked = request(
				`${url}/v1/push`,
				{ method: 'POST', agent, headers: { ...headers, 'content-length': body.length } },
				(reply) => {
					let text = '';
					reply.setEncoding('utf8');
					reply.on('data', (chunk: string) => (text += chunk));
					reply.on('end', () => (reply.statusCode === 200 ? resolve(text) : reject(new Error(`${reply.statusCode}: ${text}`))));
				}
			);
			asked.once('error', reject);
			asked.end(body);
		});

	const times: number[] = [];
	const replies: string[] = [];
	process.send!({});
	const cpu = process.cpuUsage();
	const begin = performance.now();
	const end = begin + seconds * 1000;
	const sent = await Promise.all(
		queues.map(async (queue) => {
			let done = 0;
			for (; done < queue.length && performance.now() < end; done++) {
				const from = performance.now();
				replies.push(await send(queue[done]!));
				times.push(performance.now() - from);
			}
			return done;
		})
	);
	const took = (performance.now() - begin) / 1000;
	const used = process.cpuUsage(cpu);
	process.send!({ seconds: took, answers: replies.length * limits.usual });
	const stored = replies.flatMap((text) => Pushed.parse(JSON.parse(text)).r).filter((verdict) => verdict === 1).length;

	const replayed = Pushed.parse(JSON.parse(await send(queues[0]![0]!)));
	let held = 0;
	for (const phone of crowd) {
		for (let after = 0, more = true; more;) {
			const page = Pulled.parse(await (await phone.pull(`?limit=100&after=${after}`)).json());
			held += page.items.length;
			({ next: after, more } = page);
		}
	}
	times.sort((a, b) => a - b);
	const percentile = (share: number) => Number(times[Math.floor((times.length - 1) * share)]!.toFixed(1));
	process.send!({
		seconds: Number(took.toFixed(2)),
		batch: limits.usual,
		answers: stored,
		answersPerSecond: Math.round(stored / took),
		milliseconds: { p50: percentile(0.5), p99: percentile(0.99), most: percentile(1) },
		loadCores: Number(((used.user + used.system) / 1e6 / took).toFixed(2)),
		ranDry: sent.some((done, index) => done === queues[index]!.length),
		allStored: stored === replies.length * limits.usual && held === stored,
		replayAddsNothing: replayed.r.every((verdict) => verdict === 2) && held === stored
	});
	agent.destroy();
	process.disconnect!();
}
