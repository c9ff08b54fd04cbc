import * as z from 'zod/mini';
import { Appeal, Application, Mine } from '#core/candidate.ts';
import { AppError } from '#core/errors.ts';
import { Attempt, Carried, Envelope, Form, Sealed, frames, type Entry, type SignedAttempt } from '#core/exam.ts';
import type { Response } from '#core/item.ts';
import { About } from '#core/pack.ts';
import type { Locale } from '#core/text.ts';
import { uuidv7 } from '#core/answer.ts';
import type { Tables } from '../db.ts';
import { sha256 } from '../keys.ts';
import { unsealed as signed } from '../sealed.ts';
import { createAttempts, entries, replies, sats, type Sat } from './attempts.ts';
import { deflated, envelopeKey, sealedTo, unsealed } from './box.ts';
import type { createCandidate } from './candidate.ts';
import type { Parts } from './index.ts';
import { createSpeech } from './speech.ts';
import { part } from './part.ts';

type Candidate = ReturnType<typeof createCandidate>;

/** Something of hers on its way to the certification body: it waits, arrived and has a number, or was refused for a reason. */
type Way = { state: 'waiting' | 'sent' | 'refused'; number?: string; reason?: string; at: number };
/** `back`: she takes it back; that waits, or is done. */
export type KeptApplication = Way & { id: string; application: Application; back?: 'waiting' | 'done' | undefined };
export type KeptAppeal = Way & { id: string; appeal: Appeal };
/** Sealed responses on this phone. `safe`: the certification body has them. */
export type Parcel = { attempt: string; sealed: Sealed; state: 'waiting' | 'safe' | 'refused'; reason?: string; at: number };
/** What the certification body said last, and when by the phone's clock. */
const Kept = z.object({ mine: Mine, at: z.number() });
export type KeptMine = z.infer<typeof Kept>;

const envelopes = (db: Tables) => db.table<Envelope, string>('envelopes');
const parcels = (db: Tables) => db.table<Parcel, string>('parcels');
/** Bytes of a file that somebody brings: a room of sixty forms is far below it. */
const most = 20_000_000;

/** Exams on the phone: what she applied for, her forms as sealed envelopes, the attempt, and what came of it. Throws `AppError`. */
export function createExams(
	{ database, net, now, random, packs, packKey }: Parts,
	candidate: Candidate,
	{ elapsed = () => performance.now() }: { elapsed?: () => number } = {}
) {
	const attempts = createAttempts(database);
	const number = () => uuidv7(now(), random(10));
	const rows = <T>(name: string): Promise<T[]> => database.use((db) => db.table<T>(name).toArray());
	const put = <T>(name: string, row: T): Promise<unknown> => database.use((db) => db.table<T>(name).put(row));

	/** Keeps the envelopes that are hers and whose exam is not over on this phone. Says how many those are. One that was opened stays as it is. */
	async function keep(brought: Envelope[]): Promise<number> {
		const who = await candidate.who();
		const ended = new Map((await attempts.all()).map((sat) => [sat.form, sat.ended !== undefined]));
		const hers = brought.filter((one) => one.candidate === who && !ended.get(one.form));
		await database.use(async (db) => {
			const here = new Set(await envelopes(db).toCollection().primaryKeys());
			await envelopes(db).bulkPut(hers.filter(({ form }) => !(ended.has(form) && here.has(form))));
		});
		return hers.length;
	}

	return {
		/** Milliseconds by a clock that nobody can set. */
		elapsed,
		number,
		attempts,
		speech: createSpeech(),
		/** Shows the camera in `video` and tells every code that it sees; returns what ends it. */
		scan: async (video: HTMLVideoElement, ontext: (text: string) => void): Promise<() => void> =>
			(await part(import('./camera.ts'))).scan(video, ontext),
		matrix: async (text: string): Promise<boolean[][]> => (await part(import('./code.ts'))).matrix(text),

		applications: () => rows<KeptApplication>('applications'),
		keepApplication: (row: KeptApplication) => put('applications', row),
		/** Changes what is said, and leaves the rest of an application as it is by now. */
		changeApplication: (id: string, change: Partial<KeptApplication>) =>
			database.use((db) => db.table<KeptApplication, string>('applications').update(id, change)),
		appeals: () => rows<KeptAppeal>('appeals'),
		keepAppeal: (row: KeptAppeal) => put('appeals', row),

		/** What the certification body said last. */
		mine: async (): Promise<KeptMine | undefined> => Kept.safeParse((await database.use((db) => db.settings.get('mine')))?.value).data,
		keepMine: (mine: Mine) => database.use((db) => db.settings.put({ name: 'mine', value: { mine, at: now() } satisfies KeptMine })),

		envelopes: () => rows<Envelope>('envelopes'),
		keep,
		/** Takes a form off this phone that she will not sit. */
		drop: (form: string): Promise<void> => database.use((db) => envelopes(db).delete(form)),
		/** Takes her forms out of a file. `not-found`: none in it is hers; `copy`: it is no such file, or not all of it. */
		async bring(file: Blob): Promise<number> {
			const text = file.size > most ? '' : await file.text();
			const carried = Carried.safeParse(json(text));
			if (!carried.success) throw new AppError('copy', { cause: carried.error });
			const kept = await keep(carried.data.envelopes ?? []);
			if (!kept) throw new AppError('not-found', { cause: new Error('no envelope of hers') });
			return kept;
		},
		/** Opens an envelope by its code, for an attempt of its own; undefined if the code is of another. An attempt that was begun goes on. `tries`: other codes before it, for the log. */
		async open(envelope: Envelope, code: string, locale: Locale, tries = 0): Promise<{ sat: Sat; form: Form } | undefined> {
			const key = await envelopeKey(envelope, code);
			const text = await unsealed(envelope, key);
			if (text === undefined) return undefined;
			const form = read(text, envelope);
			const { id, session, candidate: who, application, course } = form;
			const fresh: Sat = {
				...{ id: number(), form: id, session, candidate: who, application, course, phone: number(), key },
				...{ place: 0, later: [], spent: 0, locale }
			};
			return { sat: await attempts.begin(fresh, { at: now(), spent: 0, event: 'open', ...(tries ? { detail: `${tries}` } : {}) }), form };
		},
		/** The form of an attempt that was begun, without the code. */
		async reopen({ form, key }: Sat): Promise<Form> {
			const envelope = await database.use((db) => envelopes(db).get(form));
			const text = envelope && key && (await unsealed(envelope, key));
			if (!text) throw new AppError('not-found', { cause: new Error('the envelope or its key is gone') });
			return read(text, envelope);
		},
		/** Ends an attempt: seals every response and the log to the certification body, signed by her. The form's key is forgotten. */
		async end(sat: Sat, form: Form, spent: number, locale: Locale): Promise<void> {
			const at = now();
			const seal = async (log: Entry[], responses: Record<string, Response>): Promise<Parcel> => {
				const payload = JSON.stringify({
					v: 1,
					...{ id: sat.id, form: form.id, session: form.session, candidate: form.candidate, course: form.course, phone: sat.phone },
					...{ started: sat.started ?? at, ended: at, spent: log.at(-1)!.spent, locale, responses, log }
				} satisfies Attempt);
				const inside: z.infer<typeof SignedAttempt> = { payload, signature: await candidate.sign(payload) };
				const of = { attempt: sat.id, form: form.id, session: form.session };
				const sealed = await sealedTo(form.seal, JSON.stringify(inside), of, random(12));
				return { attempt: sat.id, sealed, state: 'waiting', at };
			};
			await attempts.end(sat, { at, spent, event: 'end' }, seal);
		},

		parcels: async (): Promise<Parcel[]> => {
			const own = new Set((await attempts.all()).map(({ id }) => id));
			return (await rows<Parcel>('parcels')).filter(({ attempt }) => own.has(attempt));
		},
		/** Says what became of a parcel. Once it is safe, the form and what she answered leave this phone. */
		settle: (attempt: string, state: 'safe' | 'refused', reason?: string): Promise<void> =>
			database.use((db) =>
				db.transaction('rw', [parcels(db), sats(db), replies(db), entries(db), envelopes(db)], async () => {
					await parcels(db).update(attempt, { state, at: now(), ...(reason ? { reason } : {}) });
					const sat = state === 'safe' ? await sats(db).get(attempt) : undefined;
					if (!sat) return;
					await envelopes(db).delete(sat.form);
					await replies(db).where('attempt').equals(attempt).delete();
					await entries(db).where('attempt').equals(attempt).delete();
				})
			),
		/** The text of a file with her sealed responses, which anyone can carry. */
		carried: ({ sealed }: Parcel): string => JSON.stringify({ format: 'passport-exam', v: 1, sealed: [sealed] } satisfies Carried),
		/** The same as a row of texts, each small enough for one QR code. */
		async frames({ sealed }: Parcel): Promise<string[]> {
			const text = await deflated(JSON.stringify({ format: 'passport-exam', v: 1, sealed: [sealed] } satisfies Carried));
			return frames(text, await sha256(text));
		},
		/** Hands a file to the browser to save. */
		save(text: string, name: string): void {
			const link = document.createElement('a');
			link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
			link.download = name;
			link.click();
			setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
		},

		/** What is public of a course: from the network, or as it was kept; undefined if neither. */
		async about(course: string): Promise<About | undefined> {
			const name = `about/${course}`;
			const there = await net.json(`${packs}/${course}/about.json`).catch((cause: unknown) => {
				if (cause instanceof AppError) return undefined;
				throw cause;
			});
			const json = there?.json ?? (await database.use((db) => db.settings.get(name)))?.value;
			if (!json) return undefined;
			const about = await signed(json, packKey, About);
			if (there) await database.use((db) => db.settings.put({ name, value: json }));
			return about;
		}
	};
}

function json(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AppError('copy', { cause });
	}
}

/** The form in an envelope; its numbers must be those on the envelope. */
function read(text: string, { form, session, candidate }: Envelope): Form {
	const found = Form.safeParse(json(text));
	if (!found.success) throw new AppError('newer', { cause: found.error }); // it opened, so it is whole: this app does not know its kind
	const { id, session: own, candidate: who } = found.data;
	if (id !== form || own !== session || who !== candidate) throw new AppError('corrupt');
	return found.data;
}
