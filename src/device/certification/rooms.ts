import type { Dexie, Table } from 'dexie';
import { Accepted } from '#core/candidate.ts';
import { AppError } from '#core/errors.ts';
import type { Carried, Sealed } from '#core/exam.ts';
import { Reported, Room, type Report } from '#core/office.ts';
import { packed } from '../endpoint.ts';
import { parsed } from '../net.ts';
import { createFrames, sealedIn, type Scanned } from './collected.ts';
import type { Parts } from './index.ts';
import type { Ask, OfficeRefusal } from './office.ts';

/** What the invigilator saw of one seat. */
export type SeatReport = Report['seats'][number];
/** A session as it is on this device. */
export type KeptRoom = { id: string; room: Room; at: number };
/** What she saw in a session: `changes` counts what was written, `sent` how many of these the endpoint has. */
export type KeptReport = { session: string; seats: Record<string, SeatReport>; changes: number; sent: number };
/** Responses that were collected. They are sealed: this device cannot read them. */
export type Collected = {
	/** The attempt; other responses under the same number stand beside it, as `<attempt>/<n>`. */
	attempt: string;
	form: string;
	session: string;
	sealed: Sealed;
	state: 'waiting' | 'sent' | 'refused';
	verdict?: Accepted['verdict'];
	reason?: Accepted['reason'];
	at: number;
	/** Tells them from the responses of somebody who sits her own exam on this device. */
	collected: true;
};
/** What a file or a code brought: responses that are kept now, and how many of them were new. */
export type Brought = { kept: Collected[]; fresh: number };

type Tables = Dexie & { rooms: Table<KeptRoom, string>; reports: Table<KeptReport, string>; parcels: Table<Collected, string> };

/** The rooms of an invigilator: what she needs on a day without a network, and what she brings home from it. */
export function createRooms({ database, net, site, now }: Parts, ask: Ask) {
	const use = <T>(work: (db: Tables) => Promise<T>): Promise<T> => database.use((db) => work(db as unknown as Tables));
	const frames = createFrames(database);
	const ours = (db: Tables) => db.parcels.filter(({ collected }) => collected === true);

	async function keep(sealed: Sealed[]): Promise<Brought> {
		return use((db) =>
			db.transaction('rw', db.parcels, async () => {
				const brought: Brought = { kept: [], fresh: 0 };
				for (const one of sealed) {
					const all = await db.parcels.where(':id').startsWith(one.attempt).toArray();
					const same = all.find((row) => row.sealed?.box === one.box && row.collected);
					const row: Collected = same ?? {
						attempt: all.length ? `${one.attempt}/${all.length + 1}` : one.attempt,
						form: one.form,
						session: one.session,
						sealed: one,
						state: 'waiting',
						at: now(),
						collected: true
					};
					if (!same) {
						await db.parcels.add(row);
						brought.fresh += 1;
					}
					brought.kept.push(row);
				}
				return brought;
			})
		);
	}

	async function sendParcel(row: Collected): Promise<void> {
		const { body, headers } = await packed(JSON.stringify(row.sealed));
		const reply = await net.ask(`${site}/v1/exam/responses`, { method: 'POST', headers, body, timeout: 60_000, cache: 'no-store' });
		const found = reply.status === 200 ? Accepted.safeParse(parsed(reply)) : undefined;
		if (!found?.success) throw new AppError('server', { cause: found?.error ?? new Error(`responses: ${reply.status}`) });
		const { verdict, reason } = found.data;
		await use((db) =>
			db.parcels.update(row.attempt, { state: verdict === 'refused' ? 'refused' : 'sent', verdict, ...(reason ? { reason } : {}) })
		);
	}

	async function sendReport(row: KeptReport): Promise<OfficeRefusal | undefined> {
		const report: Report = { seats: Object.values(row.seats) };
		const told = await ask('POST', `/v1/office/sessions/${row.session}/report`, Reported, report);
		if ('rule' in told) return told.rule;
		await use((db) => db.reports.update(row.session, { sent: row.changes })); // what was written since then still waits
		return told.ok.left.length ? 'coach' : undefined;
	}

	return {
		/** Brings a session onto this device, or brings it up to date. Throws `AppError`. */
		async prepare(id: string): Promise<{ ok: KeptRoom } | { rule: OfficeRefusal }> {
			const told = await ask('GET', `/v1/office/sessions/${id}`, Room);
			if ('rule' in told) return told;
			const row = { id, room: told.ok, at: now() };
			await use((db) => db.rooms.put(row));
			return { ok: row };
		},
		/** The sessions on this device. Throws `AppError`. */
		all: (): Promise<KeptRoom[]> => use((db) => db.rooms.toArray()),
		reports: (): Promise<KeptReport[]> => use((db) => db.reports.toArray()),
		collected: (): Promise<Collected[]> => use((db) => ours(db).toArray()),
		/** Writes what she saw of a seat; `undefined` takes a thing back. Throws `AppError`. */
		mark: (session: string, form: string, change: { [name in 'seen' | 'absent' | 'note']?: SeatReport[name] | undefined }): Promise<void> =>
			use((db) =>
				db.transaction('rw', db.reports, async () => {
					const row = (await db.reports.get(session)) ?? { session, seats: {}, changes: 0, sent: 0 };
					const seat = Object.fromEntries(
						Object.entries({ ...row.seats[form], form, ...change }).filter(([, value]) => value !== undefined)
					);
					await db.reports.put({ ...row, seats: { ...row.seats, [form]: seat as SeatReport }, changes: row.changes + 1 });
				})
			),
		/** The form of a seat as a file that the candidate's phone reads. */
		carried: ({ room }: KeptRoom, form: string): string =>
			JSON.stringify({
				format: 'passport-exam',
				v: 1,
				envelopes: room.seats.filter((seat) => seat.form === form).map(({ envelope }) => envelope)
			} satisfies Carried),
		/** Keeps the responses in a file. Throws `AppError('copy')` if it has none. */
		collect: async (file: Blob): Promise<Brought> => keep(await sealedIn(file)),
		/** Takes one code of a row of codes; once all are there, keeps the responses in them. `undefined`: the code is no such one. Throws `AppError`. */
		async scanned(text: string): Promise<(Scanned & { brought?: Brought }) | undefined> {
			const scanned = await frames.take(text);
			if (!scanned?.sealed) return scanned;
			const brought = await keep(scanned.sealed);
			await frames.done(scanned.hash);
			return { ...scanned, brought };
		},
		/**
		 * Sends what waits: responses, then reports, each once or again. Ends at the first that the network does not take (throws `AppError`) and names
		 * the rule that stands against a report, if one does. `undefined` also if another tab is at it.
		 */
		send: (): Promise<OfficeRefusal | undefined> =>
			net.alone('office', 'skip', async () => {
				for (const row of await use((db) => ours(db).toArray())) if (row.state === 'waiting') await sendParcel(row);
				let rule: OfficeRefusal | undefined;
				for (const row of await use((db) => db.reports.toArray())) if (row.changes > row.sent) rule = (await sendReport(row)) ?? rule;
				return rule;
			}),
		/** Takes a session off this device, with its report and its responses, of which none may wait. Throws `AppError`. */
		remove: (id: string): Promise<void> =>
			use((db) =>
				db.transaction('rw', db.rooms, db.reports, db.parcels, async () => {
					await db.rooms.delete(id);
					await db.reports.delete(id);
					await ours(db)
						.filter(({ session, state }) => session === id && state === 'sent')
						.delete();
				})
			),
		/** Empties this device of all rooms and reports; responses that were not sent stay. Throws `AppError`. */
		async clear(): Promise<void> {
			await use((db) =>
				db.transaction('rw', db.rooms, db.reports, db.parcels, async () => {
					await db.rooms.clear();
					await db.reports.clear();
					await ours(db)
						.filter(({ state }) => state === 'sent')
						.delete();
				})
			);
			await frames.clear();
		}
	};
}
