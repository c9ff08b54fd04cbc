import { resample } from './resample.ts';

type Biquad = { b0: number; b1: number; b2: number; a1: number; a2: number };

/** The two filters of K-weighting for any sampling rate: ITU-R BS.1770-4, annex 1, as libebur128 derives them. */
function weighting(rate: number): [Biquad, Biquad] {
	const shelf = Math.tan((Math.PI * 1681.974450955533) / rate);
	const high = 10 ** (3.999843853973347 / 20);
	const band = high ** 0.4996667741545416;
	const q = 0.7071752369554196;
	const whole = 1 + shelf / q + shelf * shelf;
	const pass = Math.tan((Math.PI * 38.13547087602444) / rate);
	const rest = 1 + pass / 0.5003270373238773 + pass * pass;
	return [
		{
			b0: (high + (band * shelf) / q + shelf * shelf) / whole,
			b1: (2 * (shelf * shelf - high)) / whole,
			b2: (high - (band * shelf) / q + shelf * shelf) / whole,
			a1: (2 * (shelf * shelf - 1)) / whole,
			a2: (1 - shelf / q + shelf * shelf) / whole
		},
		{ b0: 1, b1: -2, b2: 1, a1: (2 * (pass * pass - 1)) / rest, a2: (1 - pass / 0.5003270373238773 + pass * pass) / rest }
	];
}

/** The energy of each tenth of a second after K-weighting, as sums of squares. */
function energies(samples: Float32Array, rate: number): number[] {
	const [first, second] = weighting(rate);
	const step = Math.round(rate / 10);
	const found: number[] = [];
	let [x1, x2, y1, y2, z1, z2, sum] = [0, 0, 0, 0, 0, 0, 0];
	for (let at = 0; at < samples.length; at++) {
		const x = samples[at]!;
		const y = first.b0 * x + first.b1 * x1 + first.b2 * x2 - first.a1 * y1 - first.a2 * y2;
		const z = second.b0 * y + second.b1 * y1 + second.b2 * y2 - second.a1 * z1 - second.a2 * z2;
		[x2, x1, y2, y1, z2, z1] = [x1, x, y1, y, z1, z];
		sum += z * z;
		if ((at + 1) % step === 0 || at === samples.length - 1) {
			found.push(sum);
			sum = 0;
		}
	}
	return found;
}

const level = (power: number) => -0.691 + 10 * Math.log10(power);
const mean = (powers: number[]) => powers.reduce((sum, power) => sum + power, 0) / powers.length;

/**
 * The loudness of a sound of one channel in LUFS (ITU-R BS.1770-4: blocks of 400 ms that overlap by 75 %, both gates);
 * -Infinity for silence. A sound under 400 ms is one block, without gates.
 */
export function loudness(samples: Float32Array, rate: number): number {
	const tenths = energies(samples, rate);
	const step = Math.round(rate / 10);
	const full = Math.floor(samples.length / step);
	if (full < 4) return level(tenths.reduce((sum, energy) => sum + energy, 0) / Math.max(1, samples.length));
	const blocks = Array.from(
		{ length: full - 3 },
		(_, at) => (tenths[at]! + tenths[at + 1]! + tenths[at + 2]! + tenths[at + 3]!) / (4 * step)
	);
	const heard = blocks.filter((power) => level(power) > -70);
	const gate = level(mean(heard)) - 10;
	return heard.length ? level(mean(heard.filter((power) => level(power) > gate))) : -Infinity;
}

/**
 * The true peak at each sample: the highest of it and of the three points between it and the next, by 12 taps each as in
 * BS.1770-4, annex 2. Where all samples are under half of `floor`, it is the sample alone: the taps' absolute sum is under 2, so
 * no point between reaches `floor`.
 */
function peaks(samples: Float32Array, floor = 0): Float32Array {
	const [block, zeros] = [32, 6];
	const out = samples.map(Math.abs);
	const loud = (height: number) => height >= floor / 2;
	for (let start = 0; start < samples.length; start += block) {
		const from = Math.max(0, start - zeros);
		const part = samples.subarray(from, start + block + zeros);
		if (!part.some((sample) => loud(Math.abs(sample)))) continue;
		const fine = resample(part, 1, 4, zeros);
		const end = Math.min(samples.length, start + block);
		for (let at = start; at < end; at++)
			for (let point = 1; point < 4; point++) out[at] = Math.max(out[at]!, Math.abs(fine[(at - from) * 4 + point]!));
	}
	return out;
}

/** The true peak of a sound in dBTP (BS.1770-4, annex 2). */
export const truePeak = (samples: Float32Array): number =>
	20 * Math.log10(peaks(samples).reduce((highest, peak) => Math.max(highest, peak), 0));

/** The lowest value within `reach` samples on either side of each. */
function lowest(values: Float32Array, reach: number): Float32Array {
	const out = new Float32Array(values.length);
	const queue = new Int32Array(values.length);
	let [head, tail] = [0, 0];
	for (let at = 0; at < values.length + reach; at++) {
		if (at < values.length) {
			while (tail > head && values[queue[tail - 1]!]! >= values[at]!) tail--;
			queue[tail++] = at;
		}
		const centre = at - reach;
		if (centre < 0) continue;
		while (queue[head]! < centre - reach) head++;
		out[centre] = values[queue[head]!]!;
	}
	return out;
}

/** The mean of the values within `reach` samples on either side of each; beyond the ends the last value goes on. */
function smooth(values: Float32Array, reach: number): Float32Array {
	const last = values.length - 1;
	const out = new Float32Array(values.length);
	let sum = 0;
	for (let at = -reach; at < reach; at++) sum += values[Math.min(last, Math.max(0, at))]!;
	for (let at = 0; at <= last; at++) {
		sum += values[Math.min(last, at + reach)]!;
		out[at] = sum / (2 * reach + 1);
		sum -= values[Math.max(0, at - reach)]!;
	}
	return out;
}

/** The loudness of everything that is recorded, in LUFS. */
export const target = -18;
const ceiling = 10 ** (-1.5 / 20);

/** The sound at -18 LUFS, no true peak above -1.5 dBTP (a limiter that looks 5 ms ahead); silence stays silence. */
export function levelled(samples: Float32Array, rate: number): Float32Array {
	let gain = target - loudness(samples, rate);
	if (!Number.isFinite(gain)) return samples;
	const most = gain + 3;
	const high = peaks(samples, ceiling / 10 ** (most / 20));
	const reach = Math.round(rate / 200);
	const limit = new Float32Array(samples.length);
	const out = new Float32Array(samples.length);
	for (let round = 0; ; round++) {
		const factor = 10 ** (gain / 20);
		for (let at = 0; at < limit.length; at++) limit[at] = Math.min(1, ceiling / (high[at]! * factor));
		const gains = smooth(lowest(limit, reach), reach);
		for (let at = 0; at < out.length; at++) out[at] = samples[at]! * factor * gains[at]!;
		const off = target - loudness(out, rate);
		if (Math.abs(off) < 0.05 || round === 4) return out;
		gain = Math.min(most, gain + off);
	}
}
