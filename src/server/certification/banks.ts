import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import { Bank } from '#core/bank.ts';
import { Scheme } from '#core/scheme.ts';
import { Id } from '#core/text.ts';

export type Banks = ReturnType<typeof createBanks>;

/** The exam banks and the scheme of a folder (`build/exams`), as the build left them; each is read when it is first asked for. */
export function createBanks(folder: string) {
	const read = new Map<string, Bank>();
	let scheme: Scheme | undefined;
	return {
		/** The bank of a course; undefined if it has none. */
		bank(course: string): Bank | undefined {
			if (!Id.safeParse(course).success || course === 'scheme') return undefined;
			const found = read.get(course) ?? opened(join(folder, `${course}.json`), Bank);
			if (found) read.set(course, found);
			return found;
		},
		/** The scheme in force; undefined if nothing was built. */
		scheme: (): Scheme | undefined => (scheme ??= opened(join(folder, 'scheme.json'), Scheme))
	};
}

function opened<T>(path: string, schema: z.ZodMiniType<T>): T | undefined {
	let text: string;
	try {
		text = readFileSync(path, 'utf8');
	} catch (cause) {
		if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
		throw new Error(`${path} cannot be read`, { cause });
	}
	try {
		return schema.parse(JSON.parse(text));
	} catch (cause) {
		throw new Error(`${path} is not what the build writes: run npm run build:app`, { cause });
	}
}

/** Whether two schemes may both be called by this name and version: a changed value needs a raised version, else no form is drawn. */
export const sameScheme = (kept: Scheme, current: Scheme): boolean =>
	kept.id !== current.id || kept.version !== current.version || regular(kept) === regular(current);

const regular = (scheme: Scheme): string => JSON.stringify(Scheme.parse(scheme));
