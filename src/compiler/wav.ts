/** Sound of one channel: samples from -1 to 1, so many in a second. */
export type Sound = { samples: Float32Array; rate: number };

/** Reads a WAV file (PCM of 8, 16, 24 or 32 bits, or 32-bit float; several channels become one). Throws with `name` if it is none. */
export function readWav(bytes: Uint8Array, name: string): Sound {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
	if (bytes.length < 12 || tag(0) !== 'RIFF' || tag(8) !== 'WAVE') throw new Error(`${name} is not a WAV file`);
	let form: { kind: number; channels: number; rate: number; bits: number } | undefined;
	for (let at = 12; at + 8 <= bytes.length;) {
		const start = at + 8;
		// Programs that write to a pipe leave a length that is too long.
		const end = Math.min(start + view.getUint32(at + 4, true), bytes.length);
		if (tag(at) === 'fmt ') {
			const kind = view.getUint16(start, true);
			form = {
				kind: kind === 0xfffe ? view.getUint16(start + 24, true) : kind,
				channels: view.getUint16(start + 2, true),
				rate: view.getUint32(start + 4, true),
				bits: view.getUint16(start + 14, true)
			};
		}
		if (tag(at) === 'data' && form) return { rate: form.rate, samples: mixed(view, start, end, form, name) };
		at = end + (end % 2);
	}
	throw new Error(`${name} has no sound in it`);
}

function mixed(
	view: DataView,
	start: number,
	end: number,
	{ kind, channels, bits }: { kind: number; channels: number; bits: number },
	name: string
): Float32Array {
	const readers: Record<string, (at: number) => number> = {
		'1/8': (at) => (view.getUint8(at) - 128) / 128,
		'1/16': (at) => view.getInt16(at, true) / 32768,
		'1/24': (at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 65536) / 8388608,
		'1/32': (at) => view.getInt32(at, true) / 2147483648,
		'3/32': (at) => view.getFloat32(at, true)
	};
	const sample = readers[`${kind}/${bits}`];
	if (!sample || !channels) throw new Error(`${name} is a WAV file of a kind that is not read here: save it as PCM with 16 bits`);
	const width = bits / 8;
	return Float32Array.from({ length: Math.floor((end - start) / (width * channels)) }, (_, frame) => {
		let sum = 0;
		for (let channel = 0; channel < channels; channel++) sum += sample(start + (frame * channels + channel) * width);
		return sum / channels;
	});
}
