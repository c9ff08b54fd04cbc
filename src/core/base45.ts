const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** Bytes as base 45 (RFC 9285): the signs of a QR code's alphanumeric mode, three for two bytes. */
export function base45(bytes: Uint8Array): string {
	let text = '';
	for (let at = 0; at < bytes.length; at += 2) {
		const pair = at + 1 < bytes.length;
		let number = pair ? bytes[at]! * 256 + bytes[at + 1]! : bytes[at]!;
		for (let sign = pair ? 3 : 2; sign > 0; sign--, number = Math.floor(number / 45)) text += alphabet[number % 45];
	}
	return text;
}

/** The bytes of a base 45 text; undefined if it is none: a sign outside the alphabet, a length that cannot be, a group beyond two bytes. */
export function fromBase45(text: string): Uint8Array | undefined {
	if (text.length % 3 === 1) return undefined;
	const bytes: number[] = [];
	for (let at = 0; at < text.length; at += 3) {
		const signs = [...text.slice(at, at + 3)].map((sign) => alphabet.indexOf(sign));
		const number = signs.reduceRight((sum, sign) => sum * 45 + sign, 0);
		if (signs.includes(-1) || number > (signs.length === 3 ? 0xffff : 0xff)) return undefined;
		if (signs.length === 3) bytes.push(number >> 8);
		bytes.push(number & 255);
	}
	return Uint8Array.from(bytes);
}
