import { Answer } from '#core/answer.ts';
import { limits, signatureBase, statement } from '#core/wire.ts';
import type { Database, Outgoing } from './db.ts';
import { packed } from './endpoint.ts';
import { base64, digest, signText } from './keys.ts';
import type { Numbers } from './learner.ts';
import { lockName } from './net.ts';

/** What the browser calls the courier for (the tag of a Background Sync). */
export const errand = 'answers';

type Registration = ServiceWorkerRegistration & { sync?: { register: (tag: string) => Promise<void> } };

/** Has answers sent by the service worker when there is a network again and no page is open. A help where the browser has Background Sync; nothing relies on it. */
export function createCourier({ database, base }: { database: Database; base: string }) {
	return {
		/** Asks for it, once; what goes wrong changes nothing. */
		async ask(): Promise<void> {
			try {
				const registration: Registration | undefined = await navigator.serviceWorker?.getRegistration();
				if (!registration?.sync) return;
				await database.use((db) => db.settings.put({ name: 'courier', value: base }));
				await registration.sync.register(errand);
			} catch {
				return; // the page sends by itself
			}
		},
		/** Takes the permission back: from now on the service worker sends nothing. Throws `AppError`. */
		dismiss: (): Promise<void> => database.use((db) => db.settings.delete('courier'))
	};
}

/**
 * Runs in the service worker: sends what waits, where she allowed it, and marks nothing: the page sends it again, hears that it is known
 * already, and has its receipt. Throws when the endpoint cannot be reached, so that the browser calls again later.
 */
export async function deliver(): Promise<void> {
	await navigator.locks?.request(lockName('sync'), { ifAvailable: true }, async (lock) => {
		if (lock) await carry();
	});
}

async function carry(): Promise<void> {
	const db = await opened();
	if (!db) return;
	try {
		const read = reader(db);
		const base = await read.setting<string>('courier');
		const numbers = await read.setting<Numbers>('learner');
		const pair = numbers && (await read.setting<CryptoKeyPair>(`key/${numbers.device}`));
		if (base === undefined || !pair) return;
		const waiting = new Set((await read.all<Outgoing>('outbox')).flatMap(({ id, state }) => (state === 'waiting' ? [id] : [])));
		const answers = (await read.all<unknown>('answers'))
			.flatMap((row) => Answer.safeParse(row).data ?? [])
			.filter(({ id, learner, device }) => waiting.has(id) && learner === numbers.learner && device === numbers.device)
			.sort((a, b) => a.at - b.at || a.seq - b.seq);
		for (let from = 0; from < answers.length; from += limits.usual) {
			if ((await read.setting('courier')) === undefined) return; // taken back meanwhile
			const { body, headers } = await packed(JSON.stringify(answers.slice(from, from + limits.usual).map(statement)));
			const hash = base64(await digest(body));
			const { text, input } = signatureBase('POST', '/v1/push', hash, Math.floor(Date.now() / 1000), numbers.device);
			const signature = {
				'content-digest': `sha-256=:${hash}:`,
				'signature-input': `sig=${input}`,
				signature: `sig=:${await signText(pair, text)}:`
			};
			const asked = { method: 'POST', body, headers: { ...headers, ...signature }, credentials: 'omit', cache: 'no-store' } as const;
			const { status } = await fetch(`${base}/v1/push`, asked);
			if (status === 429 || status >= 500) throw new Error(`the endpoint says ${status}`);
			if (status !== 200) return; // the page knows what to do about it
		}
	} finally {
		db.close();
	}
}

/** The phone's database as it is; undefined if there is none. */
function opened(): Promise<IDBDatabase | undefined> {
	return new Promise((resolve) => {
		const request = indexedDB.open('passport');
		request.onupgradeneeded = () => request.transaction?.abort(); // it was not there: it is not made here
		request.onsuccess = () => resolve(request.result);
		request.onerror = () => resolve(undefined);
	});
}

function reader(db: IDBDatabase) {
	const asked = <T>(request: IDBRequest<T>): Promise<T> =>
		new Promise((resolve, reject) => {
			request.onsuccess = () => resolve(request.result);
			request.onerror = () => reject(request.error);
		});
	const store = (name: string) => db.transaction(name).objectStore(name);
	return {
		all: <T>(name: string): Promise<T[]> => asked<T[]>(store(name).getAll()),
		setting: async <T>(name: string): Promise<T | undefined> => (await asked<{ value: T } | undefined>(store('settings').get(name)))?.value
	};
}
