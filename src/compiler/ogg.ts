const crcs = Uint32Array.from({ length: 256 }, (_, byte) => {
	let crc = byte << 24;
	for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
	return crc;
});

const checksum = (bytes: Uint8Array): number => bytes.reduce((crc, byte) => ((crc << 8) ^ crcs[(crc >>> 24) ^ byte]!) >>> 0, 0);

const lacing = (packet: Uint8Array): number[] => [...Array<number>(Math.floor(packet.length / 255)).fill(255), packet.length % 255];

/** A page of whole packets (RFC 3533). Flags: 2 the first of the stream, 4 the last. The serial number is always 1, so that bytes are the same again. */
function page(packets: Uint8Array[], number: number, granule: number, flags: number): Buffer {
	const segments = packets.flatMap(lacing);
	const head = Buffer.alloc(27);
	head.write('OggS', 'latin1');
	head[5] = flags;
	head.writeBigUInt64LE(BigInt(granule), 6);
	head.writeUInt32LE(1, 14);
	head.writeUInt32LE(number, 18);
	head[26] = segments.length;
	const whole = Buffer.concat([head, Uint8Array.from(segments), ...packets]);
	whole.writeUInt32LE(checksum(whole), 22);
	return whole;
}

function tags(vendor: string, comments: string[]): Buffer {
	const counted = (text: string) => {
		const bytes = Buffer.from(text);
		const length = Buffer.alloc(4);
		length.writeUInt32LE(bytes.length);
		return Buffer.concat([length, bytes]);
	};
	const count = Buffer.alloc(4);
	count.writeUInt32LE(comments.length);
	return Buffer.concat([Buffer.from('OpusTags'), counted(vendor), count, ...comments.map(counted)]);
}

/**
 * An Ogg file (RFC 7845) of Opus packets of 20 ms and one channel. Of the decoded sound, at 48 kHz, the first `skip` samples are
 * dropped and the next `length` played. A page holds a second. Comments as `COMMENT=text`.
 */
export function oggOpus(
	packets: Uint8Array[],
	{ skip, length, rate, vendor, comments }: { skip: number; length: number; rate: number; vendor: string; comments: string[] }
): Uint8Array {
	const head = Buffer.alloc(19);
	head.write('OpusHead', 'latin1');
	head[8] = 1;
	head[9] = 1;
	head.writeUInt16LE(skip, 10);
	head.writeUInt32LE(rate, 12);
	const pages = [page([head], 0, 0, 2), page([tags(vendor, comments)], 1, 0, 0)];
	for (let at = 0; at < packets.length; at += 50) {
		const last = at + 50 >= packets.length;
		pages.push(page(packets.slice(at, at + 50), pages.length, last ? skip + length : (at + 50) * 960, last ? 4 : 0));
	}
	return Buffer.concat(pages);
}
