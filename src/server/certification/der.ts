/** Where the content of a DER value begins and ends, counted from the start of the value. */
function reach(value: Uint8Array, at: number): { from: number; to: number } {
	const first = value[at + 1]!;
	if (first < 0x80) return { from: at + 2, to: at + 2 + first };
	const bytes = value.subarray(at + 2, at + 2 + (first & 0x7f));
	const from = at + 2 + bytes.length;
	return { from, to: from + bytes.reduce((length, byte) => length * 256 + byte, 0) };
}

/** The content of a DER value, without its tag and length. */
export function content(value: Uint8Array): Uint8Array {
	const { from, to } = reach(value, 0);
	return value.subarray(from, to);
}

/** The values that stand in a DER value, each whole. */
export function values(value: Uint8Array): Uint8Array[] {
	const inside = content(value);
	const found: Uint8Array[] = [];
	for (let at = 0; at < inside.length;) {
		const { to } = reach(inside, at);
		found.push(inside.subarray(at, to));
		at = to;
	}
	return found;
}

/** A DER value of a tag and what stands in it. */
export function der(tag: number, ...inside: Uint8Array[]): Uint8Array {
	const body = Buffer.concat(inside);
	const length: number[] = [];
	for (let rest = body.length; rest > 0; rest >>= 8) length.unshift(rest & 255);
	return Buffer.concat([Buffer.from(body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length]), body]);
}
