/*
 * Reads texts aloud with eSpeak NG, as a program of its own.
 *
 * This file alone may be used, copied and changed under the GNU General Public License, version 3 or later
 * (SPDX-License-Identifier: GPL-3.0-or-later), because it loads @echogarden/espeak-ng-emscripten, which is under that
 * licence. Nothing imports this file: `engine.ts` starts it and talks to it through pipes, and nothing of it reaches a phone.
 *
 * In, a line for each text: {"id", "text", "voice", "rate"}: voice as `el` or `el+f3`, rate in eSpeak's words per minute.
 * Out, for each text: a line {"id", "rate", "samples", "words"}, then that many 16-bit samples, little-endian;
 * rate in Hz, words as [offset in the text in UTF-16 units, milliseconds]. Or {"id", "error"}.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

type Event = { type: string; text_position: number; audio_position: number };
type Worker = {
	set_voice(voice: string): number;
	set_rate(rate: number): void;
	get_samplerate(): number;
	synthesize(text: string, hear: (samples: Int16Array, events: Event[]) => boolean): void;
};
type Load = (options: { getPreloadedPackage(): ArrayBuffer }) => Promise<{ eSpeakNGWorker: new () => Worker; HEAPU8: Uint8Array }>;

const name = '@echogarden/espeak-ng-emscripten';
const { default: load } = (await import(name)) as { default: Load };
const file = readFileSync(createRequire(import.meta.url).resolve(`${name}/espeak-ng.data`));
const voices = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength) as ArrayBuffer;

/** The breath in a voice is noise that eSpeak seeds by the clock: here time stands still, so that the same text has the same sound on every day. */
Date.now = () => 0;

/** The text as the worker wants it, which reads SSML always, and the place in the text of each of its code points (they count from 1). */
function escaped(text: string): { ssml: string; places: number[] } {
	let ssml = '';
	const places = [0];
	let at = 0;
	for (const character of text) {
		const put = character === '<' ? '&lt;' : character === '&' ? '&amp;' : character;
		ssml += put;
		for (let count = [...put].length; count > 0; count--) places.push(at);
		at += character.length;
	}
	return { ssml, places };
}

/** Bytes that a text may have. */
const room = 65536;

const program = await load({ getPreloadedPackage: () => voices });
const worker = new program.eSpeakNGWorker();
worker.set_voice('-'.repeat(room)); // the module keeps the place of texts outside its memory: it is made large enough at once

/** The memory of the module as a copy, and back: whatever it read meanwhile is forgotten. */
const copy = () => program.HEAPU8.slice();
const restore = (memory: Uint8Array) => {
	program.HEAPU8.set(memory);
	program.HEAPU8.fill(0, memory.length);
};
const unread = copy();

/** The memory with a voice and rate set and nothing read, of the language that was read last. */
const ready = new Map<string, Uint8Array>();

/** Sets voice and rate, and the module as it was before it read anything: what it says depends on what it said before. */
function prepare(voice: string, rate: number): void {
	const name = `${voice} ${rate}`;
	const known = ready.get(name);
	restore(known ?? unread);
	if (known) return;
	if (worker.set_voice(voice) !== 0) throw new Error(`eSpeak NG has no voice "${voice}"`);
	worker.set_rate(rate);
	const language = (of: string) => of.split(/[+ ]/)[0];
	for (const other of ready.keys()) if (language(other) !== language(name)) ready.delete(other);
	ready.set(name, copy());
}

/** Reads one text, always in the same way. */
function read(text: string, voice: string, rate: number): { rate: number; samples: Buffer; words: [number, number][] } {
	prepare(voice, rate);
	const { ssml, places } = escaped(text);
	if (Buffer.byteLength(ssml) >= room) throw new Error(`eSpeak NG reads texts of up to ${room} bytes; divide this one`);
	const parts: Uint8Array[] = [];
	const words: [number, number][] = [];
	worker.synthesize(ssml, (samples, events) => {
		parts.push(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
		for (const event of events) if (event.type === 'word') words.push([places[event.text_position] ?? text.length, event.audio_position]);
		return false;
	});
	return { rate: worker.get_samplerate(), samples: Buffer.concat(parts), words };
}

process.stdout.on('error', () => process.exit());
for await (const line of createInterface({ input: process.stdin })) {
	const { id, text, voice, rate } = JSON.parse(line) as { id: number; text: string; voice: string; rate: number };
	try {
		const heard = read(text, voice, rate);
		process.stdout.write(`${JSON.stringify({ id, rate: heard.rate, samples: heard.samples.length / 2, words: heard.words })}\n`);
		process.stdout.write(heard.samples);
	} catch (cause) {
		process.stdout.write(`${JSON.stringify({ id, error: cause instanceof Error ? cause.message : String(cause) })}\n`);
	}
}
