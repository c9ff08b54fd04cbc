import { AppError } from '#core/errors.ts';
import { decode, type Code } from '#core/cwt.ts';
import { bomb, looksSealed, seals } from '#core/jades.ts';
import { european, kindOf, openBadge, type Stated } from '#core/profile.ts';
import { statusOf } from '#core/status.ts';
import type { Check, CheckName, Pinned, Reason, Said, Verification } from '#core/verification.ts';
import { lamp, picture, scan } from './camera.ts';
import { sealedBy, type Certificate } from './certificate.ts';
import type { Parts } from './index.ts';
import { createStatuses, json, type Place, type Shipped } from './statuses.ts';
import { createTrust, decoded, intact, textOf } from './trust.ts';

/** The longest file and the largest picture that are looked at, in bytes. */
const [longest, largest] = [5_000_000, 30_000_000];
/** Milliseconds that two clocks may differ. */
const slack = 5 * 60_000;

type Finding = Omit<Check, 'name'>;
const good: Finding = { state: 'good' };
const bad = (reason: Reason, at?: number): Finding => ({ state: 'bad', reason, ...(at === undefined ? {} : { at }) });
const unknown = (reason: Reason): Finding => ({ state: 'unknown', reason });
const list = (findings: Partial<Record<CheckName, Finding>>): Check[] =>
	Object.entries(findings).map(([name, finding]) => ({ name: name as CheckName, ...finding }));
const refused = (reason: Reason): Verification => ({ checks: list({ form: bad(reason) }) });

/**
 * Checks credentials. Nothing that is checked leaves the phone: lists of all statuses are fetched, never a question about one credential.
 * `shipped`: the lists that came with the app, if they are not those of the build.
 */
export function createVerifier(parts: Parts, shipped?: Shipped) {
	const trust = createTrust(parts.issuers);
	const statuses = createStatuses(parts, trust, shipped);

	/** Reads what was scanned, chosen or pasted, and checks it at a time. Whatever it is, it throws for none; a text that is no credential has one check, its form. */
	async function verify(input: string | Uint8Array, at: number): Promise<Verification> {
		if (input.length > longest) return refused('too-large');
		const text = (typeof input === 'string' ? input : decoded(input))?.replace(/^\uFEFF/, '').trim();
		if (text === undefined) return refused('not-a-credential');
		if (text.startsWith('EDC1:')) return code(decode(text), at);
		if (!text.startsWith('{')) return refused('not-a-credential');
		if (bomb(text)) return refused('too-large');
		const found = json(text);
		if (found === undefined) return refused(text.endsWith('}') ? 'not-a-credential' : 'cut');
		if (looksSealed(found)) return sealed(found, at);
		const kind = kindOf(found);
		if (kind === 'badge') return badge(found, at);
		return kind === 'edc' ? stated(european(found), bad('no-signature'), undefined, at) : refused('not-a-credential');
	}

	/** A sealed file: the seal is checked whatever is in it, and what is in it whatever the seal is. */
	async function sealed(file: unknown, at: number): Promise<Verification> {
		const found = seals(file, (part) => json(textOf(part) ?? ''));
		const raw = (file as { payload: unknown }).payload;
		const written = typeof raw !== 'string' ? undefined : typeof found === 'string' || found.seals[0]!.raw ? raw : textOf(raw);
		if (written !== undefined && bomb(written)) return refused('too-large');
		const inner = json(written ?? '');
		const read = kindOf(inner) === 'edc' ? european(inner) : inner === undefined ? 'format' : 'not-a-credential';
		if (typeof found === 'string') return stated(read, bad(found), undefined, at);
		const chains: Certificate[][] = [];
		for (const seal of found.seals) {
			const held = await intact(seal);
			if (typeof held === 'string') return stated(read, bad(held), undefined, at);
			chains.push(held);
		}
		const { at: time } = found.seals[0]!;
		return stated(read, { state: 'good', at: time }, { by: await trust.by(chains[0]!, time), leaf: chains[0]![0]! }, at);
	}

	/** An Open Badge: its seal stands over RDF, which is not computed here. */
	async function badge(found: unknown, at: number): Promise<Verification> {
		const read = openBadge(found);
		return stated(read, typeof read === 'string' || read.sealed ? unknown('seal-elsewhere') : bad('no-signature'), undefined, at);
	}

	/** A code from a picture: its certificate is one that we have, or it cannot be checked. */
	async function code(found: Code | Reason, at: number): Promise<Verification> {
		if (found === 'not-a-credential' || found === 'cut' || found === 'format' || found === 'too-large') return refused(found);
		if (typeof found === 'string') return { checks: list({ form: good, seal: bad(found), ...unsealed }) };
		const { claims, kid, signed, signature } = found;
		const read: Stated = {
			shown: {
				kind: 'qr',
				id: claims.id,
				holder: claims.name,
				born: String(claims.born),
				issued: claims.issued,
				...(claims.until === undefined ? {} : { until: claims.until }),
				achievements: claims.entries.map(({ place, eqf, score }) => ({ place, eqf, score, title: {}, outcomes: [] }))
			},
			from: { identifier: claims.issuer, names: [] },
			begins: claims.issued,
			...(claims.until === undefined ? {} : { ends: claims.until }),
			status: []
		};
		const named = await trust.named(kid);
		if (!named) return stated(read, unknown('no-key'), undefined, at);
		const { leaf, pinned } = named;
		const held = await sealedBy(leaf, 'ES256', signature.slice(), signed.slice());
		if (!held) return stated(read, bad(held === undefined ? 'algorithm' : 'altered'), undefined, at);
		const by = claims.issued < leaf.from || claims.issued > leaf.until ? 'chain-expired' : pinned;
		const shown = { ...read.shown, issuer: pinned.issuer.name.en };
		const bits = [...claims.entries.map(({ status }) => status), ...(claims.status ? [claims.status] : [])];
		return stated({ ...read, shown }, { state: 'good', at: claims.issued }, { by, leaf }, at, bits);
	}

	/** The six checks of what was read, after its seal: what stands under no intact seal proves nothing, but may still speak against it. */
	async function stated(
		read: Stated | Reason,
		seal: Finding,
		signer: { by: Pinned | Reason; leaf: Certificate } | undefined,
		at: number,
		bits?: Place[]
	): Promise<Verification> {
		if (typeof read === 'string') {
			const issuer = signer ? issuerOf(signer.by) : unsealed.issuer;
			return { checks: list({ form: bad(read), seal, ...unsealed, issuer }) };
		}
		const firm = (finding: Finding): Finding => (seal.state !== 'good' && finding.state === 'good' ? unsealed.holder : finding);
		const holder = read.shown.holder ? good : bad('no-holder');
		const known = signer && typeof signer.by !== 'string' ? signer.by : undefined;
		const checks = list({
			form: good,
			seal,
			issuer: !signer
				? unsealed.issuer
				: mismatch(read.from, signer.leaf) && !faulty(signer.by)
					? bad('issuer-mismatch')
					: issuerOf(signer.by),
			holder: firm(holder),
			dates: firm(dates(read, at)),
			status: firm(await statusFor(read, seal, known, at, bits))
		});
		return { checks, shown: read.shown };
	}

	async function statusFor(read: Stated, seal: Finding, known: Pinned | undefined, at: number, bits?: Place[]) {
		if (seal.state === 'bad') return unsealed.status;
		if (!bits && !read.status.length) return unknown('no-status');
		if (seal.state === 'good' && !known) return unknown('status-unknown'); // a list of an issuer that we do not know proves nothing
		const places = bits ?? read.status.map(placeOf);
		return places.every((place) => place !== undefined)
			? statuses.of(places, known, { since: read.begins, at })
			: unknown('status-unknown');
	}

	/** Checks a file: a sealed file, an Open Badge, or a picture of a code. */
	async function file(chosen: Blob, at: number): Promise<Verification> {
		if (chosen.type.startsWith('image/')) {
			if (chosen.size > largest) return refused('too-large');
			const found = await picture(chosen);
			return found === undefined ? refused('no-code') : verify(found, at);
		}
		if (chosen.size > longest) return refused('too-large');
		try {
			return await verify(new Uint8Array(await chosen.arrayBuffer()), at);
		} catch (cause) {
			if (cause instanceof DOMException) throw new AppError('unknown', { cause }); // the file is gone, or may not be read
			throw cause;
		}
	}

	return {
		verify,
		file,
		/** The name of an issuer that the app knows, in each language that it has it in, by one of them; empty if we know none of that name. */
		named: (issuer: string): Said => parts.issuers.find((one) => Object.values(one.issuer.name).includes(issuer))?.issuer.name ?? {},
		/** Fetches the status lists, so that later checks do without a network. */
		refresh: (at: number): Promise<void> => statuses.refresh(at),
		scan,
		lamp
	};
}

const unsealed = Object.fromEntries(
	(['issuer', 'holder', 'dates', 'status'] as const).map((name) => [name, unknown('unsealed')])
) as Record<'issuer' | 'holder' | 'dates' | 'status', Finding>;

const issuerOf = (by: Pinned | Reason): Finding => {
	if (typeof by !== 'string') return by.issuer.development ? { state: 'good', reason: 'issuer-development' } : good;
	return by === 'issuer-unknown' ? unknown(by) : bad(by);
};

/** The chain itself is wrong, which says more than any name. */
const faulty = (by: Pinned | Reason): boolean => by === 'chain' || by === 'chain-expired';

/** Whether a credential names another issuer than its certificate does: by the legal number, or by name where one of them has no number. */
function mismatch({ identifier, names }: Stated['from'], leaf: Certificate): boolean {
	if (identifier !== undefined && leaf.identifier !== undefined) return identifier !== leaf.identifier;
	const plain = (name = '') => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
	return !names.some((name) => plain(name) === plain(leaf.organisation));
}

function dates({ begins, ends }: Stated, at: number): Finding {
	if (begins > at + slack) return bad('not-yet-valid', begins);
	return ends !== undefined && ends < at ? bad('expired', ends) : { state: 'good', at };
}

/** The list and the index of a status address, if it is one of ours. */
function placeOf(address: string): Place | undefined {
	const found = statusOf(address.replace(/-suspension#/, '-revocation#'));
	const name = found && /([a-z0-9]+)-revocation$/.exec(found.lists.revocation)?.[1];
	return name === undefined ? undefined : { list: name, index: found!.index };
}
