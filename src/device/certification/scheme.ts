import { AppError } from '#core/errors.ts';
import { SchemePage } from '#core/scheme.ts';
import { unsealed } from '../sealed.ts';
import type { Parts } from './index.ts';

/** The public scheme: as it was kept last, and the newest from the network. */
export function createSchemeShelf({ database, net, packs, packKey }: Pick<Parts, 'database' | 'net' | 'packs' | 'packKey'>) {
	/** What was kept, to be read without a network; undefined if there is none that can be read. */
	async function kept(): Promise<SchemePage | undefined> {
		try {
			const row = await database.use((db) => db.settings.get('scheme'));
			return row === undefined ? undefined : await unsealed(row.value, packKey, SchemePage);
		} catch (cause) {
			if (cause instanceof AppError) return undefined;
			throw cause;
		}
	}

	async function keep(value: unknown): Promise<void> {
		try {
			await database.use((db) => db.settings.put({ name: 'scheme', value }));
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause; // a phone without room has it for this session
		}
	}

	return {
		kept,
		/** Fetches, checks and keeps the scheme; a version before the kept one is not taken. Throws `AppError`. */
		async refresh(): Promise<SchemePage> {
			const { json } = await net.json(`${packs}/scheme.json`, { cache: 'no-cache' });
			const [fresh, before] = [await unsealed(json, packKey, SchemePage), await kept()];
			if (before && before.scheme.id === fresh.scheme.id && before.scheme.version > fresh.scheme.version) return before;
			await keep(json);
			return fresh;
		}
	};
}
