import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { onTestFinished, vi } from 'vitest';
import type { Answer } from '#core/answer.ts';
import { Pushed, Statement, answered, type Receipt } from '#core/wire.ts';
import { createDevice } from '#device/index.ts';
import { createApp } from '#server/app.ts';
import { createReceipts } from '#server/receipt.ts';
import { createSqlite } from '#server/sqlite.ts';
import { folder } from '../server/endpoint.ts';

globalThis.IDBKeyRange = IDBKeyRange; // Dexie looks for it there

export const site = 'https://passport.test';
export const [second, minute, hour, day] = [1000, 60_000, 3_600_000, 86_400_000];

/** What may happen to a request on its way. `carry` takes it to the endpoint and brings the reply. */
export type Fault = (request: Request, carry: (request: Request) => Promise<Response>) => Promise<Response>;

const broken = () => new TypeError('fetch failed');
/** A reply that is not the endpoint's. */
export const reply =
	(status: number, body = '', headers: Record<string, string> = {}): Fault =>
	async () =>
		new Response(body, { status, headers });
export const lostRequest: Fault = () => Promise.reject(broken());
export const lostReply: Fault = async (request, carry) => (await carry(request), Promise.reject(broken()));
export const twice: Fault = async (request, carry) => (await carry(request.clone()), carry(request));
export const silence: Fault = () => new Promise(() => undefined);
/** A hotspot that wants a login answers everything with its page. */
export const loginPage = reply(200, '<!doctype html><title>Login</title>', { 'content-type': 'text/html' });
/** What a push carries; nothing if the request is none. */
export const pushed = async (request: Request): Promise<Statement[]> =>
	request.url.endsWith('/push') ? JSON.parse(gunzipSync(Buffer.from(await request.clone().arrayBuffer())).toString()) : [];
/** The endpoint's reply to a push, changed on the way. */
export const changed =
	(change: (pushed: Pushed) => unknown): Fault =>
	async (request, carry) => {
		const response = await carry(request);
		return response.ok && request.url.endsWith('/push') ? Response.json(await change(Pushed.parse(await response.json()))) : response;
	};

/** Waits, turn by turn of the event loop, until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
	for (const begun = performance.now(); performance.now() - begun < 10_000;) {
		if (await holds()) return;
		await new Promise((resolve) => setImmediate(resolve));
	}
	throw new Error(`it never came: ${holds}`);
}

/** What is known of an answer before it is kept. */
export const draft = (part: Partial<Answer> = {}) => ({
	course: 'communication',
	item: 'listen-e1',
	identity: '0123456789abcdef',
	purpose: 'exercise' as const,
	response: 'a',
	score: 1,
	locale: 'el' as const,
	...part
});

/** The real endpoint on a real SQLite file. */
function createEndpoint() {
	const at = folder();
	const [data, copy, build] = ['data', 'copy', 'build'].map((name) => join(at, name)) as [string, string, string];
	for (const path of [copy, build]) mkdirSync(path);
	function copied(from: string, to: string): void {
		for (const name of readdirSync(to)) rmSync(join(to, name));
		for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
	}
	const unlimited = { perMinute: 0, burst: 0 };
	let keys = 0;

	function begin() {
		const store = createSqlite(join(data, 'passport.db'));
		const receipts = createReceipts(join(at, `receipt-${keys}.json`));
		const narrate = { packs: build, command: ['false'], pause: 60 };
		const parts = { store, receipts, folder: build, narrate, origins: [], proxied: true };
		return { store, receipts, app: createApp({ ...parts, perDevice: unlimited, perAddress: unlimited }) };
	}
	let running = begin();
	async function again(between: () => void) {
		await running.store.close();
		between();
		running = begin();
	}

	return {
		/** Takes a request; it comes through the endpoint's proxy. */
		async take(request: Request): Promise<Response> {
			const headers = new Headers(request.headers);
			headers.set('x-forwarded-for', '192.0.2.1');
			return running.app.fetch(new Request(request, { headers, signal: null }));
		},
		/** A learner's answers that it holds, in the order in which they came. */
		async answers(learner: string): Promise<Answer[]> {
			const { items } = (await running.store.pull(learner, 0, 10_000)) ?? { items: [] };
			return items.map((item) => answered(Statement.parse(JSON.parse(item)))!);
		},
		/** Saves a copy of what it holds. */
		copy: () => again(() => copied(data, copy)),
		/** Goes back to that copy: what came later is lost. */
		restore: () => again(() => copied(copy, data)),
		/** Signs with another key from now on. */
		rekey: () => again(() => keys++),
		/** A receipt with its signature, whatever it says. */
		sign: (receipt: Receipt) => running.receipts.sign(receipt),
		close: () => running.store.close()
	};
}

/** The way between the phones and the endpoint. */
function createLine(take: (request: Request) => Promise<Response>) {
	let planned: Fault[] = [];
	const late: Request[] = [];
	const line = {
		/** The requests that set out, as `POST /v1/push`. */
		log: [] as string[],
		/** What happens to every request for which nothing else is planned. */
		always: undefined as Fault | undefined,
		/** What happens to the next requests, one each. */
		next: (...faults: Fault[]): void => void planned.push(...faults),
		/** No fault is left. */
		mend(): void {
			planned = [];
			line.always = undefined;
		},
		/** Requests that come late: the phone has given them up, the endpoint gets them when `arrive` is called. */
		late: ((request) => (late.push(request), Promise.reject(broken()))) as Fault,
		async arrive(): Promise<void> {
			for (const request of late.splice(0)) await take(request);
		},
		/** A fault that stops a request until it is let go; `reached` resolves when one is there. */
		held() {
			let [let_go, reach] = [() => {}, () => {}];
			const gone = new Promise<void>((resolve) => (let_go = resolve));
			const reached = new Promise<void>((resolve) => (reach = resolve));
			const fault: Fault = async (request, carry) => (reach(), await gone, carry(request));
			return { fault, reached, release: let_go };
		},
		carry(request: Request): Promise<Response> {
			const { pathname } = new URL(request.url);
			if (!pathname.startsWith('/v1/')) return take(request);
			line.log.push(`${request.method} ${pathname}`);
			const fault = planned.shift() ?? line.always;
			return fault ? fault(request, take) : take(request);
		}
	};
	return line;
}

/** A `Storage` made of a Map. */
function createStorage(entries: Map<string, string>, refuses: () => boolean, dead: () => boolean): Storage {
	const setItem = (name: string, text: string) => {
		if (dead()) return;
		if (refuses()) throw new DOMException('full', 'QuotaExceededError');
		entries.set(name, text);
	};
	return {
		get length() {
			return entries.size;
		},
		key: (at: number) => [...entries.keys()][at] ?? null,
		getItem: (name: string) => entries.get(name) ?? null,
		setItem,
		removeItem: (name: string) => void (dead() || entries.delete(name)),
		clear: () => void (dead() || entries.clear())
	};
}

/** Web Locks over the tabs of one phone; a tab that is killed lets go. */
function createLocks() {
	const held = new Map<string, object>();
	let queue: { name: string; tab: object; go: () => void }[] = [];
	function release(name: string, tab: object): void {
		if (held.get(name) !== tab) return;
		held.delete(name);
		const next = queue.find((one) => one.name === name);
		queue = queue.filter((one) => one !== next);
		next?.go();
	}
	return {
		of: (tab: object): LockManager => {
			async function request(name: string, { ifAvailable }: LockOptions, work: (lock: Lock | null) => unknown): Promise<unknown> {
				const grant = async () => {
					held.set(name, tab);
					try {
						return await work({ name, mode: 'exclusive' });
					} finally {
						release(name, tab);
					}
				};
				if (!held.has(name)) return grant();
				if (ifAvailable) return work(null);
				return new Promise((resolve, reject) => queue.push({ name, tab, go: () => void grant().then(resolve, reject) }));
			}
			return { request } as unknown as LockManager;
		},
		kill(tab: object): void {
			queue = queue.filter((one) => one.tab !== tab);
			for (const [name, owner] of held) if (owner === tab) release(name, tab);
		}
	};
}

export type Phone = ReturnType<typeof createPhone>;
export type Tab = ReturnType<Phone['open']>;

function createPhone(line: ReturnType<typeof createLine>, seed: number) {
	let state = seed * 7919;
	const random = (length: number) =>
		Uint8Array.from({ length }, () => {
			state = (state + 0x6d2b79f5) | 0;
			let mixed = Math.imul(state ^ (state >>> 15), state | 1);
			mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
			return (mixed ^ (mixed >>> 14)) & 255;
		});
	const entries = new Map<string, string>();
	const locks = createLocks();
	const waits = new Set<{ at: number; done: () => void }>();

	const phone = {
		/** What localStorage holds. */
		entries,
		/** Its IndexedDB. */
		disk: new IDBFactory(),
		events: new EventTarget(),
		/** How far its clock is ahead, in milliseconds. */
		skew: 0,
		/** IndexedDB: `full` writes nothing but deletes; `broken` does nothing at all. */
		storage: 'fine' as 'fine' | 'full' | 'broken',
		/** localStorage refuses to write. */
		mirrorFull: false,
		/** Whether the browser has Web Locks; the oldest have none. */
		locks: true,
		/** The milliseconds after which something that waits goes on, the soonest first. */
		get waits(): number[] {
			return [...waits].map(({ at }) => at - Date.now()).sort((a, b) => a - b);
		},
		/** Lets go what has waited long enough. */
		wake(): void {
			for (const wait of waits) if (wait.at <= Date.now()) wait.done();
		},
		/** The browser deleted the database: nothing of it is left. */
		loseDatabase: (): void => void (phone.disk = new IDBFactory()),
		/** The browser emptied localStorage. */
		emptyStorage: (): void => entries.clear(),
		/** Opens the app in one more tab. */
		open() {
			const tab = {};
			let dead = false;
			const under = new Set<IDBTransaction>();
			const storage = createStorage(
				entries,
				() => phone.mirrorFull,
				() => dead
			);
			const fetching = ((input: string, init: RequestInit) => {
				if (dead) return silence(undefined as never, undefined as never);
				return new Promise<Response>((resolve, reject) => {
					init.signal?.addEventListener('abort', () => reject(init.signal!.reason as Error), { once: true });
					line.carry(new Request(new URL(input, site), init)).then(
						(response) => dead || resolve(response),
						(cause) => dead || reject(cause)
					);
				});
			}) as typeof fetch;
			const world = {
				packKey: {},
				endpoint: site,
				now: () => Date.now() + phone.skew,
				random,
				fetch: fetching,
				indexedDB: createDisk(phone, under, () => dead),
				localStorage: storage,
				locks: phone.locks ? locks.of(tab) : undefined,
				events: phone.events,
				wait: (milliseconds: number, signal?: AbortSignal) =>
					new Promise<void>((resolve) => {
						const wait = { at: Date.now() + milliseconds, done: () => void (waits.delete(wait), dead || resolve()) };
						if (signal?.aborted) return resolve();
						waits.add(wait);
						signal?.addEventListener('abort', wait.done, { once: true });
					})
			};
			return {
				device: createDevice(world),
				/** The browser kills it at this moment: what was under way in the database is undone, and nothing follows. */
				kill(): void {
					dead = true;
					for (const transaction of under) undo(transaction);
					locks.kill(tab);
				}
			};
		}
	};
	return phone;
}

/** Undoes a transaction, unless it is being committed: then it stands. */
function undo(transaction: IDBTransaction): void {
	try {
		transaction.abort();
	} catch (cause) {
		if (!(cause instanceof Error) || cause.name !== 'InvalidStateError') throw cause;
	}
}

/** The phone's IndexedDB as one tab has it, with what the phone refuses. */
function createDisk(phone: { disk: IDBFactory; storage: string }, under: Set<IDBTransaction>, dead: () => boolean): IDBFactory {
	const refuse = (name: string) => {
		if (dead() || phone.storage === 'broken') throw new DOMException('the disk fails', name);
	};
	function watched(transaction: IDBTransaction): IDBTransaction {
		under.add(transaction);
		for (const end of ['complete', 'abort']) transaction.addEventListener(end, () => under.delete(transaction));
		const objectStore = transaction.objectStore.bind(transaction);
		transaction.objectStore = (name) => {
			const store = objectStore(name);
			const full = () => {
				throw new DOMException('no room', 'QuotaExceededError');
			};
			const fitting =
				<T extends unknown[]>(write: (...values: T) => IDBRequest<IDBValidKey>) =>
				(...values: T) =>
					phone.storage === 'full'
						? (transaction as unknown as Inner)._execRequestAsync({ source: store, operation: full })
						: write(...values);
			if (!Object.hasOwn(store, 'put')) Object.assign(store, { put: fitting(store.put.bind(store)), add: fitting(store.add.bind(store)) });
			return store;
		};
		return transaction;
	}
	return {
		open(name: string, version?: number) {
			refuse('InvalidStateError');
			const request = phone.disk.open(name, version);
			request.addEventListener('success', () => {
				const db = request.result;
				const transaction = db.transaction.bind(db);
				db.transaction = (...asked) => (refuse('UnknownError'), watched(transaction(...asked)));
			});
			return request;
		},
		deleteDatabase: (name: string) => (refuse('UnknownError'), phone.disk.deleteDatabase(name)),
		databases: () => phone.disk.databases(),
		cmp: (first: unknown, other: unknown) => phone.disk.cmp(first, other)
	};
}
/** How fake-indexeddb takes a request: the one way to make it fail as a browser does. */
type Inner = { _execRequestAsync(asked: { source: IDBObjectStore; operation: () => never }): IDBRequest<IDBValidKey> };

export type World = Awaited<ReturnType<typeof createWorld>>;

/**
 * A world in which a test decides what fails: one true time that stands still until `pass`, the real endpoint, a faulty
 * line, and phones with the real device on stores of their own. It ends with the test.
 */
export async function createWorld({ seed = 1 } = {}) {
	vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 12), toFake: ['Date', 'setTimeout', 'clearTimeout'] });
	const endpoint = createEndpoint();
	onTestFinished(async () => {
		vi.useRealTimers();
		await endpoint.close();
	});
	const line = createLine(endpoint.take);
	const phones: Phone[] = [];
	const another = (): Phone => {
		const phone = createPhone(line, seed * 100 + phones.length);
		phones.push(phone);
		return phone;
	};
	const phone = another();
	const tab = phone.open();

	return {
		endpoint,
		line,
		/** A phone, with the app open in one tab. */
		phone,
		tab,
		device: tab.device,
		another,
		/** Time goes on; what waited for it happens. */
		pass(milliseconds: number): void {
			vi.advanceTimersByTime(milliseconds);
			for (const one of phones) one.wake();
		}
	};
}
