import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Award, Described } from '#core/award.ts';
import { badge, passportBadge, type Badge } from '#core/badge.ts';
import { claims, qr } from '#core/cwt.ts';
import { credential, passport, type Node, type PassportAward } from '#core/edc.ts';
import { locales, type Locale } from '#core/text.ts';
import type { Proofs } from './proof.ts';
import { sealed, signature, type Seal } from './seal.ts';

/** What is needed to issue. `base`: the endpoint's public address, without a slash at the end; `portraits`: the folder of pictures that the build makes. */
export type IssueParts = { seal: Seal; proofs: Proofs; described: Record<string, Described>; base: string; portraits: string };

/** A credential in its three formats: the sealed European Digital Credential (a file's text), the Open Badge (JSON), the text of the QR code. */
export type Issue = { edc: string; badge: string; qr: string };

/**
 * Issues what was awarded. `issue(award, now)` is of one micro-credential, `passport(own, awards, now)` of the Passport, whose record `own` has an
 * id, a number and a status of its own. Nothing is kept: the same award gives the same credential, under another signature. Throws if
 * the course is not known or the seal does not answer.
 */
export function createIssue({ seal, proofs, described, base, portraits }: IssueParts) {
	const { issuer } = seal;
	const certificate = createHash('sha256').update(Buffer.from(seal.certificates[0]!, 'base64')).digest();
	const origin = { did: proofs.did, base };
	const drawn = new Map<string, Record<Locale, string>>();
	const pictures = (name: string): Record<Locale, string> => {
		const found = drawn.get(name) ?? read(portraits, name);
		drawn.set(name, found);
		return found;
	};
	async function formats(own: PassportAward, awards: Award[], node: Node, open: Badge, now: number): Promise<Issue> {
		const edc = await sealed(seal, JSON.stringify(node), now);
		const digest = createHash('sha256').update(edc).digest();
		return {
			edc,
			badge: JSON.stringify(await proofs.prove(open, now)),
			qr: await qr(claims({ ...own, awards }, described, issuer, digest), certificate, (input) => signature(seal, input, now))
		};
	}
	return {
		async issue(award: Award, now: number): Promise<Issue> {
			const course = described[award.course];
			if (!course) throw new Error(`The course ${award.course} is not in the packs, so that nothing can be said about it in a credential`);
			const node = credential(award, course, { issuer, base, pictures: pictures(award.course) });
			return formats(award, [award], node, badge(award, course, issuer, origin), now);
		},
		async passport(own: PassportAward, awards: Award[], now: number): Promise<Issue> {
			const node = passport(own, awards, described, { issuer, base, pictures: pictures('passport') });
			return formats(own, awards, node, passportBadge({ ...own, awards }, described, issuer, origin), now);
		}
	};
}

function read(portraits: string, name: string): Record<Locale, string> {
	const file = (locale: Locale) => readFileSync(join(portraits, `${name}.${locale}.png`)).toString('base64');
	return Object.fromEntries(locales.map((locale) => [locale, file(locale)])) as Record<Locale, string>;
}
