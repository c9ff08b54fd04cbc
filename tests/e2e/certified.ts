import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import type { Application } from '#core/candidate.ts';
import { Bank } from '#core/bank.ts';
import { Form, type Attempt, type Envelope } from '#core/exam.ts';
import type { Item, Response } from '#core/item.ts';
import type { Role, Room } from '#core/office.ts';
import { signatureBase } from '#core/wire.ts';
import { createRecords } from '#server/certification/records.ts';
import { chained, createSigner, open, sealed } from '../server/candidate.ts';
import type { Site } from './site.ts';

const day = 86_400_000;
const bankOf = (course: string): Bank => Bank.parse(JSON.parse(readFileSync(`build/exams/${course}.json`, 'utf8')));

type Said = Record<string, unknown>;
async function read(reply: globalThis.Response): Promise<Said> {
	const said = (await reply.json()) as Said;
	if (reply.status !== 200) throw new Error(`${reply.url}: ${reply.status} ${JSON.stringify(said)}`);
	return said;
}

/** The right response to an item, by its key. */
function rightResponse(item: Item): Response {
	return item.kind === 'scenario' ? item.steps.map(({ right }) => right) : item.right;
}

/** A certification body at the real endpoint, with people who act as the office does, and candidates who are not at the browser. */
export async function certified(site: Site) {
	const file = join(site.folder, 'certification.db');
	const records = createRecords(file);

	/** One of its people, who has signed the statement if not said otherwise. */
	function person(name: string, roles: Role[], stated = true) {
		const { id, key, code } = records.staff.add(name, roles, Date.now() + 365 * day, Date.now());
		if (stated) records.staff.state(id, Date.now());
		const ask = async (method: string, path: string, body?: unknown) =>
			read(
				await fetch(`${site.url}/v1/office${path}`, {
					method,
					headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
					body: body === undefined ? null : JSON.stringify(body)
				})
			);
		return { id, key, code, get: (path: string) => ask('GET', path), post: (path: string, body: unknown) => ask('POST', path, body) };
	}
	const crew = {
		registrar: person('Rosa Conti', ['registrar']),
		invigilator: person('Ivan Petrov', ['invigilator']),
		decider: person('Dora Weiss', ['decider']),
		reviewer: person('Rita Lindqvist', ['reviewer'])
	};

	const accept = (id: string, granted: string[] = []) => crew.registrar.post(`/applications/${id}`, { accept: true, granted });
	/** Puts accepted applications in a room for tomorrow; its seats have the codes. */
	async function room(applications: string[], place = 'Job centre, Main Street 4, room 12'): Promise<Room> {
		const id = randomUUID();
		await crew.invigilator.post('/sessions', { id, place, starts: Date.now() + day, applications });
		return (await crew.invigilator.get(`/sessions/${id}`)) as unknown as Room;
	}
	const seen = (session: string, form: string, note?: string) =>
		crew.invigilator.post(`/sessions/${session}/report`, { seats: [{ form, seen: Date.now(), ...(note ? { note } : {}) }] });
	const decide = (attempt: string, decision: 'passed' | 'not-yet' | 'void') =>
		crew.decider.post(`/attempts/${attempt}`, { decision, note: 'All points were looked at.' });

	/** What was issued first: the sealed file, and the text of its code. */
	function issued(): { id: string; edc: string; qr: string } {
		const database = new Database(file, { readonly: true });
		const row = database.prepare('SELECT id, edc, qr FROM credentials WHERE edc IS NOT NULL ORDER BY n').get();
		database.close();
		return row as { id: string; edc: string; qr: string };
	}

	/** A candidate with a phone of her own, somewhere else. */
	async function candidate(name: string, born = '1985-04-12') {
		const [id, signer] = [randomUUID() as string, await createSigner()];
		async function ask(method: string, path: string, content?: unknown) {
			const body = content === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(content));
			const digest = createHash('sha256').update(body).digest('base64');
			const { text, input } = signatureBase(method, `/v1/exam${path}`, digest, Math.floor(Date.now() / 1000), id);
			const signature = Buffer.from(await signer.sign(text), 'base64url').toString('base64');
			const headers = {
				'content-type': 'application/json',
				'content-digest': `sha-256=:${digest}:`,
				'signature-input': `sig=${input}`,
				signature: `sig=:${signature}:`
			};
			return read(await fetch(`${site.url}/v1/exam${path}`, { method, headers, body: body.length ? body : null }));
		}
		return {
			id,
			ask,
			/** Applies; says the id of the application. */
			async apply(course: string, more: Partial<Application> = {}): Promise<string> {
				const application: Application = {
					id: randomUUID(),
					candidate: id,
					key: signer.key,
					person: { name, born },
					course,
					locale: 'pl',
					accommodations: [],
					coaches: [],
					agreed: { scheme: 'passport-to-employment', version: 1, at: Date.now() },
					...more
				};
				await ask('POST', '/apply', application);
				return application.id;
			},
			/** Sits her form: the first `good` items rightly. Says the id of the attempt as the endpoint has it. */
			async sit(at: string, code: string, good: number): Promise<string> {
				const { envelope } = (await ask('GET', `/envelope/${at}`)) as { envelope: Envelope };
				const form = Form.parse(await open(envelope, code));
				const attempt = await sat(form, good);
				await read(
					await fetch(`${site.url}/v1/exam/responses`, { method: 'POST', body: JSON.stringify(await sealed(attempt, signer, form.seal)) })
				);
				const { attempts } = (await ask('GET', '/mine')) as { attempts: { id: string; application: string }[] };
				return attempts.find(({ application }) => application === form.application)!.id;
			}
		};
	}
	return { person, crew, accept, room, seen, decide, issued, candidate, close: () => records.close() };
}

async function sat(form: Form, good: number): Promise<Attempt> {
	const begun = Date.now() - 20 * 60_000;
	const { items } = bankOf(form.course);
	const step = 50_000;
	const responses = Object.fromEntries(
		form.items.slice(0, good).map(({ id }) => [id, rightResponse(items.find(({ item }) => item.id === id)!.item)])
	);
	const answers = Object.entries(responses).map(([item, response], at) => ({
		...{ at: begun + (at + 1) * step, spent: (at + 1) * step },
		...{ event: 'answer' as const, item, response }
	}));
	const spent = (answers.length + 1) * step;
	const { session, candidate, course } = form;
	return {
		...{ v: 1, id: randomUUID(), form: form.id, session, candidate, course, phone: randomUUID() },
		...{ started: begun, ended: begun + spent, spent, locale: 'pl', responses },
		log: await chained(form.id, [
			{ at: begun, spent: 0, event: 'open' },
			{ at: begun, spent: 0, event: 'start' },
			...answers,
			{ at: begun + spent, spent, event: 'end' }
		])
	};
}
