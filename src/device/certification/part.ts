import { AppError } from '#core/errors.ts';

/** A part of the program that is loaded when it is needed. One that is not on the phone yet comes over the network: throws `AppError('offline')`. */
export async function part<T>(loading: Promise<T>): Promise<T> {
	try {
		return await loading;
	} catch (cause) {
		throw new AppError('offline', { cause });
	}
}
