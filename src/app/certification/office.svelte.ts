import type { Flag, Role } from '#core/office.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { Kept } from '#device/certification/office.ts';
import type { Courses } from '../courses.svelte.ts';
import { codeOf } from '../failure.ts';
import type { I18n } from '../i18n.svelte.ts';
import { createAppeals } from './office/appeals.svelte.ts';
import { createApplications } from './office/applications.svelte.ts';
import { createAttempts } from './office/attempts.svelte.ts';
import { flagged } from './office/flag.ts';
import { named, type Opened } from './office/named.ts';
import { createRecords, type RegisterEntry } from './office/records.svelte.ts';
import { told } from './office/register.ts';
import { createRequest } from './office/request.svelte.ts';
import { createRooms } from './office/rooms.svelte.ts';

export type Office = ReturnType<typeof createOffice>;

/** The office of the certification body: who she is, and what waits for her. */
export function createOffice(
	device: Pick<CertificationDevice, 'office' | 'now' | 'random' | 'moments'>,
	i18n: I18n,
	courses: Pick<Courses, 'list' | 'listed'>
) {
	const asking = createRequest();
	const parts = {
		applications: createApplications(device),
		rooms: createRooms(device),
		attempts: createAttempts(device),
		appeals: createAppeals(device),
		records: createRecords(device)
	};
	let kept = $state.raw<Kept>();
	let ended = $state(false);
	let begun: Promise<void> | undefined;

	/** Reads again what is kept of her. */
	async function read(): Promise<void> {
		try {
			kept = await device.office.kept();
		} catch (cause) {
			codeOf(cause); // without storage she enters her key again
		}
	}
	async function ask(work: () => ReturnType<typeof device.office.me>): Promise<boolean> {
		const me = await asking.make(work);
		const { trouble } = asking;
		if (me) ended = false;
		else if (trouble && 'rule' in trouble && kept) ended = trouble.rule === 'key' || trouble.rule === 'expired';
		await read();
		return !!me;
	}
	async function begin(): Promise<void> {
		await Promise.all([read(), parts.rooms.open()]);
		device.moments.on('online', () => kept && void parts.rooms.send());
		if (!kept) return;
		void ask(device.office.me);
		void parts.rooms.send();
	}

	/** The name of a micro-credential. */
	const title = (course: string | null): string => (course === null ? '' : (courses.listed(course)?.title ?? course));

	return {
		...parts,
		asking,
		title,
		/** A line of the register in words. */
		told: (entry: RegisterEntry) => told(i18n, title, entry),
		/** What looks odd in an attempt, in words. */
		flagged: (flag: Flag) => flagged(i18n, flag),
		/** What is open, as its screen calls it, for the tab. */
		named: (opened: Opened): string | undefined => named(i18n, parts, opened),
		/** Who she is; none before she entered her key. */
		get me() {
			return kept?.me;
		},
		/** Whether the endpoint said that her key does not hold any more. */
		get ended() {
			return ended;
		},
		can: (role: Role): boolean => kept?.me.roles.includes(role) === true,
		/** Opens what is on this device, and asks the endpoint in the background; once. */
		start: (): Promise<void> => (begun ??= begin()),
		/** Takes the key that the certification body gave her; true if it is known. A session of another person does not stay on this device. */
		async signIn(key: string): Promise<boolean> {
			const before = kept?.me.staff;
			const known = await ask(() => device.office.signIn(key));
			if (known && before && before !== kept?.me.staff) await device.office.rooms.clear();
			if (known) await parts.rooms.open();
			return known;
		},
		/** Signs the statement. */
		state: (): Promise<boolean> => ask(device.office.state),
		/** Asks again who she is. */
		check: (): Promise<boolean> => ask(device.office.me),
		/** Takes her key and all rooms off this device. */
		async signOut(): Promise<void> {
			await parts.rooms.open();
			await device.office.signOut();
			for (const part of Object.values(parts)) part.forget();
			asking.clear();
			ended = false;
			await Promise.all([read(), parts.rooms.open()]);
		},
		/** What waits for her, by her roles. */
		async look(): Promise<void> {
			const roles = kept?.me.roles ?? [];
			await Promise.all([
				roles.includes('registrar') && parts.applications.load('received'),
				roles.includes('invigilator') && parts.rooms.load(),
				roles.includes('decider') && parts.attempts.load('checking'),
				roles.includes('decider') && parts.attempts.count(),
				roles.includes('reviewer') && parts.appeals.load()
			]);
		},
		/** The micro-credentials, to choose one. */
		get courses() {
			return courses.list;
		}
	};
}
