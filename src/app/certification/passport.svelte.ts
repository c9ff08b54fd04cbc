import type { ErrorCode } from '#core/errors.ts';
import type { Verification } from '#core/verification.ts';
import { locales } from '#core/text.ts';
import type { Text } from '#device/certification/credential.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { Brought, Held, Kept, Refusal } from '#device/certification/wallet.ts';
import type { Courses, Listed } from '../courses.svelte.ts';
import { codeOf } from '../failure.ts';
import type { I18n } from '../i18n.svelte.ts';
import { filesOf, line, type Format } from './handing.ts';
import { altered, counts, is, validity, type Validity } from './validity.ts';

/** A credential in her Passport. */
export type Credential = Held & { validity: Validity };
/** One of the twenty: what the catalogue says of it, and her credential for it if she has one. */
export type Stamp = Listed & { awarded: Credential | undefined };
/** What was done last, to be said once: `passport.news.<name>`. */
export type News =
	| { name: 'added' | 'collected'; count: number; left: number }
	| { name: 'nothing-new' | 'here' | 'removed' | 'restored' | 'saved' | 'shared' | 'copied' | 'not-copied' }
	| { name: 'refused'; reason: Refusal | 'altered' };

export type Passport = ReturnType<typeof createPassport>;

/** Her Passport: the credentials on this phone, how each stands, and what can be done with them. */
export function createPassport({ wallet, verifier, now }: CertificationDevice, i18n: I18n, courses: Pick<Courses, 'list' | 'listed'>) {
	let held = $state.raw<Held[]>([]);
	let checked = $state.raw<Record<string, Verification>>({});
	let state = $state<'loading' | 'ready' | 'error'>('loading');
	let error = $state<ErrorCode>();
	let busy = $state(false);
	let news = $state.raw<News>();
	let removed = $state.raw<Kept>();
	/** When all were looked at last. */
	let looked = -Infinity;

	const list = $derived(held.map((one): Credential => ({ ...one, validity: validity(checked[one.id]) })).sort(newest));
	const passport = $derived(list.find(({ course }) => course === null));
	const stamps = $derived(courses.list.map((course): Stamp => ({ ...course, awarded: list.find((one) => one.course === course.id) })));
	const others = $derived(list.filter(({ course }) => course !== null && !stamps.some(({ id }) => id === course)));
	const got = $derived(new Set(list.flatMap(({ course, validity }) => (course && counts(validity) ? [course] : []))).size);

	/** Does something that the world may refuse; undefined if it did, and `error` says why. */
	async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
		error = news = undefined;
		busy = true;
		try {
			return await work();
		} catch (cause) {
			error = codeOf(cause);
			return undefined;
		} finally {
			busy = false;
		}
	}
	async function read(): Promise<void> {
		held = await wallet.all();
		state = 'ready';
	}
	/** Looks at the seal and the standing of each, one after the other: all once an hour, else those of which little is known. */
	async function check(): Promise<void> {
		const all = now() - looked > 3_600_000;
		if (all) looked = now();
		for (const { id, edc } of held)
			if (all || ['checking', 'unknown'].includes(validity(checked[id]).state))
				checked = { ...checked, [id]: await verifier.verify(edc, now()) };
	}
	/** What may be kept of a credential from a file: nothing if it was changed; as one of the twenty only if the issuer is known. */
	async function sound(brought: Brought): Promise<Brought | undefined> {
		const found = await verifier.verify(brought.edc, now());
		if (altered(found)) return undefined;
		checked = { ...checked, [brought.id]: found };
		const { course, ...rest } = brought;
		const code = brought.qr ? await verifier.verify(brought.qr, now()) : undefined;
		const same = code && !altered(code) && (code.shown?.id ?? brought.id) === brought.id;
		const known = course !== undefined && is(found, 'issuer', 'good');
		return { ...rest, qr: same ? brought.qr : '', course: known ? course : undefined };
	}
	const say = (text: Text): string => text[i18n.locale] ?? locales.map((locale) => text[locale]).find((said) => said) ?? '';

	return {
		get state() {
			return state;
		},
		get error() {
			return error;
		},
		get busy() {
			return busy;
		},
		/** What was done last. */
		get news() {
			return news;
		},
		/** Everything that is on the phone, the newest first. */
		get list() {
			return list;
		},
		/** The Passport itself, when all twenty are there. */
		get passport() {
			return passport;
		},
		get stamps() {
			return stamps;
		},
		/** Credentials that are none of the twenty here. */
		get others() {
			return others;
		},
		/** How many of the twenty she has; one that was withdrawn or changed does not count. */
		get got() {
			return got;
		},
		/** What was taken away last and can still be put back. */
		get removed() {
			return removed;
		},
		/** The words of a credential in the language of the moment, else in one that it has. */
		say,
		find: (id: string): Credential | undefined => list.find((one) => one.id === id),
		/** Reads what is here, looks at how it stands, and asks quietly for what is new. */
		async load(): Promise<void> {
			error = undefined;
			if (news?.name !== 'removed') news = undefined; // that can still be undone
			try {
				await read();
				await check();
			} catch (cause) {
				error = codeOf(cause);
				if (state === 'loading') state = 'error';
				return;
			}
			try {
				if (await wallet.collect()) {
					await read();
					await check();
				}
			} catch (cause) {
				codeOf(cause); // without a network the Passport is what it was
			}
		},
		/** Asks the certification body for all that is hers, also for what she took away here. */
		collect: () =>
			attempt(async () => {
				const count = await wallet.collect(true).finally(read);
				news = count ? { name: 'collected', count, left: 0 } : { name: 'nothing-new' };
				await check();
			}),
		/** Brings in a saved wallet or one credential. What was changed since it was sealed stays out; nothing here is lost. */
		add: (file: Blob) =>
			attempt(async () => {
				const opened = await wallet.open(file);
				if ('refused' in opened) return void (news = { name: 'refused', reason: opened.refused });
				let [count, left, good] = [0, opened.unread, 0];
				for (const brought of opened.credentials) {
					const one = await sound(brought);
					if (!one) left += 1;
					else {
						good += 1;
						if (await wallet.keep(one)) count += 1;
					}
				}
				await read();
				if (count) news = { name: 'added', count, left };
				else news = good || !left ? { name: 'here' } : { name: 'refused', reason: 'altered' };
			}),
		/** Saves everything in one file. */
		save: () =>
			attempt(async () => {
				await wallet.save(`passport-wallet-${new Date(now()).toISOString().slice(0, 10)}.json`);
				news = { name: 'saved' };
			}),
		/** Takes a credential off this phone; true when it is gone. `restore` puts it back. */
		remove: async (id: string): Promise<boolean> =>
			(await attempt(async () => {
				removed = await wallet.remove(id);
				await read();
				news = { name: 'removed' };
				return true;
			})) ?? false,
		restore: () =>
			attempt(async () => {
				if (removed) await wallet.restore(removed);
				removed = undefined;
				await read();
				news = { name: 'restored' };
			}),
		/** Hands over the files of some credentials. */
		share: (ids: string[], format: Format) =>
			attempt(async () => {
				const end = await wallet.share(
					list.filter(({ id }) => ids.includes(id)).flatMap((one) => filesOf(one, format)),
					`passport-${format}.zip`
				);
				if (end !== 'stopped') news = { name: end };
			}),
		/** Puts a text on the clipboard. */
		copy: (text: string) => attempt(async () => void (news = { name: (await wallet.copied(text)) ? 'copied' : 'not-copied' })),
		/** The squares of a QR code, as that of a credential; undefined if there is none on this phone. */
		code: async ({ qr }: Pick<Kept, 'qr'>): Promise<boolean[][] | undefined> => (qr ? wallet.matrix(qr) : undefined),
		/** The line for a CV, in the language of the moment. */
		line: (credential: Credential): string => line(credential, i18n, say),
		/** Forgets what was said last. */
		quiet: () => void (news = error = undefined)
	};
}

const newest = (one: Kept, other: Kept) => other.issued - one.issued;
