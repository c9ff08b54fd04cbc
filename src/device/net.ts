import { AppError } from '#core/errors.ts';

/** How a request is made; `timeout` in milliseconds, 30 s if it is not said. */
export type Asked = {
	method?: string;
	headers?: Record<string, string>;
	body?: BodyInit;
	signal?: AbortSignal | undefined;
	timeout?: number;
	cache?: RequestCache;
};

/** A reply whose body has been read whole. */
export type Reply = { status: number; headers: Headers; bytes: ArrayBuffer };

export type Net = ReturnType<typeof createNet>;

type Connection = { saveData?: boolean; type?: string };

/** The name of a lock that all tabs and the service worker share. */
export const lockName = (name: string): string => `passport.${name}`;

/** The network. What it fails at becomes `AppError('offline' | 'timeout' | 'server' | 'not-found')`. */
export function createNet({ fetching, locks }: { fetching: typeof fetch | undefined; locks: LockManager | undefined }) {
	const held = new Map<string, Promise<unknown>>();

	/** Makes a request and reads the whole reply, whatever its status. Throws `AppError('offline' | 'timeout')`. */
	async function ask(url: string, { timeout = 30_000, signal, ...asked }: Asked = {}): Promise<Reply> {
		const stop = new AbortController();
		let late = false;
		const timer = setTimeout(() => ((late = true), stop.abort()), timeout);
		const abort = () => stop.abort();
		if (signal?.aborted) stop.abort();
		signal?.addEventListener('abort', abort, { once: true });
		try {
			const response = await (fetching ?? fetch)(url, { ...asked, signal: stop.signal, credentials: 'omit', redirect: 'follow' });
			return { status: response.status, headers: response.headers, bytes: await response.arrayBuffer() };
		} catch (cause) {
			throw new AppError(late ? 'timeout' : 'offline', { cause });
		} finally {
			clearTimeout(timer);
			signal?.removeEventListener('abort', abort);
		}
	}

	/** The bytes of a file. A page instead of a file (a hotspot that wants a login) is `server`. */
	async function bytes(url: string, asked?: Asked): Promise<Reply> {
		const reply = await ask(url, asked);
		if (reply.status === 404 || reply.status === 410) throw new AppError('not-found', { cause: new Error(url) });
		if (reply.status < 200 || reply.status > 299) throw new AppError('server', { cause: new Error(`${url}: ${reply.status}`) });
		if (/text\/html/.test(reply.headers.get('content-type') ?? '')) throw new AppError('server', { cause: new Error(`${url}: a page`) });
		return reply;
	}

	return {
		ask,
		bytes,
		/** A JSON file and its status. */
		async json(url: string, asked?: Asked): Promise<{ status: number; json: unknown }> {
			const reply = await bytes(url, asked);
			return { status: reply.status, json: parsed(reply) };
		},
		/** Whether the phone believes that there is a network. It may be wrong. */
		online: (): boolean => typeof navigator === 'undefined' || navigator.onLine !== false,
		/** Whether bytes may cost her: mobile data, or the browser's data saver. */
		metered(): boolean {
			const { saveData, type } =
				(typeof navigator === 'undefined' ? undefined : (navigator as { connection?: Connection }).connection) ?? {};
			return saveData === true || type === 'cellular';
		},
		/** Does `work` in one tab at a time: `skip` gives up (undefined) if another is at it, `wait` waits. */
		async alone<T>(name: string, mode: 'skip' | 'wait', work: () => Promise<T>): Promise<T | undefined> {
			if (locks)
				return locks.request(lockName(name), { ifAvailable: mode === 'skip' }, (lock) => (lock ? work() : undefined)) as Promise<
					T | undefined
				>;
			if (mode === 'skip' && held.has(name)) return undefined;
			const mine = (held.get(name) ?? Promise.resolve()).then(work, work);
			held.set(name, mine);
			return mine.finally(() => held.get(name) === mine && held.delete(name));
		}
	};
}

/** The JSON of a reply. Throws `AppError('server')` if it is none. */
export function parsed({ bytes }: Reply): unknown {
	try {
		return JSON.parse(new TextDecoder().decode(bytes));
	} catch (cause) {
		throw new AppError('server', { cause });
	}
}
