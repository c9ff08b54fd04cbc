import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Application, Signal, createEncoder, loadLibopus } from 'libopus-wasm';
import { createEncoder as createMp3Encoder } from 'wasm-media-encoders';
import { oggOpus } from './ogg.ts';
import { resample } from './resample.ts';

/** Samples in a second of everything that is recorded here. */
export const rate = 22050;

const opusRate = 24000;
const frame = opusRate / 50;

/** Samples as milliseconds, whole. */
export const milliseconds = (samples: number): number => Math.round((samples * 1000) / rate);

/** Pieces of sound one after the other, each after its silence (in milliseconds), and where each begins (in samples). */
export function joined(pieces: { silence: number; samples: Float32Array }[]): { samples: Float32Array; starts: number[] } {
	let length = 0;
	const starts = pieces.map(({ silence, samples }) => {
		const start = length + Math.round((silence * rate) / 1000);
		length = start + samples.length;
		return start;
	});
	const all = new Float32Array(length);
	pieces.forEach(({ samples }, at) => all.set(samples, starts[at]!));
	return { samples: all, starts };
}

/** An ID3 tag (version 2.3) with one comment in English, Latin letters. */
function id3(comment: string): Uint8Array {
	const frame = Buffer.concat([Buffer.from([0]), Buffer.from('eng\0'), Buffer.from(comment, 'latin1')]);
	const head = Buffer.from('COMM\0\0\0\0\0\0', 'latin1');
	head.writeUInt32BE(frame.length, 4);
	const tag = Buffer.from('ID3\x03\0\0\0\0\0\0', 'latin1');
	const size = head.length + frame.length;
	tag[8] = size >> 7;
	tag[9] = size & 127;
	return Buffer.concat([tag, head, frame]);
}

let lameModule: Promise<WebAssembly.Module> | undefined;
const lame = () =>
	(lameModule ??= WebAssembly.compile(readFileSync(createRequire(import.meta.url).resolve('wasm-media-encoders/wasm/mp3'))));

/** MP3 of 22.05 kHz and one channel, 32 kbit/s; the sound starts `mp3Delay` late. The same bytes for the same sound. */
export async function mp3(samples: Float32Array, comment?: string): Promise<Uint8Array> {
	const encoder = await createMp3Encoder('audio/mpeg', await lame());
	encoder.configure({ channels: 1, sampleRate: rate, bitrate: 32 });
	const parts: Uint8Array[] = comment ? [id3(comment)] : [];
	for (let at = 0; at < samples.length; at += 10 * rate) parts.push(encoder.encode([samples.subarray(at, at + 10 * rate)]).slice());
	parts.push(encoder.finalize().slice());
	return Buffer.concat(parts);
}

/** Opus of 16 kbit/s and one channel in Ogg, without delay. The same bytes for the same sound. */
export async function ogg(samples: Float32Array, comment?: string): Promise<Uint8Array> {
	const { version } = await loadLibopus();
	const encoder = await createEncoder({
		channels: 1,
		sampleRate: opusRate,
		application: Application.Voip,
		signal: Signal.Voice,
		bitrate: 16000,
		vbr: true,
		complexity: 3,
		frameSize: frame
	});
	const sound = resample(samples, rate, opusRate);
	const ahead = encoder.getLookahead();
	const padded = new Float32Array(Math.ceil((sound.length + ahead) / frame) * frame);
	padded.set(sound);
	const packets: Uint8Array[] = [];
	for (let at = 0; at < padded.length; at += frame) packets.push(encoder.encodeFloat(padded.subarray(at, at + frame)).slice());
	encoder.free();
	return oggOpus(packets, {
		skip: ahead * 2,
		length: sound.length * 2,
		rate,
		vendor: version,
		comments: comment ? [`COMMENT=${comment}`] : []
	});
}
