import { compact } from '#core/jades.ts';
import { StatusList, asOf, bit, places, purposes, type Purpose } from '#core/status.ts';
import type { Check, Pinned } from '#core/verification.ts';
import { AppError } from '#core/errors.ts';
import type { Tables } from '../db.ts';
import type { Parts } from './index.ts';
import { fromBase64, intact, textOf, type Trust } from './trust.ts';

/** A status list as it is kept: its name, as `1-revocation`, the list itself (a compact JWS), and when it was fetched. */
type Kept = { list: string; jwt: string; at: number };
/** A list that was read: whose it is, as of when, and its bits. */
type Read = { issuer: Pinned; at: number; bits: Uint8Array };
type Status = Omit<Check, 'name'>;
/** Where a bit stands: the list of both purposes, and the index in it. */
export type Place = { list: string; index: number };

/** Milliseconds that a list counts for, after which another is asked for, and for which one waits. */
const [counts, fresh, patience] = [30 * 86_400_000, 3_600_000, 4000];
const standard = '1';

/** JSON, or undefined. */
export function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The status lists of certification: fetched whole, so that nobody learns who is asked about, and kept for when there is no network. */
export function createStatuses({ database, net, site }: Parts, trust: Trust) {
	const table = (db: Tables) => db.table<Kept, string>('statuses');
	const read = new Map<string, Read | undefined>();

	/** Reads a list that has this name, is whole and is sealed by an issuer that we know; undefined if it is not so. */
	async function open(name: string, jwt: string): Promise<Read | undefined> {
		const key = `${name} ${jwt}`;
		if (!read.has(key)) read.set(key, await opened(name, jwt));
		return read.get(key);
	}
	async function opened(name: string, jwt: string): Promise<Read | undefined> {
		const found = compact(jwt.trim(), (part) => json(textOf(part) ?? ''));
		if (typeof found === 'string') return undefined;
		const list = StatusList.safeParse(json(textOf(found.payload) ?? '')).data;
		if (!list || !list.id.endsWith(`/v1/status/${name}`) || !name.endsWith(`-${list.credentialSubject.statusPurpose}`)) return undefined;
		const chain = await intact(found.seal);
		const issuer = typeof chain === 'string' ? chain : await trust.by(chain, found.seal.at);
		const bits = await inflated(list.credentialSubject.encodedList.slice(1));
		return typeof issuer !== 'string' && bits && bits.length === places / 8 ? { issuer, at: asOf(list), bits } : undefined;
	}

	/** What the phone has of a list, and what the network gives if that is not fresh; the newer of the two, which is kept. */
	async function newest(name: string, at: number): Promise<Read | undefined> {
		const kept = await database.use((db) => table(db).get(name)).catch(storage);
		const had = kept && (await open(name, kept.jwt));
		if (kept && had && Math.abs(at - kept.at) < fresh) return had;
		const jwt = net.online() ? await fetched(name) : undefined;
		const got = jwt === undefined ? undefined : await open(name, jwt);
		if (!got || (had && had.at > got.at)) return had; // an older list says less than the one that is here
		await database.use((db) => table(db).put({ list: name, jwt: jwt!, at })).catch(storage);
		return got;
	}
	async function fetched(name: string): Promise<string | undefined> {
		try {
			const { bytes } = await net.bytes(`${site}/v1/status/${name}`, { timeout: patience, cache: 'no-cache' });
			return new TextDecoder().decode(bytes);
		} catch (cause) {
			if (cause instanceof AppError) return undefined;
			throw cause;
		}
	}

	function one(lists: Map<string, Read | undefined>, issuer: Pinned | undefined, { list, index }: Place, at: number): Status {
		const own = (purpose: Purpose) => {
			const found = lists.get(`${list}-${purpose}`);
			return found && (!issuer || found.issuer === issuer) ? found : undefined;
		};
		const [revocation, suspension] = [own('revocation'), own('suspension')];
		if (revocation && bit(revocation.bits, index)) return { state: 'bad', reason: 'revoked', at: revocation.at };
		if (suspension && bit(suspension.bits, index)) return { state: 'bad', reason: 'suspended', at: suspension.at };
		if (!revocation || !suspension) return { state: 'unknown', reason: 'status-unknown' };
		const seen = Math.min(revocation.at, suspension.at);
		return at - seen > counts ? { state: 'unknown', reason: 'status-old', at: seen } : { state: 'good', at: Math.min(seen, at) };
	}

	return {
		/** The status of a credential by all its bits: the worst of them. Lists count that are sealed by `issuer`; by any that we know if none is said. */
		async of(places: Place[], issuer: Pinned | undefined, at: number): Promise<Status> {
			const names = [...new Set(places.flatMap(({ list }) => purposes.map((purpose) => `${list}-${purpose}`)))];
			const lists = new Map(await Promise.all(names.map(async (name) => [name, await newest(name, at)] as const)));
			const all = places.map((place) => one(lists, issuer, place, at));
			const worst = ['revoked', 'suspended', 'status-unknown', 'status-old', undefined] as const;
			return (
				worst.map((reason) => all.find((status) => status.reason === reason)).find(Boolean) ?? { state: 'unknown', reason: 'no-status' }
			);
		},
		/** Fetches the lists that the phone will want where there is no network. */
		async refresh(at: number): Promise<void> {
			await Promise.all(purposes.map((purpose) => newest(`${standard}-${purpose}`, at)));
		}
	};
}

/** A phone that keeps nothing still asks the network. */
function storage(cause: unknown): undefined {
	if (!(cause instanceof AppError)) throw cause;
}

/** The bytes of gzip in base64url; undefined if it is none, or far more than a list has. */
async function inflated(base64url: string): Promise<Uint8Array | undefined> {
	const zipped = fromBase64(base64url);
	if (!zipped) return undefined;
	const bits = new Uint8Array(places / 8);
	let length = 0;
	try {
		const reader = new Blob([zipped]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
		for (let part = await reader.read(); !part.done; part = await reader.read()) {
			if (length + part.value.length > bits.length) return void (await reader.cancel());
			bits.set(part.value, length);
			length += part.value.length;
		}
	} catch {
		return undefined;
	}
	return bits.subarray(0, length);
}
