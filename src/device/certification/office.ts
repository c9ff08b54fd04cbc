import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import {
	AppealAnswer,
	Appeals,
	Applications,
	Attempts,
	Coached,
	Credentials,
	Decision,
	Erased,
	Evidence,
	GivenCode,
	Items,
	Me,
	NewSession,
	NewStanding,
	RefusedResponses,
	Register,
	Sessions,
	Statement,
	officeRules,
	type Answer,
	type NewCode,
	type OfficeRule
} from '#core/office.ts';
import { packed } from '../endpoint.ts';
import { parsed, type Reply } from '../net.ts';
import type { Parts } from './index.ts';
import { createRooms } from './rooms.ts';
import { part } from './part.ts';

/** Why the endpoint did not do what was asked: a rule of the house, or it does not know her key. */
export type OfficeRefusal = OfficeRule | 'key';
/** What came of a request: what was asked for, or the rule that stands against it. */
export type Told<T> = { ok: T } | { rule: OfficeRefusal };
/** Asks the endpoint in her name. Throws `AppError('offline' | 'timeout' | 'server' | 'not-found')`. */
export type Ask = <T>(method: 'GET' | 'POST', path: string, schema: z.ZodMiniType<T>, content?: unknown) => Promise<Told<T>>;

const Kept = z.object({ key: z.string(), me: Me, at: z.number() });
/** Her key, and what the endpoint said of her when it was last asked. */
export type Kept = z.infer<typeof Kept>;

const Done = z.object({ v: z.literal(1), now: z.number() });
const RefusedByRule = z.object({ error: z.literal('rule'), rule: z.enum(officeRules) });
const name = 'office';

/** The endpoint as the people of the certification body see it; what they need without a network is kept on this device until they sign out. */
export function createOffice(parts: Parts) {
	const { database, net, site, now } = parts;

	const kept = async (): Promise<Kept | undefined> => Kept.safeParse((await database.use((db) => db.settings.get(name)))?.value).data;

	async function request(key: string, method: 'GET' | 'POST', path: string, content?: unknown): Promise<Reply> {
		const { body, headers } = content === undefined ? { body: undefined, headers: {} } : await packed(JSON.stringify(content));
		const asked = { method, headers: { ...headers, authorization: `Bearer ${key}` }, timeout: 60_000, cache: 'no-store' as const };
		return net.ask(`${site}${path}`, body ? { ...asked, body } : asked);
	}

	async function askAs<T>(key: string, ...[method, path, schema, content]: Parameters<Ask>): Promise<Told<T>> {
		const reply = await request(key, method, path, content);
		const rule = ruled(reply);
		if (rule) return { rule };
		if (reply.status === 200) {
			const found = schema.safeParse(parsed(reply));
			if (found.success) return { ok: found.data as T };
			throw new AppError('server', { cause: found.error });
		}
		throw new AppError([404, 405, 501].includes(reply.status) ? 'not-found' : 'server', { cause: new Error(`${path}: ${reply.status}`) });
	}

	const ask: Ask = async (...asked) => {
		const own = await kept();
		return own ? askAs(own.key, ...asked) : { rule: 'key' };
	};

	/** Asks who has this key, and keeps the key with the answer. */
	async function known(key: string): Promise<Told<Me>> {
		const told = await askAs<Me>(key, 'GET', '/v1/office/me', Me);
		if ('ok' in told) await database.use((db) => db.settings.put({ name, value: { key, me: told.ok, at: now() } satisfies Kept }));
		return told;
	}

	const rooms = createRooms(parts, ask);

	return {
		kept,
		rooms,
		/** Takes a key if the endpoint knows it. Throws `AppError`. */
		signIn: (key: string): Promise<Told<Me>> => known(key.trim()),
		/** Asks again who she is. Throws `AppError`. */
		async me(): Promise<Told<Me>> {
			const own = await kept();
			return own ? known(own.key) : { rule: 'key' };
		},
		/** Signs the statement on confidentiality and conflicts of interest. Throws `AppError`. */
		async state(): Promise<Told<Me>> {
			const told = await ask('POST', '/v1/office/statement', Done, { confidential: true, conflicts: true } satisfies z.infer<
				typeof Statement
			>);
			const own = await kept();
			return 'ok' in told && own ? known(own.key) : { rule: 'rule' in told ? told.rule : 'key' };
		},
		/** Forgets her key, all rooms and reports; responses that were not sent stay, for they are sealed and somebody's. Throws `AppError`. */
		async signOut(): Promise<void> {
			await rooms.clear();
			await database.use((db) => db.settings.delete(name));
		},
		applications: (state?: string) => ask('GET', `/v1/office/applications${state ? `?state=${state}` : ''}`, Applications),
		answer: (id: string, answer: z.infer<typeof Answer>) => ask('POST', `/v1/office/applications/${id}`, Done, answer),
		coached: (coached: z.infer<typeof Coached>) => ask('POST', '/v1/office/coached', Done, coached),
		sessions: () => ask('GET', '/v1/office/sessions', Sessions),
		/** Draws a form for each of them. Again with the same `id` is harmless. */
		open: (session: NewSession) => ask('POST', '/v1/office/sessions', Done, session),
		attempts: (state: string, after?: number) =>
			ask('GET', `/v1/office/attempts?state=${state}${after === undefined ? '' : `&after=${after}`}`, Attempts),
		evidence: (id: string) => ask('GET', `/v1/office/attempts/${id}`, Evidence),
		decide: (id: string, decision: Decision) => ask('POST', `/v1/office/attempts/${id}`, Done, decision),
		appeals: () => ask('GET', '/v1/office/appeals', Appeals),
		resolve: (id: string, answer: z.infer<typeof AppealAnswer>) => ask('POST', `/v1/office/appeals/${id}`, Done, answer),
		credentials: (number?: string) =>
			ask('GET', `/v1/office/credentials${number ? `?number=${encodeURIComponent(number)}` : ''}`, Credentials),
		stand: (id: string, standing: z.infer<typeof NewStanding>) =>
			ask('POST', `/v1/office/credentials/${encodeURIComponent(id)}`, Done, standing),
		items: (course: string) => ask('GET', `/v1/office/items?course=${course}`, Items),
		register: (before?: number) => ask('GET', `/v1/office/register${before === undefined ? '' : `?before=${before}`}`, Register),
		refused: () => ask('GET', '/v1/office/refused', RefusedResponses),
		/** Everything that is held about a candidate. */
		held: (candidate: string) => ask('GET', `/v1/office/candidates/${candidate}/export`, z.record(z.string(), z.unknown())),
		/** A code for the new phone of a candidate whose document was seen. */
		give: (candidate: string) =>
			ask('POST', `/v1/office/candidates/${candidate}/code`, GivenCode, { seen: true } satisfies z.infer<typeof NewCode>),
		erase: (candidate: string) => ask('POST', `/v1/office/candidates/${candidate}/erase`, Erased, {}),
		/** Hands a file to the browser to save. */
		save(text: string, file: string): void {
			const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
			const link = document.createElement('a');
			link.href = url;
			link.download = file;
			link.click();
			setTimeout(() => URL.revokeObjectURL(url), 60_000);
		},
		/** A text as the squares of a QR code. */
		matrix: async (text: string): Promise<boolean[][]> => (await part(import('./code.ts'))).matrix(text),
		/** Shows the camera in `video` and tells each code that it sees, until the returned function is called. Throws `AppError`. */
		scan: async (video: HTMLVideoElement, ontext: (text: string) => void): Promise<() => void> =>
			(await part(import('./camera.ts'))).scan(video, ontext)
	};
}

/** The rule that a reply names; without a name, a key that is refused. */
function ruled(reply: Reply): OfficeRefusal | undefined {
	if (reply.status < 400 || reply.status >= 500) return undefined;
	let found: { rule: OfficeRule } | undefined;
	try {
		found = RefusedByRule.safeParse(parsed(reply)).data;
	} catch (cause) {
		if (!(cause instanceof AppError)) throw cause; // a proxy's page: the status says enough
	}
	return found?.rule ?? (reply.status === 401 || reply.status === 403 ? 'key' : undefined);
}
