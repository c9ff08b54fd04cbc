import { part } from './part.ts';

/** A text as a QR code (error correction M): rows of squares, `true` is dark; the quiet zone is not in it. Throws `AppError('offline')`, or if the text is too long for one code. */
export async function matrix(text: string): Promise<boolean[][]> {
	const { encodeQR } = await part(import('qr'));
	const framed = encodeQR(text, 'raw', { ecc: 'medium', border: 1 }); // it makes none without a border
	return framed.slice(1, -1).map((row) => row.slice(1, -1));
}
