import { gunzipSync } from 'node:zlib';
import { limits } from '#core/wire.ts';

/** The bytes of a request as they were sent; never more than `limits.body` are read. */
export async function received(request: Request): Promise<Uint8Array<ArrayBuffer> | 'large' | 'body'> {
	const length = request.headers.get('content-length');
	if (Number(length) > limits.body) return 'large';
	try {
		if (length || !request.body) return new Uint8Array(await request.arrayBuffer());
		const chunks: Uint8Array[] = [];
		let total = 0;
		for await (const chunk of request.body) {
			chunks.push(chunk);
			if ((total += chunk.length) > limits.body) return 'large';
		}
		return new Uint8Array(Buffer.concat(chunks));
	} catch {
		return 'body'; // the line was cut: nobody reads the reply, and the phone sends again
	}
}

/** The JSON of a body and its text, inflated if it is gzip, to no more than `limits.inflated` bytes. */
export function opened(bytes: Uint8Array, encoding: string | undefined): { json: unknown; text: string } | 'large' | 'body' {
	if (encoding && encoding !== 'gzip' && encoding !== 'identity') return 'body';
	try {
		const plain = encoding === 'gzip' ? gunzipSync(bytes, { maxOutputLength: limits.inflated }) : Buffer.from(bytes);
		const text = plain.toString('utf8');
		return { json: JSON.parse(text), text };
	} catch (cause) {
		return (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'large' : 'body';
	}
}
