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
/** Compact JWS by the names of their lists. */
export type Shipped = () => Promise<Partial<Record<string, string>>>;
/** When a credential was issued, and when it is checked, in milliseconds. */
type When = { since: number; at: number };
/** Where a bit stands: the list of both purposes, and the index in it. */
export type Place = { list: string; index: number };

/**
 * Milliseconds that a list counts for, after which another is asked for, for which one waits, and that a list may be older than a credential:
 * the endpoint seals a list anew once a day, and what was fetched counts as fresh for an hour.
 */
const [counts, fresh, patience, older] = [30 * 86_400_000, 3_600_000, 4000, 26 * 3_600_000];
const standard = '1';

/** JSON, or undefined. */
export function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * The status lists of certification: fetched whole, so that nobody learns who is asked about, and kept for when there is no network. `shipped`
 * gives those that came with the app, by their names: they are read like any other, and count until there is a newer one.
 */
export function createStatuses({ database, net, site }: Parts, trust: Trust, shipped: Shipped = withApp) {
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

	/** What the phone has of a list, fetched or with the app, and what the network gives if that is not fresh: the newest. What was fetched is kept if it is. */
	async function newest(name: string, at: number): Promise<Read | undefined> {
		const kept = await database.use((db) => table(db).get(name)).catch(storage);
		const before = kept && (await open(name, kept.jwt));
		const came = (await shipped())[name];
		const had = newer(before, came === undefined ? undefined : await open(name, came));
		if (kept && before && Math.abs(at - kept.at) < fresh) return had;
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

	function one(lists: Map<string, Read | undefined>, issuer: Pinned | undefined, { list, index }: Place, { since, at }: When): Status {
		const own = (purpose: Purpose) => {
			const found = lists.get(`${list}-${purpose}`);
			return found && (!issuer || found.issuer === issuer) ? found : undefined;
		};
		const [revocation, suspension] = [own('revocation'), own('suspension')];
		if (revocation && bit(revocation.bits, index)) return { state: 'bad', reason: 'revoked', at: revocation.at };
		if (suspension && bit(suspension.bits, index)) return { state: 'bad', reason: 'suspended', at: suspension.at };
		if (!revocation || !suspension) return { state: 'unknown', reason: 'status-unknown' };
		const seen = Math.min(revocation.at, suspension.at);
		return at - seen > counts || Math.min(since, at) - seen > older
			? { state: 'unknown', reason: 'status-old', at: seen }
			: { state: 'good', at: Math.min(seen, at) };
	}

	return {
		/**
		 * The status of a credential by all its bits: the worst of them. Lists count that are sealed by `issuer`; by any that we know if none is said.
		 * A list from before it was issued says nothing good.
		 */
		async of(places: Place[], issuer: Pinned | undefined, when: When): Promise<Status> {
			const names = [...new Set(places.flatMap(({ list }) => purposes.map((purpose) => `${list}-${purpose}`)))];
			const lists = new Map(await Promise.all(names.map(async (name) => [name, await newest(name, when.at)] as const)));
			const all = places.map((place) => one(lists, issuer, place, when));
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

/** The lists that the build took along; none while their file is not on the phone and there is no network. */
const withApp: Shipped = () => import('./snapshot.ts').then(({ lists }) => lists).catch(() => ({}));

const newer = (one: Read | undefined, other: Read | undefined): Read | undefined =>
	one && other && one.at < other.at ? other : (one ?? other);

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
