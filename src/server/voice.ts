import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MiddlewareHandler } from 'hono';
import * as z from 'zod/mini';
import { Part, type Preparing } from '#core/narration.ts';
import { Catalogue, Signed } from '#core/pack.ts';
import { Locale } from '#core/text.ts';
import { refuse } from './refusal.ts';

type Progress = Preparing['preparing'];
const Progress = z.object({ done: z.number(), of: z.number() });
const Offered = z.pick(Catalogue, { packs: true });

/** How voices are made: `command` is a program and its arguments; `packs` the folder they belong in; `pause` the seconds before a failed one is tried again. */
export type Narrate = { packs: string; command: string[]; pause: number };

/**
 * Voice on demand: a voice that is missing is made by a process of its own, one at a time, in the order in which they
 * were asked for. The command gets `<course> <locale> <part> --json --packs <folder>` and writes lines of `{"done":3,"of":52}`.
 */
export function createVoice({ packs, command, pause }: Narrate, now: () => number = Date.now) {
	const making = new Map<string, Progress>();
	const failed = new Map<string, number>();
	let queue: Promise<unknown> = Promise.resolve();
	let running: ChildProcess | undefined;
	let stopped = false;

	/** Makes one voice. What the process says on its error output is shown on ours. */
	function make(name: string, place: string[]): Promise<boolean> {
		return new Promise((resolve) => {
			const [program, ...options] = command;
			const child = (running = spawn(program!, [...options, ...place, '--json', '--packs', packs], {
				stdio: ['ignore', 'pipe', 'inherit']
			}));
			child.once('error', (cause) => resolve((console.error(`The voice ${name} cannot be made: ${cause.message}`), false)));
			child.once('spawn', () => giveWay(child.pid!));
			child.once('close', (code) => resolve(code === 0));
			createInterface(child.stdout!).on('line', (line) => {
				const progress = parsed(line);
				if (progress) making.set(name, progress);
			});
		});
	}

	/** Asks for a voice: how far it is; `failed` if it could not be made a short while ago. */
	function prepare(place: [course: string, locale: string, part: string]): Progress | 'failed' {
		const name = place.join('/');
		const known = making.get(name);
		if (known) return known;
		if (now() < (failed.get(name) ?? 0)) return 'failed';
		const progress = { done: 0, of: 0 };
		making.set(name, progress);
		queue = queue.then(async () => {
			const made = !stopped && (await make(name, place)) && (await ready(packs, place)) === true;
			if (made) failed.delete(name);
			else failed.set(name, now() + pause * 1000);
			making.delete(name);
		});
		return progress;
	}

	const reply: MiddlewareHandler = async (c, next) => {
		const [, course, locale, part] = c.req.path.match(/^\/packs\/([^/]+)\/([^/.]+)\.([^/.]+)\.json$/) ?? [];
		if (!course || !Locale.safeParse(locale).success || !Part.safeParse(part).success) return next();
		const place: [string, string, string] = [course, locale!, part!];
		if ((await ready(packs, place)) !== false) return next();
		const progress = prepare(place);
		if (progress === 'failed') return refuse(c, 'server', pause);
		return c.json({ preparing: progress } satisfies Preparing, 202, { 'retry-after': '1', 'cache-control': 'no-store' });
	};

	/** Ends the process that is at work. */
	function stop() {
		stopped = true;
		running?.kill();
	}
	return { reply, stop };
}

/** Lets requests go before a process. */
function giveWay(process: number) {
	try {
		setPriority(process, 10);
	} catch {
		// It has ended already, or the system knows no priorities: it is made all the same.
	}
}

/** Whether a voice is there, for the text that the course has now; undefined if there is no such course. */
async function ready(packs: string, [course, locale, part]: [string, string, string]): Promise<boolean | undefined> {
	const text = await textOf(packs, course);
	if (!text) return undefined;
	const voice = await readFile(join(packs, course, `${locale}.${part}.json`), 'utf8').catch(() => '');
	return voice.includes(text); // it names the text that it reads by its hash
}

/** The SHA-256 of a course's text by the catalogue; undefined if that has no such course. */
async function textOf(packs: string, course: string): Promise<string | undefined> {
	try {
		const signed = Signed.parse(JSON.parse(await readFile(join(packs, 'catalogue.json'), 'utf8')));
		const found = Offered.parse(JSON.parse(signed.payload)).packs;
		return Object.hasOwn(found, course) ? found[course]!.text.sha256 : undefined;
	} catch {
		return undefined; // without a catalogue nothing is known, and the app says so itself
	}
}

function parsed(line: string): Progress | undefined {
	try {
		return Progress.safeParse(JSON.parse(line)).data;
	} catch {
		return undefined; // a line for people
	}
}
