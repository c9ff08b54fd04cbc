import type { Seal } from '#core/jades.ts';
import type { Pinned, Reason } from '#core/verification.ts';
import { digest } from '../keys.ts';
import { certificate, same, sealedBy, signedBy, type Certificate } from './certificate.ts';

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** The bytes of base64 or base64url, with or without padding; undefined if it is neither. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
	try {
		return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
	} catch {
		return undefined;
	}
}

/** The UTF-8 text of base64url; undefined if it is none. */
export function textOf(base64url: string): string | undefined {
	const bytes = fromBase64(base64url);
	return bytes && decoded(bytes);
}

/** The UTF-8 text of bytes, without a byte order mark; undefined if it is none. */
export function decoded(bytes: Uint8Array): string | undefined {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

/** Whether a seal is intact: its certificates, the sealing one first; else why not. */
export async function intact({ certificates, thumbprint, algorithm, signature, signed }: Seal): Promise<Certificate[] | Reason> {
	const ders = certificates.map(fromBase64);
	const chain = ders.map((der) => der && certificate(der));
	const [leaf] = chain;
	const [print, bytes] = [fromBase64(thumbprint), fromBase64(signature)];
	if (!leaf || chain.some((one) => !one) || !print || !same(await digest(leaf.der), print)) return 'certificate';
	if (!bytes) return 'no-signature';
	const held = await sealedBy(leaf, algorithm, bytes, utf8(signed));
	if (held === undefined) return 'algorithm';
	return !held ? 'altered' : leaf.seals ? (chain as Certificate[]) : 'certificate';
}

export type Trust = ReturnType<typeof createTrust>;

/** Knows issuers by the certificates that came with the app. */
export function createTrust(issuers: Pinned[]) {
	const known = issuers.map((pinned) => ({
		pinned,
		certificates: pinned.certificates.flatMap((text) => {
			const der = fromBase64(text);
			const read = der && certificate(der);
			return read ? [read] : [];
		})
	}));

	/** The path from a leaf up holds: each certificate is signed by the next, which may do so, and all were valid at that time. */
	async function path(chain: Certificate[], at: number): Promise<Reason | undefined> {
		for (const [index, above] of chain.slice(1).entries()) {
			const fits = above.authority && (above.below === undefined || above.below >= index);
			if (!fits || !(await signedBy(chain[index]!, above))) return 'chain';
		}
		if (chain.some(({ strange }) => strange)) return 'chain';
		return chain.some(({ from, until }) => at < from || at > until) ? 'chain-expired' : undefined;
	}

	/** Whether a chain leads to an authority of an issuer that we know. */
	async function leads(chain: Certificate[], authorities: Certificate[], at: number): Promise<boolean> {
		for (const anchor of authorities) {
			if (chain.slice(1).some(({ der }) => same(der, anchor.der))) return true;
			if (!(await path([...chain, anchor], at))) return true;
		}
		return false;
	}

	return {
		/**
		 * Who sealed, by a chain that is whole and was valid at the time of sealing: an issuer that we know, by its own certificate or by an
		 * authority of its own and its legal number; `issuer-unknown`; or why the chain is none.
		 */
		async by(chain: Certificate[], at: number): Promise<Pinned | Reason> {
			const fault = await path(chain, at);
			if (fault) return fault;
			const [leaf] = chain as [Certificate, ...Certificate[]];
			for (const { pinned, certificates } of known) {
				const [own, ...authorities] = certificates;
				if (own && same(own.der, leaf.der)) return pinned;
				if (leaf.identifier === pinned.issuer.identifier && (await leads(chain, authorities, at))) return pinned;
			}
			return 'issuer-unknown';
		},
		/** The issuer and the certificate that a code names by the first bytes of its SHA-256; undefined if we do not know it. */
		async named(kid: Uint8Array): Promise<{ pinned: Pinned; leaf: Certificate } | undefined> {
			for (const { pinned, certificates } of known)
				for (const leaf of certificates.filter(({ authority }) => !authority))
					if (same((await digest(leaf.der)).subarray(0, kid.length), kid)) return { pinned, leaf };
			return undefined;
		}
	};
}
