const tables = new Map<string, { half: number; taps: Float64Array }>();

const gcd = (a: number, b: number): number => (b ? gcd(b, a % b) : a);

/** The filter of a change from `down` to `up` samples: for each of `up` phases its taps, whose sum is 1. */
function table(up: number, down: number, zeros: number): { half: number; taps: Float64Array } {
	const name = `${up}/${down}/${zeros}`;
	const known = tables.get(name);
	if (known) return known;
	const cutoff = up < down ? (up / down) * 0.96 : 1;
	const half = Math.ceil(zeros / cutoff);
	const taps = new Float64Array(up * 2 * half);
	for (let phase = 0; phase < up; phase++) {
		const row = taps.subarray(phase * 2 * half, (phase + 1) * 2 * half);
		row.forEach((_, tap) => {
			const x = tap - half + 1 - phase / up;
			const turn = Math.PI * cutoff * x;
			row[tap] = (x === 0 ? 1 : Math.sin(turn) / turn) * Math.cos((Math.PI / 2) * Math.min(1, Math.abs(x) / half)) ** 2;
		});
		const sum = row.reduce((total, tap) => total + tap, 0);
		row.forEach((tap, at) => (row[at] = tap / sum));
	}
	tables.set(name, { half, taps });
	return { half, taps };
}

/** The same sound with another number of samples in a second (whole numbers of Hz), by a windowed sinc with this many zero crossings on each side. */
export function resample(samples: Float32Array, from: number, to: number, zeros = 16): Float32Array {
	if (from === to) return samples;
	const up = to / gcd(from, to);
	const down = from / gcd(from, to);
	const { half, taps } = table(up, down, zeros);
	const padded = new Float64Array(samples.length + 2 * half);
	padded.set(samples, half);
	const out = new Float32Array(Math.ceil((samples.length * up) / down));
	for (let index = 0, base = 1, phase = 0; index < out.length; index++) {
		let sum = 0;
		for (let tap = 0, row = phase * 2 * half; tap < 2 * half; tap++) sum += padded[base + tap]! * taps[row + tap]!;
		out[index] = sum;
		phase += down;
		base += Math.floor(phase / up);
		phase %= up;
	}
	return out;
}
