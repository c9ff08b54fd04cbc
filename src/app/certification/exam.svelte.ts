import type { Appeal, Application, Person } from '#core/candidate.ts';
import type { ErrorCode } from '#core/errors.ts';
import type { Envelope } from '#core/exam.ts';
import type { About } from '#core/pack.ts';
import type { Accommodation } from '#core/scheme.ts';
import type { Sat } from '#device/certification/attempts.ts';
import type { KeptAppeal, KeptApplication, KeptMine, Parcel } from '#device/certification/exams.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { Courses } from '../courses.svelte.ts';
import { codeOf } from '../failure.ts';
import type { I18n } from '../i18n.svelte.ts';
import { createAloud } from './exam/aloud.svelte.ts';
import { cases, inTheWay } from './exam/cases.ts';
import { createHandover } from './exam/handover.svelte.ts';
import { createPost } from './exam/post.ts';
import { createReading } from './exam/reading.svelte.ts';
import { createSitting } from './exam/sitting.svelte.ts';
import type { SchemeState } from './scheme.svelte.ts';

/** What she fills in to apply. */
export type Draft = { course: string; person: Person; accommodations: Accommodation[]; coaches: string[] };

/** Her way through an exam: application, form, sitting, responses, decision, appeal. What she writes waits on the phone until it is sent. */
export function createExam(
	device: CertificationDevice,
	i18n: I18n,
	courses: Pick<Courses, 'list' | 'listed'>,
	scheme: Pick<SchemeState, 'current' | 'load'>
) {
	const { exams, candidate, moments, now } = device;
	const post = createPost(device);
	let state = $state<'closed' | 'ready' | 'error'>('closed');
	let error = $state<ErrorCode>();
	let unsent = $state<ErrorCode>();
	let busy = $state(false);
	let applications = $state.raw<KeptApplication[]>([]);
	let appeals = $state.raw<KeptAppeal[]>([]);
	let envelopes = $state.raw<Envelope[]>([]);
	let sats = $state.raw<Sat[]>([]);
	let parcels = $state.raw<Parcel[]>([]);
	let told = $state.raw<KeptMine>();
	let about = $state.raw<About>();
	let listening = false;
	let sending: Promise<void> | undefined;
	let more = false;

	const all = $derived(cases({ applications, envelopes, sats, parcels, mine: told?.mine }));
	const appealed = $derived(
		appeals
			.map(({ id, appeal, state, number, reason }) => {
				const said = told?.mine.appeals.find((one) => one.id === id);
				return {
					id,
					kind: appeal.kind,
					attempt: appeal.attempt,
					state: said?.state ?? state,
					number: said?.number ?? number,
					reason,
					answer: said?.answer
				};
			})
			.reverse()
	);

	async function read(): Promise<void> {
		[applications, appeals, envelopes, sats, parcels, told] = await Promise.all([
			exams.applications(),
			exams.appeals(),
			exams.envelopes(),
			exams.attempts.all(),
			exams.parcels(),
			exams.mine()
		]);
	}
	async function sendAll(): Promise<void> {
		busy = true;
		do {
			more = false;
			try {
				await post.send();
				unsent = undefined;
			} catch (cause) {
				unsent = codeOf(cause);
			}
			await tried(read);
		} while (more);
	}
	/** Sends what waits and asks for news; who asks while that is under way has it done once more. Without a network everything waits on. */
	function send(): Promise<void> {
		more = sending !== undefined;
		return (sending ??= sendAll().finally(() => ((sending = undefined), (busy = false))));
	}
	/** Does what may fail; says whether it did not. */
	async function tried(work: () => Promise<unknown>): Promise<boolean> {
		try {
			error = undefined;
			await work();
			return true;
		} catch (cause) {
			error = codeOf(cause);
			return false;
		}
	}

	let writing: Promise<boolean> | undefined;
	/** Writes down what she asks for. A second tap meanwhile is the same one. */
	const written = (work: () => Promise<unknown>): Promise<boolean> => (writing ??= tried(work).finally(() => (writing = undefined)));

	/** From now on what waits is sent when the network comes back. */
	function listen(): void {
		if (!listening) moments.on('online', () => void send());
		listening = true;
	}

	const sitting = createSitting(device, i18n, async () => {
		await tried(read);
		listen();
		await send();
	});

	return {
		sitting,
		reading: createReading(device, i18n, sitting),
		aloud: createAloud(device, i18n),
		handover: createHandover(device),
		get state() {
			return state;
		},
		/** What failed last, of what she asked for. */
		get error() {
			return error;
		},
		/** Why the last sending did not get through. */
		get unsent() {
			return unsent;
		},
		get busy() {
			return busy;
		},
		get cases() {
			return all;
		},
		get appeals() {
			return appealed;
		},
		/** When the certification body was asked last with success, by the phone's clock. */
		get asked() {
			return told?.at;
		},
		get parcels() {
			return parcels;
		},
		/** What she filled in last, to begin with the next time. */
		get person() {
			return applications.at(-1)?.application.person;
		},
		get scheme() {
			return scheme.current;
		},
		title: (course: string): string => courses.listed(course)?.title ?? course,
		/** The courses to apply for, each with what stands in the way. */
		get choices() {
			return courses.list
				.filter(({ written }) => written)
				.map(({ id, title, plain }) => ({ id, title, plain, closed: inTheWay(all, id, now()) }));
		},
		/** The words of a learning outcome; undefined as long as they are not here. */
		outcome: (course: string, id: string): string | undefined =>
			about?.course === course ? about.words[i18n.locale][`${id}.text`] : undefined,
		/** Shows what is on the phone, then sends what waits and asks for news. */
		async open(): Promise<void> {
			if (!(await tried(read))) return void (state = 'error');
			state = 'ready';
			listen();
			await send();
		},
		send,
		/** Reads the rules in force. */
		rules: (): Promise<void> => scheme.load(),
		/** Keeps an application, and sends it when there is a network. The rules must be known: she agrees to them. */
		async apply(draft: Draft): Promise<boolean> {
			const rules = scheme.current;
			if (!rules) return false;
			const kept = await written(async () => {
				const self = await candidate.enrol();
				const id = exams.number();
				const agreed = { scheme: rules.id, version: rules.version, at: now() };
				const application: Application = { id, ...self, ...($state.snapshot(draft) as Draft), locale: i18n.locale, agreed };
				await exams.keepApplication({ id, application, state: 'waiting', at: now() });
				await read();
			});
			if (kept) void send();
			return kept;
		},
		/** Takes an application back, also one that the certification body may not have yet; told to it when there is a network. */
		async withdraw(id: string): Promise<boolean> {
			const kept = await tried(async () => {
				await exams.changeApplication(id, { back: 'waiting' });
				const form = told?.mine.applications.find((one) => one.id === id)?.form;
				if (form && !sats.some((one) => one.form === form)) await exams.drop(form);
				await read();
			});
			if (kept) void send();
			return kept;
		},
		/** Takes her form out of a file. */
		bring: (file: Blob): Promise<boolean> =>
			tried(async () => {
				await exams.bring(file);
				await read();
			}),
		/** Keeps an appeal or a complaint, and sends it when there is a network. */
		async appeal(text: string, attempt?: string): Promise<boolean> {
			const kept = await written(async () => {
				await candidate.enrol();
				const id = exams.number();
				const kind = attempt ? ('appeal' as const) : ('complaint' as const);
				const appeal: Appeal = { id, kind, ...(attempt ? { attempt } : {}), text: text.trim(), locale: i18n.locale, at: now() };
				await exams.keepAppeal({ id, appeal, state: 'waiting', at: now() });
				await read();
			});
			if (kept) void send();
			return kept;
		},
		/** Brings the words of a course's outcomes. */
		describe: (course: string): Promise<boolean> => tried(async () => (about = (await exams.about(course)) ?? about)),
		clear: (): void => void (error = undefined)
	};
}
