import { AppError } from '#core/errors.ts';
import { About, Catalogue } from '#core/pack.ts';
import type { Database } from './db.ts';
import type { Net } from './net.ts';
import { unsealed } from './sealed.ts';

/** The catalogue that was kept last, and the newest from the network. */
export function createCatalogue({ database, net, base, packKey }: { database: Database; net: Net; base: string; packKey: JsonWebKey }) {
	let session: Catalogue | undefined;

	async function stored(): Promise<Catalogue | undefined> {
		if (session) return session;
		const row = await database.use((db) => db.settings.get('catalogue'));
		return (session = row === undefined ? undefined : await unsealed(row.value, packKey, Catalogue));
	}

	return {
		/** What was kept: for a start without a network. Undefined if there is none that can be read. */
		kept,
		/** Fetches, checks and keeps the catalogue; one that is older than the kept one is not taken. Throws `AppError`. */
		async refresh(): Promise<Catalogue> {
			const { json } = await net.json(`${base}/catalogue.json`, { cache: 'no-cache' });
			const fresh = await unsealed(json, packKey, Catalogue);
			const before = await kept();
			if (before && Object.entries(before.packs).some(([course, pack]) => (fresh.packs[course]?.edition ?? pack.edition) < pack.edition))
				return before;
			session = fresh;
			await keep(json);
			return fresh;
		},
		/** What is to be read of a course before the download. Throws `AppError`. */
		async about(course: string): Promise<About> {
			const { json } = await net.json(`${base}/${course}/about.json`, { cache: 'no-cache' });
			const about = await unsealed(json, packKey, About);
			if (about.course !== course) throw new AppError('corrupt', { cause: new Error(about.course) });
			return about;
		},
		forget(): void {
			session = undefined;
		}
	};

	async function kept(): Promise<Catalogue | undefined> {
		try {
			return await stored();
		} catch (cause) {
			if (cause instanceof AppError) return undefined; // what cannot be read cannot be newer
			throw cause;
		}
	}

	async function keep(value: unknown): Promise<void> {
		try {
			await database.use((db) => db.settings.put({ name: 'catalogue', value }));
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause; // a phone without room has it for this session
		}
	}
}

export type Shelf = ReturnType<typeof createCatalogue>;
