import { AppError } from '#core/errors.ts';
import { PicturesFile, TextFile, assembled, type Pack } from '#core/pack.ts';
import { read } from './sealed.ts';

/** Reads a course out of its two files. Throws `AppError('corrupt' | 'newer')`. */
export async function unpacked(text: ArrayBuffer, pictures: ArrayBuffer, course: string, edition: number): Promise<Pack> {
	const pack = assembled(read(await inflated(text), TextFile), read(await inflated(pictures), PicturesFile));
	if (pack.course.id !== course || pack.course.edition !== edition)
		throw new AppError('corrupt', { cause: new Error(`${pack.course.id} ${pack.course.edition}`) });
	return pack;
}

/** The text of gzip bytes. Throws `AppError('corrupt')`. */
async function inflated(bytes: ArrayBuffer): Promise<string> {
	try {
		const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
		return await new Response(stream).text();
	} catch (cause) {
		throw new AppError('corrupt', { cause });
	}
}
