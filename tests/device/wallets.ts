import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { Award, Described } from '#core/award.ts';
import type { Issued, Mine } from '#core/candidate.ts';
import { credential, passport } from '#core/edc.ts';
import { AppError } from '#core/errors.ts';
import { locales, type Locale } from '#core/text.ts';
import type { Parts } from '#device/certification/index.ts';
import { createVerifier } from '#device/certification/verifier.ts';
import { createWallet } from '#device/certification/wallet.ts';
import { createDevice } from '#device/index.ts';
import { chain, day, pinned, seal, statusJws, today, type Holder, type Lists } from './certificates.ts';

globalThis.IDBKeyRange = IDBKeyRange; // Dexie looks for it there

/** The body that certifies in these tests, and one that nobody knows. */
export const [ours, theirs] = await Promise.all([chain(), chain({ organisation: 'Somebody Else', identifier: 'NTRCY-99999999' })]);

const keys = ['course.title', 'course.plain', 'listen.text'];
const descriptors = ['assessment', 'prerequisites', 'participation', 'quality', 'stackability', 'further'].map(
	(name) => `descriptor.${name}`
);
const words = (course: string, locale: Locale) =>
	Object.fromEntries([...keys, ...descriptors].map((key) => [key, `${key} of ${course} (${locale})`]));
const described = (course: string, place = 3): Described => ({
	course,
	place,
	framework: 'lifecomp',
	competence: 'S2',
	eqf: 4,
	hours: 8,
	provisional: true,
	outcomes: [{ id: 'listen', type: 'skill', source: 'S2.1' }],
	words: Object.fromEntries(locales.map((locale) => [locale, words(course, locale)])) as Described['words']
});
const awarded = (course: string, n: number): Award => ({
	id: `urn:uuid:00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
	number: `C-${String(n).padStart(6, '0')}`,
	course,
	edition: 1,
	holder: { name: 'Maria Papadopoulou', born: '1990-02-03' },
	issued: today - 2 * day + n,
	score: 85,
	scheme: { id: 'passport', version: 1, edition: '2012' },
	status: { list: '1', index: n }
});
const issuing = (holder: Holder) => ({
	issuer: holder === ours ? pinned(ours, undefined, true).issuer : { ...pinned(theirs, 'NTRCY-99999999').issuer },
	base: 'https://passport.test',
	pictures: Object.fromEntries(locales.map((locale) => [locale, 'iVBORw0KGgo='])) as Record<Locale, string>
});

/** What the endpoint gives for a credential; its bit in the status lists is `n`. */
export async function issued(course: string, n: number, holder = ours): Promise<Issued> {
	const award = awarded(course, n);
	const edc = JSON.stringify(await seal(JSON.stringify(credential(award, described(course), issuing(holder))), holder));
	const badge = JSON.stringify({ type: ['VerifiableCredential', 'OpenBadgeCredential'], id: award.id });
	return { v: 1, now: today, id: award.id, course, edc, badge, qr: 'EDC1:7' };
}

/** The Passport itself, of twenty. */
export async function whole(courses: string[], n = 99): Promise<Issued> {
	const awards = courses.map((course, at) => awarded(course, at + 1));
	const node = passport(
		awarded('passport', n),
		awards,
		Object.fromEntries(courses.map((course) => [course, described(course)])),
		issuing(ours)
	);
	const edc = JSON.stringify(await seal(JSON.stringify(node), ours));
	return { v: 1, now: today, id: awards[0]!.id.replace(/.{3}$/, '099'), course: null, edc, badge: '{}', qr: 'EDC1:8' };
}

/** A phone, and a certification body with what it awarded her. */
export function createHolder({ lists = {} as Lists, disk = new IDBFactory() } = {}) {
	const office = {
		/** What it awarded; undefined: she never applied. */
		credentials: undefined as Issued[] | undefined,
		asked: [] as string[],
		/** The line is cut after so many requests. */
		cut: Infinity
	};
	const ask = (what: string) => {
		if (office.cut-- <= 0) throw new AppError('offline');
		office.asked.push(what);
	};
	const candidate = {
		async mine(): Promise<Mine | undefined> {
			if (!office.credentials) return undefined;
			ask('mine');
			const credentials = office.credentials.map(({ id, course }) => ({ id, course, standing: 'valid' as const, issued: today }));
			return { v: 1, now: today, applications: [], attempts: [], appeals: [], credentials };
		},
		async credential(id: string): Promise<Issued> {
			ask(id);
			return office.credentials!.find((one) => one.id === id)!;
		}
	};
	const fetching = (async (path: string) => {
		const purpose = (['revocation', 'suspension'] as const).find((name) => path.endsWith(`/v1/status/1-${name}`));
		if (!purpose) return new Response('', { status: 404 });
		return new Response(await statusJws(ours, purpose, lists[purpose]));
	}) as typeof fetch;
	const now = () => today;
	const device = createDevice({ packKey: {}, fetch: fetching, indexedDB: disk, now });
	const parts: Parts = { ...device, now, packKey: {}, packs: '/packs', site: '', issuers: [pinned(ours, undefined, true)] };
	return { office, disk, now, database: device.database, wallet: createWallet(parts, candidate), verifier: createVerifier(parts) };
}

export const file = (text: string) => new Blob([text]);
