import { gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { bitsOf, listAddress, statusList, type Purpose } from '#core/status.ts';
import { sealedCompact, type Seal } from './seal.ts';

/** How long a list is served before it is sealed anew, though nothing changed: who reads it must see that it is not old. */
const day = 86_400_000;

/** What is needed to seal status lists. `base` is the endpoint's public address; `set` gives the indexes that are set, from the register. */
export type StatusListParts = { seal: Seal; base: string; set: (list: string, purpose: Purpose) => Promise<number[]> | number[] };

/**
 * The sealed status lists. `list('1', 'revocation', now)` is the compact JWS of a list, as of now or, if nothing changed, of at most a day ago.
 * `changed()` is called after every change of a standing: the next reader gets a list made anew.
 */
export function createStatusLists({ seal, base, set }: StatusListParts) {
	const kept = new Map<string, { at: number; jws: Promise<string> }>();
	async function make(list: string, purpose: Purpose, at: number): Promise<string> {
		const encoded = await promisify(gzip)(bitsOf(await set(list, purpose)), { level: 9 });
		const issuer = { id: base, name: seal.issuer.name.en };
		const payload = statusList(listAddress(base, list, purpose), purpose, issuer, at, encoded.toString('base64url'));
		return sealedCompact(seal, JSON.stringify(payload), at);
	}
	return {
		list(list: string, purpose: Purpose, now: number): Promise<string> {
			const address = listAddress(base, list, purpose);
			const held = kept.get(address);
			if (held && now - held.at < day) return held.jws;
			const jws = make(list, purpose, now);
			kept.set(address, { at: now, jws });
			jws.catch(() => kept.get(address)?.jws === jws && kept.delete(address));
			return jws;
		},
		changed: () => kept.clear()
	};
}
