import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import { Signed, format } from '#core/pack.ts';
import { verify } from './keys.ts';

const Format = z.object({ format: z.number() });

/** Reads what a key signed. Throws `AppError`: `signature`, `newer` if its format is above ours, else `corrupt`. */
export async function unsealed<T>(json: unknown, key: JsonWebKey, schema: z.ZodMiniType<T>): Promise<T> {
	const signed = Signed.safeParse(json);
	if (!signed.success) throw new AppError('corrupt', { cause: signed.error });
	if (!(await verify(signed.data, key))) throw new AppError('signature');
	return read(signed.data.payload, schema);
}

/** Reads JSON by a schema that has a `format`. Throws `AppError`: `newer` or `corrupt`. */
export function read<T>(text: string, schema: z.ZodMiniType<T>): T {
	const json = parsed(text);
	const stated = Format.safeParse(json);
	if (stated.success && stated.data.format > format) throw new AppError('newer', { cause: new Error(`format ${stated.data.format}`) });
	const found = schema.safeParse(json);
	if (!found.success) throw new AppError('corrupt', { cause: found.error });
	return found.data;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AppError('corrupt', { cause });
	}
}
