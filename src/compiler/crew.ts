import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import type { Recorded } from './cache.ts';
import { createEngine, type Heard } from './engine.ts';
import { typescript } from './program.ts';
import { read, type Job } from './record.ts';

type Reply = { recorded: Recorded } | { error: string };

/**
 * Programs that record clips, `size` at a time; each starts when it is first needed. `record` waits for a free one. One engine reads
 * for all of them, since it becomes fast by use. `close` ends them; they also end when this program does, whatever ends it.
 */
export function createCrew(size = 2) {
	const free: ChildProcess[] = [];
	const all = new Set<ChildProcess>();
	const waiting: (() => void)[] = [];
	const engine = createEngine();

	const start = () => {
		const fresh = fork(path.join(import.meta.dirname, 'recorder.ts'), { execArgv: typescript, serialization: 'advanced' });
		all.add(fresh);
		fresh.once('exit', () => all.delete(fresh));
		return fresh;
	};

	const ask = (recorder: ChildProcess, job: Job, heard: Heard[]) =>
		new Promise<Recorded>((done, fail) => {
			const ended = (code: number | null, signal: string | null) =>
				fail(new Error(`the program that records ended with ${signal ?? `code ${code}`}`));
			recorder.once('exit', ended);
			recorder.once('message', (reply: Reply) => {
				recorder.off('exit', ended);
				if ('error' in reply) fail(new Error(reply.error));
				else done(reply.recorded);
			});
			recorder.send({ job, heard });
		});

	return {
		size,
		async record(job: Job): Promise<Recorded> {
			const heard = await read(job, engine);
			while (!free.length && all.size >= size) await new Promise<void>((turn) => waiting.push(turn));
			const recorder = free.pop() ?? start();
			try {
				return await ask(recorder, job, heard);
			} finally {
				if (recorder.connected) free.push(recorder);
				waiting.shift()?.();
			}
		},
		close() {
			engine.close();
			for (const recorder of all) if (recorder.connected) recorder.disconnect();
		}
	};
}
export type Crew = ReturnType<typeof createCrew>;
