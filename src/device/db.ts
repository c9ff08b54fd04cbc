import type { Dexie, EntityTable, Table } from 'dexie';
import type { Answer } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import type { Part, Tier, Voice } from '#core/narration.ts';
import type { FileRef, Offered } from '#core/pack.ts';
import type { Outline } from '#core/progress.ts';
import type { Locale } from '#core/text.ts';
import type { Place, Sitting } from './records.ts';

/** An answer that is not safe at the endpoint: it waits, or was refused with a reason and, where known, the place of the fault. */
export type Outgoing = { id: string; state: 'waiting' | 'refused'; reason?: string; where?: string; at: number };

/** A voice as a pack's record lists it. */
export type Held = { locale: Locale; part: Part; sound: 'mp3' | 'ogg'; bytes: number; engine: string; synthetic: boolean };

/** A course on the phone. The record is written last: what it names is there. */
export type Installed = Offered & { course: string; voices: Held[]; outline: Outline; at: number };

/** A download that is not finished: what it wants, so that its files are kept until it goes on. */
export type Staged = { course: string; locale: Locale; tier: Tier; wants: FileRef[] };

export type KeptVoice = { course: string; locale: Locale; part: Part; sound: 'mp3' | 'ogg'; voice: Voice };
export type Setting = { name: string; value: unknown };
type KeptReceipt = { n?: number; payload: string; signature: string };
type KeptFile = { sha256: string; type: FileRef['type']; bytes: ArrayBuffer };

export type Tables = Dexie & {
	answers: EntityTable<Answer, 'id'>;
	outbox: EntityTable<Outgoing, 'id'>;
	receipts: EntityTable<KeptReceipt, 'n'>;
	places: EntityTable<Place, 'name'>;
	sittings: EntityTable<Sitting, 'id'>;
	packs: EntityTable<Installed, 'course'>;
	voices: Table<KeptVoice, [course: string, locale: Locale, part: Part]>;
	files: EntityTable<KeptFile, 'sha256'>;
	staging: EntityTable<Staged, 'course'>;
	settings: Table<Setting, string>;
};

export type Database = ReturnType<typeof createDatabase>;

const names = (cause: unknown): string[] => {
	if (!cause || typeof cause !== 'object') return [];
	const { name, inner, failures } = cause as { name?: string; inner?: unknown; failures?: unknown[] };
	return [...(name ? [name] : []), ...names(inner), ...(failures ?? []).slice(0, 1).flatMap(names)];
};

/** What a failure of the phone's storage is called: no room, or it refuses. */
const storageError = (cause: unknown): AppError =>
	cause instanceof AppError ? cause : new AppError(names(cause).includes('QuotaExceededError') ? 'storage-full' : 'storage', { cause });

const bugs = [TypeError, ReferenceError, RangeError];

/** The phone's database. Nothing is opened, and Dexie is not even loaded, before the first `use`. */
export function createDatabase(factory: IDBFactory | undefined) {
	let opening: Promise<Tables> | undefined;
	/** How long a call waits for the database to open, in milliseconds: some phones never say that it will not. */
	let patience = 8000;

	const load = async () => {
		const { Dexie } = await import('dexie');
		return new Dexie('passport', {
			chromeTransactionDurability: 'strict',
			cache: 'disabled',
			...(factory ? { indexedDB: factory } : {})
		}) as Tables;
	};

	async function open(): Promise<Tables> {
		const db = await load();
		db.version(1).stores({
			answers: 'id, course, [course+item], [device+seq]',
			outbox: 'id, state',
			receipts: '++n',
			places: 'name',
			sittings: 'id, course',
			packs: 'course',
			voices: '[course+locale+part], course',
			files: 'sha256',
			staging: 'course',
			settings: 'name'
		});
		db.version(2).stores({
			applications: 'id',
			envelopes: 'form',
			attempts: 'id, form',
			replies: '[attempt+item], attempt',
			entries: '[attempt+n], attempt',
			parcels: 'attempt',
			appeals: 'id',
			credentials: 'id',
			statuses: 'list',
			rooms: 'id',
			reports: 'session'
		});
		await db.open();
		patience = 8000;
		return db;
	}

	function opened(): Promise<Tables> {
		const attempt = (opening ??= open());
		attempt.catch(() => (opening = undefined)); // the next call tries again
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => {
				patience = 50;
				reject(new AppError('storage', { cause: new Error('the database does not open') }));
			}, patience);
			attempt.then(resolve, (cause) => reject(storageError(cause))).finally(() => clearTimeout(timer));
		});
	}

	return {
		/** Does `work` on the database; what the storage refuses becomes `AppError('storage-full' | 'storage')`. */
		async use<T>(work: (db: Tables) => Promise<T>): Promise<T> {
			const db = await opened();
			try {
				return await work(db);
			} catch (cause) {
				if (bugs.some((bug) => cause instanceof bug)) throw cause;
				throw storageError(cause);
			}
		},
		/** Deletes the database with all that is in it. */
		async erase(): Promise<void> {
			try {
				const open = await opening?.catch(() => undefined);
				open?.close();
				opening = undefined;
				await (await load()).delete();
			} catch (cause) {
				throw storageError(cause);
			}
		}
	};
}
