import { createCache } from './cache.ts';
import type { Heard } from './engine.ts';
import { record, type Job } from './record.ts';

/** A program that `crew.ts` starts: it records the clips that it is sent, one at a time. */
process.on('message', async ({ job, heard }: { job: Job; heard: Heard[] }) => {
	const reply = await recorded(job, heard).catch((cause: Error) => ({ error: cause.message }));
	if (process.connected) process.send!(reply);
});

async function recorded(job: Job, heard: Heard[]) {
	const { recorded, sounds } = await record(job, heard);
	await createCache(job.root).keep(job.key, recorded, sounds);
	return { recorded };
}
