import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locale } from '#core/text.ts';
import { typescript } from './program.ts';
import { readWav, type Sound } from './wav.ts';

/** A text as it was read: its sound, and when each word begins ([offset in the text, milliseconds]) if the engine tells. */
export type Heard = Sound & { words?: [offset: number, milliseconds: number][] };

/** What reads texts aloud: a program of its own. `close` ends it. */
export type Engine = { read(text: string, locale: Locale, speaker: 0 | 1 | 2): Promise<Heard>; close(): void };

/** Calm reading, 105 to 140 words a minute (Polish words are long). In dialogues a higher and a lower voice speak. */
const rates: Record<Locale, number> = { en: 135, el: 135, it: 135, pl: 140, es: 130 };
const variants = ['', '+f3', '+m3'] as const;

const command = (): string[] =>
	(process.env.NARRATE_CMD ?? '').match(/"[^"]*"|'[^']*'|\S+/g)?.map((part) => part.replace(/^(["'])(.*)\1$/, '$2')) ?? [];

/**
 * What reads a language, in words (as `eSpeak NG (npm 0.3.5) el`), and all that decides how it sounds: another `way`, another
 * recording. The setting NARRATE_CMD replaces the engine by a command, as `piper -m voices/{lang}.onnx -i {text} -f {wav}`: it
 * gets the language, the path of a text file (UTF-8) and of the WAV file to write; `{speaker}` is 0 for the narrator, 1 and 2
 * in dialogues. It runs without a shell. As it tells no times, those of sentences are guessed from their lengths and
 * the pauses heard, and words have none.
 */
export function engineOf(locale: Locale): { name: string; way: string } {
	const [program, ...rest] = command();
	if (program) return { name: `${path.basename(program)} ${locale}`, way: JSON.stringify([program, ...rest]) };
	const { version } = createRequire(import.meta.url)('@echogarden/espeak-ng-emscripten/package.json') as { version: string };
	return { name: `eSpeak NG (npm ${version}) ${locale}`, way: JSON.stringify([version, rates[locale], variants]) };
}

/** The engine that the setting NARRATE_CMD names, else eSpeak NG, which starts with the first text. */
export const createEngine = (): Engine => (command().length ? byCommand(command()) : espeak());

function byCommand(template: string[]): Engine {
	return {
		async read(text, locale, speaker) {
			const folder = await mkdtemp(path.join(tmpdir(), 'narrate-'));
			try {
				const values: Record<string, string> = {
					lang: locale,
					text: path.join(folder, 'text.txt'),
					wav: path.join(folder, 'sound.wav'),
					speaker: String(speaker)
				};
				await writeFile(values.text!, text);
				const [program, ...rest] = template.map((part) => part.replace(/\{(lang|text|wav|speaker)\}/g, (_, name: string) => values[name]!));
				await run(program!, rest);
				return readWav(await readFile(values.wav!), `what ${program} wrote`);
			} finally {
				await rm(folder, { recursive: true });
			}
		},
		close() {}
	};
}

const run = (program: string, rest: string[]) =>
	new Promise<void>((done, fail) => {
		const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'pipe'] });
		let said = '';
		child.stderr.on('data', (part: Buffer) => (said = (said + part.toString()).slice(-2000)));
		child.on('error', (cause) => fail(new Error(`the engine "${program}" (NARRATE_CMD) does not start: ${cause.message}`, { cause })));
		child.on('close', (code, signal) =>
			code === 0 ? done() : fail(new Error(`the engine "${program}" (NARRATE_CMD) ended with ${signal ?? `code ${code}`}: ${said.trim()}`))
		);
	});

type Head = { id: number; error?: string; rate: number; samples: number; words: [number, number][] };

function espeak(): Engine {
	let child: ChildProcess | undefined;
	let count = 0;
	const waiting = new Map<number, { done: (heard: Heard) => void; fail: (cause: Error) => void }>();
	const failed = (reason: string) => {
		child = undefined;
		for (const { fail } of waiting.values()) fail(new Error(reason));
		waiting.clear();
	};
	const start = () => {
		const fresh = spawn(process.execPath, [...typescript, path.join(import.meta.dirname, 'engine', 'espeak.ts')], {
			stdio: ['pipe', 'pipe', 'inherit']
		});
		fresh.on('error', (cause) => failed(`eSpeak NG does not start: ${cause.message}`));
		fresh.on('close', (code, signal) => failed(`eSpeak NG ended with ${signal ?? `code ${code}`}`));
		fresh.stdin.on('error', () => {}); // its end is told by `close`
		fresh.stdout.on(
			'data',
			answers((head, samples) => {
				const { done, fail } = waiting.get(head.id)!;
				waiting.delete(head.id);
				if (head.error) fail(new Error(head.error));
				else done({ rate: head.rate, words: head.words, samples });
			})
		);
		return fresh;
	};
	return {
		read: (text, locale, speaker) =>
			new Promise((done, fail) => {
				child ??= start();
				waiting.set(++count, { done, fail });
				child.stdin!.write(`${JSON.stringify({ id: count, text, voice: locale + variants[speaker], rate: rates[locale] })}\n`);
			}),
		close: () => void child?.stdin?.end()
	};
}

/** Cuts what eSpeak's program writes into its answers: a line of JSON and, without `error`, the samples it announces. */
function answers(take: (head: Head, samples: Float32Array) => void): (part: Buffer) => void {
	let parts: Buffer[] = [];
	let length = 0;
	let head: Head | undefined;
	let wanted = 0;
	return (part) => {
		parts.push(part);
		length += part.length;
		if (head ? length < wanted : !part.includes(10)) return;
		let rest = Buffer.concat(parts);
		for (;;) {
			if (!head) {
				const line = rest.indexOf(10);
				if (line < 0) break;
				head = JSON.parse(rest.toString('utf8', 0, line)) as Head;
				wanted = head.error ? 0 : head.samples * 2;
				rest = rest.subarray(line + 1);
			}
			if (rest.length < wanted) break;
			const samples = new Float32Array(wanted / 2);
			for (let at = 0; at < samples.length; at++) samples[at] = rest.readInt16LE(at * 2) / 32768;
			const from = head;
			head = undefined;
			rest = rest.subarray(wanted);
			take(from, samples);
		}
		parts = [rest];
		length = rest.length;
	};
}
