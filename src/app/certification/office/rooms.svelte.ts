import type * as z from 'zod/mini';
import { uuidv7 } from '#core/answer.ts';
import type { ErrorCode } from '#core/errors.ts';
import { frame } from '#core/exam.ts';
import type { Room, Sessions } from '#core/office.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { Brought, Collected, KeptReport, KeptRoom, SeatReport } from '#device/certification/rooms.ts';
import { codeOf } from '../../failure.ts';
import { createRequest, type Trouble } from './request.svelte.ts';

type Session = z.infer<typeof Sessions>['sessions'][number];
/** Where a candidate stands on the day: `ready`: her document was seen; `collected`: her responses are on this device; `safe`: at the endpoint. */
export type SeatState = 'open' | 'ready' | 'absent' | 'collected' | 'safe' | 'refused';
export type Seat = z.infer<typeof Room>['seats'][number] & {
	state: SeatState;
	absent: boolean;
	note: string;
	/** Why the endpoint refused her responses. */
	reason?: Collected['reason'];
};

/** The sessions of an invigilator, prepared for a day without a network. */
export function createRooms({ office, now, random }: Pick<CertificationDevice, 'office' | 'now' | 'random'>) {
	const loading = createRequest();
	const acting = createRequest();
	let sessions = $state.raw<Session[]>();
	let rooms = $state.raw<KeptRoom[]>([]);
	let reports = $state.raw<KeptReport[]>([]);
	let collected = $state.raw<Collected[]>([]);
	let sending = $state(false);
	let again = false;
	/** Rows of codes that were read whole. */
	const read = new Set<string>();
	let held = $state.raw<Trouble>();
	let error = $state<ErrorCode>();

	/** Reads what is on this device. */
	async function refresh(): Promise<void> {
		[rooms, reports, collected] = await Promise.all([office.rooms.all(), office.rooms.reports(), office.rooms.collected()]);
	}
	/** What the storage refuses is `error`; undefined then. */
	async function keep<T>(work: () => Promise<T>): Promise<T | undefined> {
		error = undefined;
		try {
			const done = await work();
			await refresh();
			return done;
		} catch (cause) {
			error = codeOf(cause);
			return undefined;
		}
	}

	/** Sends what waits. Nothing is lost when it fails: it waits on. */
	async function send(): Promise<void> {
		if (sending) return void (again = true);
		sending = true;
		try {
			do {
				again = false;
				const rule = await office.rooms.send();
				held = rule && { rule };
			} while (again);
		} catch (cause) {
			held = { error: codeOf(cause) };
		}
		sending = false;
		await keep(async () => undefined);
	}

	function seat(session: string, one: z.infer<typeof Room>['seats'][number]): Seat {
		const report = reports.find((own) => own.session === session)?.seats[one.form];
		const responses = collected.filter(({ form }) => form === one.form);
		const refused = responses.find(({ state }) => state === 'refused');
		const seen = report ? report.seen : one.seen;
		const state: SeatState =
			one.received || responses.some((own) => own.state === 'sent')
				? 'safe'
				: responses.some((own) => own.state === 'waiting')
					? 'collected'
					: refused
						? 'refused'
						: report?.absent
							? 'absent'
							: seen
								? 'ready'
								: 'open';
		const { seen: _, ...rest } = one;
		return {
			...rest,
			...(seen ? { seen } : {}),
			...(refused?.reason ? { reason: refused.reason } : {}),
			state,
			absent: report?.absent === true,
			note: report?.note ?? ''
		};
	}

	/** Writes it on this device, then tries to send it. What the endpoint had seen before stays seen. */
	async function mark(session: string, form: string, change: { [name in 'seen' | 'absent' | 'note']?: SeatReport[name] | undefined }) {
		const known = reports.find((own) => own.session === session)?.seats[form];
		const seen = known ? {} : { seen: rooms.find(({ id }) => id === session)?.room.seats.find((one) => one.form === form)?.seen };
		await keep(() => office.rooms.mark(session, form, { ...seen, ...change }));
		void send();
	}
	async function bring(work: () => Promise<Brought | undefined>): Promise<Brought | undefined> {
		const brought = await keep(work);
		if (brought) void send();
		return brought;
	}

	return {
		loading,
		acting,
		/** Her sessions as the endpoint has them; none before they came. */
		get sessions() {
			return sessions;
		},
		/** Her sessions on this device. */
		get kept() {
			return rooms;
		},
		get sending() {
			return sending;
		},
		/** Why what waits was not sent. */
		get held() {
			return held;
		},
		/** What this device refused. */
		get error() {
			return error;
		},
		/** How many reports and responses are on this device alone. */
		get waiting() {
			return {
				reports: reports.filter(({ changes, sent }) => changes > sent).length,
				responses: collected.filter(({ state }) => state === 'waiting').length
			};
		},
		/** A session on this device with its seats as they are now. */
		room(id: string): { id: string; place: string; starts: number; at: number; seats: Seat[] } | undefined {
			const own = rooms.find((one) => one.id === id);
			return own && { id, place: own.room.place, starts: own.room.starts, at: own.at, seats: own.room.seats.map((one) => seat(id, one)) };
		},
		open: (): Promise<unknown> => keep(async () => undefined),
		send,
		/** Asks which sessions are hers. */
		async load(): Promise<void> {
			const told = await loading.make(() => office.sessions());
			if (told) sessions = told.sessions;
		},
		/** Makes a session and brings it onto this device; its number, once the endpoint has it. */
		async make(place: string, starts: number, applications: string[]): Promise<string | undefined> {
			const id = uuidv7(now(), random(10));
			const made = await acting.make(() => office.open({ id, place: place.trim(), starts, applications }));
			return made && id;
		},
		/** Brings a session onto this device, or up to date; true if it worked. */
		async prepare(id: string): Promise<boolean> {
			const told = await acting.make(() => office.rooms.prepare(id));
			await keep(async () => undefined);
			return !!told;
		},
		/** She compared the document with name and birth date, now. */
		see: (session: string, form: string): Promise<void> => mark(session, form, { seen: now(), absent: undefined }),
		unsee: (session: string, form: string): Promise<void> => mark(session, form, { seen: undefined }),
		miss: (session: string, form: string, absent: boolean): Promise<void> => mark(session, form, { absent: absent || undefined }),
		note: (session: string, form: string, note: string): Promise<void> => mark(session, form, { note: note.trim() || undefined }),
		/** Whether what was seen may be taken back: only on the same day. */
		fresh: (seen: number): boolean => new Date(seen).toDateString() === new Date(now()).toDateString(),
		/** Saves the form of a seat as a file that the candidate's phone reads. */
		hand(session: string, form: string): void {
			const own = rooms.find(({ id }) => id === session);
			const number = own?.room.seats.find((one) => one.form === form)?.number;
			if (own) office.save(office.rooms.carried(own, form), `exam-${number}.json`);
		},
		matrix: (text: string): Promise<boolean[][]> => office.matrix(text),
		/** Keeps the responses in a file; `error` is `copy` if there are none. */
		collect: (file: Blob): Promise<Brought | undefined> => bring(() => office.rooms.collect(file)),
		/** Takes a code of a row of codes that a candidate's phone shows; once the row is whole, its codes are passed over. */
		async scanned(text: string) {
			const hash = frame(text)?.hash;
			if (!hash || read.has(hash)) return undefined;
			try {
				const scanned = await office.rooms.scanned(text);
				if (!scanned?.brought) return scanned;
				read.add(hash);
				await keep(async () => undefined);
				void send();
				return scanned;
			} catch (cause) {
				error = codeOf(cause);
				return undefined;
			}
		},
		/** Starts the camera; what stops it, or undefined with `error`. */
		scan: (video: HTMLVideoElement, ontext: (text: string) => void) => keep(() => office.scan(video, ontext)),
		/** Whose responses they are, if her session is on this device. */
		whose: ({ session, form }: Collected): Seat | undefined => {
			const one = rooms.find(({ id }) => id === session)?.room.seats.find((own) => own.form === form);
			return one && seat(session, one);
		},
		/** Takes a session off this device; only when nothing of it waits. */
		remove: (id: string): Promise<unknown> => keep(() => office.rooms.remove(id)),
		forget(): void {
			sessions = undefined;
			rooms = reports = collected = [];
		}
	};
}
