import {
	createCipheriv,
	createDecipheriv,
	createHash,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	pbkdf2Sync,
	randomBytes,
	randomUUID,
	sign
} from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Application } from '#core/candidate.ts';
import { Form, envelopeData, link, sealedData, type Attempt, type Envelope, type Sealed } from '#core/exam.ts';
import type { Item, Response as Answer } from '#core/item.ts';
import { Register, Room, type Role } from '#core/office.ts';
import type { Scheme } from '#core/scheme.ts';
import { locales } from '#core/text.ts';
import { signatureBase, type PublicKey } from '#core/wire.ts';
import { sealFile } from '#compiler/seal.ts';
import { createCertification, type Certifying } from '#server/certification/app.ts';
import { createBanks } from '#server/certification/banks.ts';
import { createIssue } from '#server/certification/issue.ts';
import { createProofs } from '#server/certification/proof.ts';
import { createRecords } from '#server/certification/records.ts';
import { createSeal } from '#server/certification/seal.ts';
import { createSealing } from '#server/certification/sealed.ts';
import { course, described } from '../../core/awards.ts';
import { makeScheme, stated } from '../../core/make.ts';
import { endpoint, folder } from '../endpoint.ts';

export const scheme = makeScheme({ id: 'passport-to-employment', edition: stated('ISO/IEC 17024:2012'), items: stated(4) });
const right = 'b';
const outcomes = ['first', 'second'];
const items: Item[] = outcomes.flatMap((outcome) =>
	Array.from({ length: 6 }, (_, at) => ({
		id: `${outcome}-x${at}`,
		outcome,
		kind: 'choice' as const,
		options: ['a', 'b', 'c', 'd'],
		right
	}))
);
const words = Object.fromEntries(
	items.flatMap(({ id }) => [
		[`${id}.question`, `${id}?`],
		...['a', 'b', 'c', 'd'].map((option) => [`${id}.${option}.text`, `${id} ${option}`])
	])
);
export const day = 86_400_000;

/** Writes what the build makes for certification: banks of the twenty courses, the scheme, pictures. */
function build(at: string, own: Scheme): void {
	for (const name of ['exams', 'portraits']) mkdirSync(join(at, name), { recursive: true });
	writeFileSync(join(at, 'exams/scheme.json'), JSON.stringify(own));
	for (const name of [...Object.keys(described), 'passport']) {
		const bank = {
			format: 1,
			course: name,
			edition: 1,
			outcomes,
			items: items.map((item) => ({ item, version: '0123456789abcdef-01234567' })),
			words: Object.fromEntries(locales.map((locale) => [locale, words]))
		};
		if (name !== 'passport') writeFileSync(join(at, 'exams', `${name}.json`), JSON.stringify(bank));
		for (const locale of locales) writeFileSync(join(at, 'portraits', `${name}.${locale}.png`), 'picture');
	}
}

/** The house of certification at a real endpoint, with all that belongs to it; its clock can be moved. */
export async function house(more: Partial<Certifying> & { at?: string; scheme?: Scheme; limits?: Certifying['perAddress'] } = {}) {
	const at = more.at ?? folder();
	build(at, more.scheme ?? scheme);
	const clock = { ahead: 0 };
	const now = () => Date.now() + clock.ahead;
	await keepSeal(at);
	const seal = createSeal(join(at, 'seal.json'));
	const unlimited = { perMinute: 0, burst: 0 };
	const records = createRecords(join(at, 'certification.db'));
	const sealing = createSealing(join(at, 'exam.json'));
	const base = 'https://passport.example';
	const proofs = await createProofs(join(at, 'badge.json'));
	const certification = createCertification({
		records,
		banks: createBanks(join(at, 'exams')),
		sealing,
		seal,
		issue: createIssue({ seal, proofs, described, base, portraits: join(at, 'portraits') }),
		base,
		courses: Object.keys(described),
		perAddress: more.limits ?? unlimited,
		perPerson: unlimited,
		proxied: false,
		now,
		...more
	});
	onTestFinished(() => (certification.stop(), certification.close()));
	const { url } = await endpoint({ certification });

	const read = async (reply: Response) => ({ status: reply.status, json: (await reply.json()) as Record<string, never> });
	/** One of the people of the certification body, who has signed the statement if not said otherwise. */
	function person(roles: Role[], more: { until?: number; stated?: boolean } = {}) {
		const { id, key, code } = records.staff.add(`Person ${roles.join(' ')}`, roles, more.until ?? now() + 365 * day, now());
		if (more.stated ?? true) records.staff.state(id, now());
		const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
			read(
				await fetch(`${url}/v1/office${path}`, {
					method,
					headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
					body: body === undefined ? null : JSON.stringify(body)
				})
			);
		return { id, key, code, get: (path: string) => ask('GET', path), post: (path: string, body: unknown) => ask('POST', path, body) };
	}

	/** A candidate with a key of her own. */
	function candidate(name = 'Maria Nowak', born = '1985-04-12') {
		const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' });
		const [id, key] = [randomUUID() as string, { kty, crv, x, y } as PublicKey];
		const signed = (text: string) => sign('sha256', Buffer.from(text), { key: pair.privateKey, dsaEncoding: 'ieee-p1363' });
		async function ask(method: string, path: string, content?: unknown, who = id) {
			const body = content === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(content));
			const digest = createHash('sha256').update(body).digest('base64');
			const { text, input } = signatureBase(method, `/v1/exam${path}`, digest, Math.floor(now() / 1000), who);
			const headers = {
				'content-type': 'application/json',
				'content-digest': `sha-256=:${digest}:`,
				'signature-input': `sig=${input}`,
				signature: `sig=:${signed(text).toString('base64')}:`
			};
			return read(await fetch(`${url}/v1/exam${path}`, { method, headers, body: body.length ? body : null }));
		}
		const application = (more: Partial<Application> = {}): Application => ({
			id: randomUUID(),
			candidate: id,
			key,
			person: { name, born },
			course: course(1),
			locale: 'pl',
			accommodations: [],
			coaches: [],
			agreed: { scheme: scheme.id, version: scheme.version, at: now() },
			...more
		});
		/** Seals an attempt as her phone does. */
		function seal(attempt: Attempt): Sealed {
			const payload = JSON.stringify(attempt);
			return box({ payload, signature: signed(payload).toString('base64url') }, attempt, sealing.key);
		}
		return {
			id,
			key,
			application,
			seal,
			ask,
			get: (path: string) => ask('GET', path),
			apply: (more: Partial<Application> = {}) => ask('POST', '/apply', application(more))
		};
	}
	const send = async (sealed: unknown) =>
		read(await fetch(`${url}/v1/exam/responses`, { method: 'POST', body: typeof sealed === 'string' ? sealed : JSON.stringify(sealed) }));
	return { at, url, clock, now, records, person, candidate, send, certification, seal };
}
export type House = Awaited<ReturnType<typeof house>>;
export type Candidate = ReturnType<House['candidate']>;

async function keepSeal(at: string): Promise<void> {
	writeFileSync(join(at, 'seal.json'), JSON.stringify(await sealFile(at)));
}

function box(content: object, { id: attempt, form, session }: Attempt, to: PublicKey): Sealed {
	const once = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const secret = diffieHellman({ privateKey: once.privateKey, publicKey: createPublicKey({ key: to, format: 'jwk' }) });
	const iv = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', Buffer.from(hkdfSync('sha256', secret, '', 'responses', 32)), iv);
	cipher.setAAD(Buffer.from(sealedData({ attempt, form, session })));
	const bytes = Buffer.concat([cipher.update(gzipSync(JSON.stringify(content))), cipher.final(), cipher.getAuthTag()]);
	const { kty, crv, x, y } = once.publicKey.export({ format: 'jwk' });
	const key = { kty, crv, x, y } as PublicKey;
	return { v: 1, attempt, form, session, key, iv: iv.toString('base64url'), box: bytes.toString('base64url') };
}

/** Opens an envelope with its code, as a phone does. */
export function openEnvelope(envelope: Envelope, code: string): Form {
	const key = pbkdf2Sync(code, Buffer.from(envelope.salt, 'base64url'), envelope.rounds, 32, 'sha256');
	const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(envelope.iv, 'base64url'));
	const bytes = Buffer.from(envelope.box, 'base64url');
	decipher.setAAD(Buffer.from(envelopeData(envelope)));
	decipher.setAuthTag(bytes.subarray(-16));
	return Form.parse(JSON.parse(gunzipSync(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()])).toString()));
}

/** Sits a form: the first `good` items right, the others wrong. */
export function sat(form: Form, { good = form.items.length, phone = randomUUID() as string, begun = Date.now() } = {}): Attempt {
	let before: string = form.id;
	const log: Attempt['log'] = [];
	const note = (event: Attempt['log'][number]['event'], spent: number, more: { item?: string; response?: Answer } = {}) => {
		const entry = { n: log.length + 1, at: begun + spent, spent, event, ...more };
		before = createHash('sha256').update(link(entry, before)).digest('hex');
		log.push({ ...entry, hash: before });
	};
	const responses: Attempt['responses'] = {};
	note('open', 0);
	note('start', 0);
	const step = Math.round(1_200_000 / (form.items.length + 1)); // twenty minutes in all
	form.items.forEach(({ id }, at) => {
		responses[id] = at < good ? right : 'a';
		note('answer', (at + 1) * step, { item: id, response: responses[id] });
	});
	const spent = (form.items.length + 1) * step;
	note('end', spent);
	const { session, candidate, course } = form;
	return {
		v: 1,
		id: randomUUID(),
		form: form.id,
		session,
		candidate,
		course,
		phone,
		started: begun,
		ended: begun + spent,
		spent,
		locale: 'pl',
		responses,
		log
	};
}

/** The people of a small certification body. */
export const crew = ({ person }: House) => ({
	registrar: person(['registrar']),
	invigilator: person(['invigilator']),
	decider: person(['decider']),
	reviewer: person(['reviewer'])
});
export type Crew = ReturnType<typeof crew>;

/** Everything from the application to an opened form: returns what the candidate has in hand. */
export async function invited({ records }: House, { registrar, invigilator }: Crew, candidate: Candidate, more: Partial<Application> = {}) {
	const application = candidate.application(more);
	await done(candidate.ask('POST', '/apply', application));
	await done(registrar.post(`/applications/${application.id}`, { accept: true, granted: application.accommodations }));
	const session = randomUUID();
	await done(invigilator.post('/sessions', { id: session, place: 'Job centre', starts: Date.now(), applications: [application.id] }));
	const room = records.sessions.room(invigilator.id, session, Date.now());
	if (typeof room === 'string') throw new Error(room);
	const [seat] = room.seats;
	const { json } = await candidate.get(`/envelope/${seat!.form}`);
	const form = openEnvelope((json as unknown as { envelope: Envelope }).envelope, seat!.code);
	return { application, session, seat: seat!, form };
}

/** The same, sat, seen and handed in. */
export async function handedIn(house: House, crew: Crew, candidate: Candidate, more: Partial<Application> & { good?: number } = {}) {
	const { good, ...asked } = more;
	const place = await invited(house, crew, candidate, asked);
	const attempt = sat(place.form, good === undefined ? {} : { good });
	await done(house.send(candidate.seal(attempt)));
	await done(crew.invigilator.post(`/sessions/${place.session}/report`, { seats: [{ form: place.form.id, seen: Date.now() }] }));
	return { ...place, attempt };
}

/** A reply that must be good. */
export async function done<T>(asked: Promise<{ status: number; json: T }>): Promise<T> {
	const { status, json } = await asked;
	if (status !== 200) throw new Error(`${status} ${JSON.stringify(json)}`);
	return json;
}

/** A session with several candidates: the seat and the opened form of each. */
export async function seated(here: House, people: Crew, candidates: Candidate[]) {
	const ids = [];
	for (const one of candidates) {
		const application = one.application();
		await done(one.ask('POST', '/apply', application));
		await done(people.registrar.post(`/applications/${application.id}`, { accept: true, granted: [] }));
		ids.push(application.id);
	}
	const session = randomUUID();
	await done(people.invigilator.post('/sessions', { id: session, place: 'Job centre', starts: 1, applications: ids }));
	const { seats } = Room.parse(await done(people.invigilator.get(`/sessions/${session}`)));
	return { session, seats, forms: seats.map(({ envelope, code }) => openEnvelope(envelope, code)) };
}

/** The register from its first line on, as far as one page holds it, and whether its chain holds. */
export async function registered({ registrar }: Pick<Crew, 'registrar'>) {
	const { entries, holds } = Register.parse(await done(registrar.get('/register')));
	return { entries: entries.toReversed(), holds };
}
