import { createCache } from './cache.ts';
import { createEngine } from './engine.ts';
import { record, type Job } from './record.ts';

/** A program that `crew.ts` starts: it records the clips that it is sent, one at a time. */
const engine = createEngine();

process.on('message', async (job: Job) => {
	const reply = await recorded(job).catch((cause: Error) => ({ error: cause.message }));
	if (process.connected) process.send!(reply);
});
process.on('disconnect', () => engine.close());

async function recorded(job: Job) {
	const { recorded, sounds } = await record(job, engine);
	await createCache(job.root).keep(job.key, recorded, sounds);
	return { recorded };
}
