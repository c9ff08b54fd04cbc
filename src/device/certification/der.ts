/** One element of DER: its tag, what is in it, and all of it. */
export type Node = { tag: number; body: Uint8Array<ArrayBuffer>; whole: Uint8Array<ArrayBuffer> };

/** The bytes are not what they should be. It does not leave the files that read certificates. */
export class Malformed extends Error {}
export function must(holds: unknown): asserts holds {
	if (!holds) throw new Malformed();
}

/** The nodes that follow each other in `bytes`; definite lengths in their shortest form alone. */
export function nodes(bytes: Uint8Array<ArrayBuffer>): Node[] {
	const found: Node[] = [];
	for (let at = 0; at < bytes.length;) {
		const [tag, first] = [bytes[at]!, bytes[at + 1]];
		must(first !== undefined && (tag & 31) !== 31);
		let [length, head] = [first, 2];
		if (first > 127) {
			const size = first & 127;
			must(size >= 1 && size <= 3 && at + 2 + size <= bytes.length);
			length = bytes.subarray(at + 2, at + 2 + size).reduce((sum, byte) => sum * 256 + byte, 0);
			must(length > 127 && length >= 256 ** (size - 1));
			head += size;
		}
		must(at + head + length <= bytes.length);
		found.push({ tag, body: bytes.subarray(at + head, at + head + length), whole: bytes.subarray(at, at + head + length) });
		at += head + length;
	}
	return found;
}

/** The nodes inside a node of this tag; a sequence if none is said. */
export const inside = (node: Node | undefined, tag = 0x30): Node[] => (must(node?.tag === tag), nodes(node.body));

/** An object identifier, as `2.5.4.10`. */
export function oid(node: Node | undefined): string {
	must(node?.tag === 6 && node.body.length);
	const numbers: number[] = [];
	let number = 0;
	for (const byte of node.body) {
		number = number * 128 + (byte & 127);
		if (byte >= 128) continue;
		numbers.push(number);
		number = 0;
	}
	const [first = 0, ...rest] = numbers;
	return [Math.min(2, Math.floor(first / 40)), first - 40 * Math.min(2, Math.floor(first / 40)), ...rest].join('.');
}

/** A time of a certificate, in milliseconds. */
export function time(node: Node | undefined): number {
	must(node && (node.tag === 0x17 || node.tag === 0x18));
	const text = latin(node.body);
	const full = node.tag === 0x18 ? text : `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}`;
	const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full);
	must(match);
	const [, year, month, date, hour, minute, second] = match.map(Number) as [number, number, number, number, number, number, number];
	return Date.UTC(year, month - 1, date, hour, minute, second);
}

/** One sign a byte. */
export const latin = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
/** A text of a name: UTF-8, BMP, or one byte a sign. */
export const text = ({ tag, body }: Node): string =>
	tag === 0x0c ? new TextDecoder().decode(body) : tag === 0x1e ? new TextDecoder('utf-16be').decode(body) : latin(body);

/** The bytes of a bit string of whole bytes. */
export function bits(node: Node | undefined): Uint8Array<ArrayBuffer> {
	must(node?.tag === 3 && node.body[0] === 0);
	return node.body.subarray(1);
}
