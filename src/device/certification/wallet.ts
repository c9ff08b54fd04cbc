import * as z from 'zod/mini';
import { AppError } from '#core/errors.ts';
import { Id } from '#core/text.ts';
import type { Tables } from '../db.ts';
import { sha256 } from '../keys.ts';
import type { createCandidate } from './candidate.ts';
import { matrix } from './code.ts';
import { contents, longest, type Contents } from './credential.ts';
import type { Parts } from './index.ts';
import { copied, save, share } from './sharing.ts';

type Candidate = Pick<ReturnType<typeof createCandidate>, 'mine' | 'credential'>;

const Brought = z.object({
	id: z.string().check(z.minLength(1), z.maxLength(200)),
	/** The micro-credential that it is for; null: the Passport itself; missing: neither, or by an issuer that is not known here. */
	course: z.optional(z.nullable(Id)),
	/** The sealed European Digital Credential; the Open Badge and the text of the QR code, each empty where the phone has none. */
	edc: z.string().check(z.maxLength(longest)),
	badge: z.string().check(z.maxLength(longest)),
	qr: z.string().check(z.maxLength(4000)),
	number: z.optional(z.string()),
	issued: z.number(),
	until: z.optional(z.number())
});
/** A credential that came in a file. Its seal is not checked yet. */
export type Brought = z.infer<typeof Brought>;

/** A credential on the phone, and when it came. */
export type Kept = Brought & { added: number };
/** She took it away: it does not come again by itself. */
type Removed = { id: string; removed: number };

/** A credential on the phone with what it says. */
export type Held = Kept & { contents: Contents };

/** Why nothing could be taken from a file: `passport.refused.<reason>`. */
export type Refusal = 'no-credential' | 'damaged' | 'newer' | 'badge' | 'copy' | 'too-large';

const Content = z.object({ at: z.number(), credentials: z.array(Brought).check(z.maxLength(500)) });
const File = z.object({ passport: z.literal('wallet'), version: z.literal(1), sha256: z.string(), content: z.string() });
const Newer = z.object({ passport: z.literal('wallet'), version: z.number().check(z.gt(1)) });
const Copy = z.object({ passport: z.literal('copy') });
const Badge = z.object({ type: z.array(z.string()) });
const Sealed = z.object({ payload: z.string() });
const largest = 60_000_000;

/** Her credentials. Throws `AppError` for what the storage or the network refuses. */
export function createWallet({ database, now }: Parts, candidate: Candidate) {
	const table = (db: Tables) => db.table<Kept | Removed, string>('credentials');
	const rows = () => database.use((db) => table(db).toArray());
	/** Does `work` on the credentials, whole or not at all. */
	const change = <T>(work: (credentials: ReturnType<typeof table>) => Promise<T>): Promise<T> =>
		database.use((db) => db.transaction('rw', table(db), () => work(table(db))));
	const here = (row: Kept | Removed | undefined): row is Kept => row !== undefined && 'edc' in row;

	async function all(): Promise<Held[]> {
		return (await rows()).filter(here).flatMap((row) => {
			const said = contents(row.edc);
			return said ? [{ ...row, contents: said }] : [];
		});
	}

	/** Keeps a credential; true if it is new. What is here is only completed, unless it comes from the certification body itself (`own`). */
	const keep = (brought: Brought, own = false): Promise<boolean> =>
		change(async (credentials) => {
			const before = await credentials.get(brought.id);
			if (!here(before)) return (await credentials.put({ ...brought, added: now() }), true);
			const { badge, qr, course = brought.course } = before;
			if (own) await credentials.put({ ...brought, added: before.added });
			else if (before.edc === brought.edc)
				await credentials.put({ ...before, course, badge: badge || brought.badge, qr: qr || brought.qr });
			return false;
		});

	/** The whole wallet as the text of one file. */
	async function copy(): Promise<string> {
		const credentials = (await rows()).filter(here);
		const content = JSON.stringify({ at: now(), credentials } satisfies z.infer<typeof Content>);
		return JSON.stringify({ passport: 'wallet', version: 1, sha256: await sha256(content), content } satisfies z.infer<typeof File>);
	}

	return {
		matrix,
		share,
		copied,
		/** Every credential on the phone with what it says. */
		all,
		keep,
		/** Asks the certification body for hers and keeps each as it comes; how many were new. Those that she took away come only if `again`. Nothing is asked if she never applied. */
		async collect(again = false): Promise<number> {
			const mine = await candidate.mine();
			if (!mine) return 0;
			const known = new Map((await rows()).map((row) => [row.id, row]));
			let added = 0;
			for (const { id } of mine.credentials) {
				const row = known.get(id);
				if (here(row) ? row.course !== undefined && row.qr : row && !again) continue;
				const { course, edc, badge, qr } = await candidate.credential(id);
				const said = contents(edc);
				if (said?.id !== id) throw new AppError('server', { cause: new Error(`${id} is no credential`) });
				if (await keep({ ...broughtOf(edc, said), course, badge, qr }, true)) added += 1;
			}
			return added;
		},
		/** The credentials in a file, a saved wallet or one sealed credential, and how many of it cannot be read. Nothing is kept yet. */
		async open(file: Blob): Promise<{ credentials: Brought[]; unread: number } | { refused: Refusal }> {
			if (file.size > largest) return { refused: 'too-large' };
			const text = await file.text();
			const json = parsed(text);
			if (json === undefined) return { refused: /^\s*[{[]/.test(text) ? 'damaged' : 'no-credential' };
			if (Newer.safeParse(json).success) return { refused: 'newer' };
			if (Copy.safeParse(json).success) return { refused: 'copy' };
			const wallet = File.safeParse(json);
			if (wallet.success) {
				const { content, sha256: sum } = wallet.data;
				const found = (await sha256(content)) === sum ? Content.safeParse(parsed(content)) : undefined;
				if (!found?.success) return { refused: 'damaged' };
				const credentials = found.data.credentials.flatMap((one) => {
					const said = contents(one.edc);
					return said?.id === one.id ? [{ ...broughtOf(one.edc, said), badge: one.badge, qr: one.qr }] : [];
				});
				return { credentials, unread: found.data.credentials.length - credentials.length };
			}
			const said = contents(text);
			if (said) return { credentials: [broughtOf(text, said)], unread: 0 };
			if (Badge.safeParse(json).data?.type.includes('OpenBadgeCredential')) return { refused: 'badge' };
			return { refused: Sealed.safeParse(json).success ? 'damaged' : 'no-credential' };
		},
		/** Saves the whole wallet as one file. */
		save: async (name: string): Promise<void> => save(new Blob([await copy()], { type: 'application/json' }), name),
		copy,
		/** Takes a credential off the phone; what it was, so that it can be put back with `restore`. */
		remove: (id: string): Promise<Kept | undefined> =>
			change(async (credentials) => {
				const before = await credentials.get(id);
				if (!here(before)) return undefined;
				await credentials.put({ id, removed: now() });
				return before;
			}),
		restore: (kept: Kept): Promise<unknown> => change((credentials) => credentials.put(kept))
	};
}

/** A sealed credential as what it says of itself. */
const broughtOf = (edc: string, { id, course, number, issued = 0, until }: Contents): Brought => {
	return { id, course, edc, badge: '', qr: '', number, issued, until };
};

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined; // no JSON is no wallet; the caller says so
	}
}
