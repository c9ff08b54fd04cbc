import type { Database } from './database.ts';

/**
 * The numbers under which one person is known, her own first: she has another if she applied from another phone. Name and date of birth tell
 * people apart, so a rule that is about the person holds for all of them.
 */
export const createSame =
	({ all, get }: Pick<Database, 'all' | 'get'>) =>
	(candidate: string): string[] => {
		const own = get<{ name: string | null; born: string | null }>('SELECT name, born FROM candidates WHERE id = ?', candidate);
		if (!own?.name) return [candidate];
		const born = all<{ id: string; name: string }>('SELECT id, name FROM candidates WHERE born = ? AND id <> ?', own.born, candidate);
		return [candidate, ...born.filter(({ name }) => plain(name) === plain(own.name!)).map(({ id }) => id)];
	};

/** A name without what two spellings of it may differ in. */
export const plain = (name: string): string =>
	name
		.normalize('NFKD')
		.toLowerCase()
		.replace(/[^\p{L}]/gu, '');
