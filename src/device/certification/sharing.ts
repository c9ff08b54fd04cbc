/** A file to hand over; `type` is its media type. */
export type Handed = { name: string; type: string; text: string };

/** `shared` by the phone's own sheet, `saved` as a download, or `stopped` by her. */
export type Handing = 'shared' | 'saved' | 'stopped';

/** Hands files to another app where the phone can; where it cannot, saves them: one as it is, several in one ZIP file. */
export async function share(files: Handed[], together: string): Promise<Handing> {
	const parts = files.map(({ name, type, text }) => new File([text], name, { type }));
	if (navigator.canShare?.({ files: parts })) {
		try {
			await navigator.share({ files: parts });
			return 'shared';
		} catch (cause) {
			if (cause instanceof DOMException && cause.name === 'AbortError') return 'stopped';
			if (!(cause instanceof DOMException || cause instanceof TypeError)) throw cause; // else it shares no files of this kind
		}
	}
	if (parts.length === 1) save(parts[0]!, parts[0]!.name);
	else save(await zip(files), together);
	return 'saved';
}

/** Hands a file to the browser to save. */
export function save(content: Blob, name: string): void {
	const url = URL.createObjectURL(content);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** Puts a text on the clipboard; false if the browser does not allow it. */
export async function copied(text: string): Promise<boolean> {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return false; // she can mark and copy the text herself
	}
}

/** Files in one ZIP file, stored as they are (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16); names are ASCII. */
export async function zip(files: Handed[]): Promise<Blob> {
	const utf8 = new TextEncoder();
	const heads: Uint8Array<ArrayBuffer>[] = [];
	const bodies: Uint8Array<ArrayBuffer>[] = [];
	let at = 0;
	for (const { name, text } of files) {
		const [title, body] = [utf8.encode(name), utf8.encode(text)];
		// version 2.0, no flags, stored, 1 January 1980: the seal in it has the true date
		const common = record(
			[20, 2],
			[0, 2],
			[0, 2],
			[0, 2],
			[0x21, 2],
			[crc(body), 4],
			[body.length, 4],
			[body.length, 4],
			[title.length, 2]
		);
		bodies.push(record([0x04034b50, 4]), common, record([0, 2]), title, body);
		heads.push(record([0x02014b50, 4], [20, 2]), common, record([0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), title);
		at += 30 + title.length + body.length;
	}
	const length = heads.reduce((sum, part) => sum + part.length, 0);
	const end = record([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [length, 4], [at, 4], [0, 2]);
	return new Blob([...bodies, ...heads, end], { type: 'application/zip' });
}

/** Numbers, each with its size in bytes, the least byte first. */
function record(...fields: [value: number, bytes: number][]): Uint8Array<ArrayBuffer> {
	return Uint8Array.from(fields.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_, at) => (value >>> (8 * at)) & 255)));
}

/** CRC-32 of ZIP (ISO 3309). */
function crc(bytes: Uint8Array): number {
	let sum = ~0;
	for (const byte of bytes) {
		sum ^= byte;
		for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
	}
	return ~sum >>> 0;
}
