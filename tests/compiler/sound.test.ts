import { createDecoder } from 'libopus-wasm';
import { expect, test } from 'vitest';
import { guessed } from '#compiler/cues.ts';
import { levelled, loudness, truePeak } from '#compiler/loudness.ts';
import { resample } from '#compiler/resample.ts';
import { mp3, ogg, rate } from '#compiler/sound.ts';
import { readWav } from '#compiler/wav.ts';

const tone = (seconds: number, hertz: number, height: number, per = rate) =>
	Float32Array.from({ length: Math.round(seconds * per) }, (_, at) => height * Math.sin((2 * Math.PI * hertz * at) / per));

/** Syllables of a rough voice: harmonics of 120 Hz that swell and fade, with pauses, and one loud click. */
function speechLike(seconds: number): Float32Array {
	const samples = Float32Array.from({ length: seconds * rate }, (_, at) => {
		const time = at / rate;
		const swell = time % 2 > 1.6 ? 0 : Math.max(0, Math.sin(2 * Math.PI * 4 * time)) ** 2;
		return (
			0.08 *
			swell *
			[1, 2, 3, 5, 8, 13, 21].reduce((sum, harmonic) => sum + Math.sin(2 * Math.PI * 120 * harmonic * time) / harmonic ** 0.5, 0)
		);
	});
	samples[rate] = 0.9;
	return samples;
}

/** The packets of an Ogg file, each page's checksum compared, and its last granule. */
function unpacked(bytes: Uint8Array): { packets: Uint8Array[]; end: number; skip: number } {
	const view = Buffer.from(bytes);
	const packets: Uint8Array[] = [];
	let end = 0;
	for (let at = 0, number = 0; at < view.length; number++) {
		const count = view[at + 26]!;
		const lengths = [...view.subarray(at + 27, at + 27 + count)];
		const size = 27 + count + lengths.reduce((sum, length) => sum + length, 0);
		const page = Buffer.from(view.subarray(at, at + size));
		page.writeUInt32LE(0, 22);
		let crc = 0;
		for (const byte of page)
			for (let bit = 7; bit >= 0; bit--) crc = (((crc << 1) >>> 0) ^ (((crc >>> 31) ^ (byte >> bit)) & 1 ? 0x04c11db7 : 0)) >>> 0;
		expect([view.toString('latin1', at, at + 4), view.readUInt32LE(at + 22), view.readUInt32LE(at + 18)]).toEqual(['OggS', crc, number]);
		end = Number(view.readBigUInt64LE(at + 6));
		let from = at + 27 + count;
		let length = 0;
		for (const lace of lengths) {
			length += lace;
			if (lace < 255) {
				packets.push(view.subarray(from, from + length));
				from += length;
				length = 0;
			}
		}
		at += size;
	}
	return { packets: packets.slice(2), end, skip: Buffer.from(packets[0]!).readUInt16LE(10) };
}

test.each([22050, 48000, 44100])('the meter reads a tone of 997 Hz at -20 dBFS as -23.0 LUFS, at %i Hz', (per) => {
	expect(loudness(tone(3, 997, 0.1, per), per)).toBeCloseTo(-23.01, 1);
});

test('silence around a tone does not change its loudness, nor does a part 20 dB weaker; silence has none', () => {
	const quiet = new Float32Array(4 * rate);
	const gated = Float32Array.from([...quiet, ...tone(4, 997, 0.1), ...tone(4, 997, 0.01)]);
	expect(Math.abs(loudness(gated, rate) + 23.01)).toBeLessThan(0.4);
	expect(loudness(quiet, rate)).toBe(-Infinity);
	expect(levelled(quiet, rate)).toEqual(quiet);
});

test('the true peak is found between the samples', () => {
	const between = Float32Array.from({ length: rate }, (_, at) => 0.5 * Math.sin((Math.PI / 2) * at + Math.PI / 4));
	expect(truePeak(between)).toBeCloseTo(-6.02, 0);
	expect(20 * Math.log10(between.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0))).toBeLessThan(-9);
});

test('every sound is made -18 LUFS loud, no true peak above -1.5 dBTP', () => {
	for (const sound of [speechLike(6), tone(3, 300, 0.01), tone(0.2, 500, 0.3), speechLike(6).map((sample) => sample * 6)]) {
		const level = levelled(sound, rate);
		expect(Math.abs(loudness(level, rate) + 18)).toBeLessThan(0.5);
		expect(truePeak(level)).toBeLessThan(-1.4);
	}
});

test('a tone keeps its pitch and height at another rate; what the new rate cannot hold is gone', () => {
	const same = resample(tone(1, 1000, 0.5), rate, 24000);
	const expected = tone(1, 1000, 0.5, 24000);
	expect(same).toHaveLength(24000);
	for (let at = 100; at < 23900; at++) expect(Math.abs(same[at]! - expected[at]!)).toBeLessThan(0.002);
	const folded = resample(tone(1, 14000, 0.5, 48000), 48000, rate);
	expect(folded.slice(500, 20000).reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0)).toBeLessThan(0.002);
});

test('MP3 and Ogg have the same bytes each time, and their length and loudness', async () => {
	const sound = levelled(speechLike(6), rate);
	const [first, second] = [await mp3(sound, 'synthetic voice'), await mp3(sound, 'synthetic voice')];
	expect(first).toEqual(second);
	const frames = Buffer.from(first.subarray(10 + first[8]! * 128 + first[9]!));
	// MPEG 2 layer III, 32 kbit/s, 22.05 kHz, one channel: frames of 104 or 105 bytes, 576 samples each.
	expect(frames.readUInt32BE(0) >>> 12).toBe(0xfff34);
	expect(Math.abs(frames.length / 4000 - 6)).toBeLessThan(0.2);

	const bytes = await ogg(sound, 'synthetic voice');
	expect(bytes).toEqual(await ogg(sound, 'synthetic voice'));
	expect(bytes.length / 6).toBeLessThan(2600);
	const { packets, end, skip } = unpacked(bytes);
	expect((end - skip) / 48000).toBeCloseTo(6, 3);
	const decoder = await createDecoder({ channels: 1, sampleRate: 48000 });
	const heard = Float32Array.from(packets.flatMap((packet) => [...decoder.decodeFloat(packet)])).subarray(skip, end);
	decoder.free();
	expect(Math.abs(loudness(heard, 48000) + 18)).toBeLessThan(0.5);
	const original = resample(sound, rate, 48000);
	const alike = (late: number) => original.slice(0, 48000).reduce((sum, sample, at) => sum + sample * heard[at + late]!, 0);
	const best = Array.from({ length: 200 }, (_, late) => ({ late, sum: alike(late) })).sort((a, b) => b.sum - a.sum)[0]!;
	expect(best.late).toBeLessThan(48);
});

test('sentences are found by their pauses, and by their lengths where there is none', () => {
	const pause = new Float32Array(rate * 0.3);
	const parts = [tone(1, 200, 0.3), pause, tone(2, 200, 0.3), pause, tone(1, 200, 0.3)];
	const sound = Float32Array.from(parts.flatMap((part) => [...part]));
	const near = (found: number[], expected: number[]) =>
		expected.forEach((at, index) => expect(Math.abs(found[index]! - at)).toBeLessThan(30));
	near(guessed([22, 38, 20], sound, rate), [0, 1300, 3600]);
	near(guessed([20, 20, 20, 20], sound, rate), [0, 1300, 2300, 3600]);
	expect(guessed([10, 10], new Float32Array(rate), rate)).toEqual([0, 1000]);
	expect(guessed([], new Float32Array(), rate)).toEqual([]);
});

test('a WAV file of another kind is refused with its name', () => {
	expect(() => readWav(Buffer.from('ID3'), 'a.wav')).toThrow('a.wav is not a WAV file');
	const odd = Buffer.alloc(64);
	odd.write('RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x55\0\x01\0', 0, 'latin1');
	odd.write('data\x04\0\0\0', 36, 'latin1');
	expect(() => readWav(odd, 'a.wav')).toThrow('a.wav is a WAV file of a kind that is not read here');
	expect(() => readWav(odd.subarray(0, 36), 'a.wav')).toThrow('a.wav has no sound in it');
});
