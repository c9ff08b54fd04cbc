import { Hono, type Context } from 'hono';
import * as z from 'zod/mini';
import { Uuid } from '#core/answer.ts';
import {
	Appeal,
	Application,
	Collection,
	Withdrawal,
	type Accepted,
	type Collected,
	type Issued,
	type Mine,
	type Numbered,
	type Withdrawn
} from '#core/candidate.ts';
import type { PublicKey } from '#core/wire.ts';
import { opened, received } from '../body.ts';
import { refuse } from '../refusal.ts';
import { claimed, wrong } from '../signature.ts';
import type { Banks } from './banks.ts';
import { anyone, content, ruled, signed, type ByCandidate, type Parts } from './door.ts';
import type { Issuing } from './issuing.ts';
import type { Sealing } from './sealed.ts';

/** What is read of responses that cannot be taken. */
const Named = z.object({ attempt: Uuid, form: z.optional(z.catch(z.string(), '')) });

/** What a candidate may ask of the certification body, under `/v1/exam`. `courses`: all of which the Passport is made. */
export function createCandidateRoutes(parts: Parts & { banks: Banks; sealing: Sealing; issuing: Issuing; courses: string[] }) {
	const { records, banks, sealing, issuing, courses, perPerson, now } = parts;
	const { applications, sessions, attempts, refused, appeals, collecting, credentials, people } = records;
	const app = new Hono<ByCandidate>();

	/** The content of a request of a phone that is not known here, signed with the key that it brings; or what it is refused with. */
	async function introduced<T extends { candidate: string; key: PublicKey }>(c: Context, schema: z.ZodMiniType<T>): Promise<T | Response> {
		const bytes = await received(c.req.raw);
		if (typeof bytes === 'string') return refuse(c, bytes);
		const body = content(c, bytes, schema);
		if (typeof body === 'string') return refuse(c, body);
		const { data } = body;
		const fault = claimed(c.req.raw) === data.candidate ? wrong(c.req.raw, bytes, data.key, now()) : 'signature';
		return fault ? refuse(c, fault) : data;
	}

	app.post('/apply', anyone(parts), async (c) => {
		const data = await introduced(c, Application);
		if (data instanceof Response) return data;
		const scheme = banks.scheme();
		if (!scheme || !banks.bank(data.course)) return ruled(c, 'course', now());
		if (!past(data.person.born, now()) || !plainly(data.person.name)) return ruled(c, 'person', now());
		const result = applications.apply(data, scheme, now());
		if (result === 'erased') return refuse(c, 'revoked');
		if (result === 'taken') return refuse(c, 'signature');
		if ('rule' in result) return ruled(c, result.rule, now());
		return c.json({ v: 1, now: now(), ...result } satisfies Numbered);
	});

	app.post('/collect', anyone(parts), async (c) => {
		const data = await introduced(c, Collection);
		if (data instanceof Response) return data;
		const wait = perPerson(data.candidate);
		if (wait) return refuse(c, 'many', wait);
		const result = collecting.collect(data, courses, now());
		if (result === 'erased') return refuse(c, 'revoked');
		if (result === 'taken') return refuse(c, 'signature');
		if ('rule' in result) return ruled(c, result.rule, now());
		return c.json({ v: 1, now: now(), ...result } satisfies Collected);
	});

	app.post('/responses', anyone(parts), async (c) => {
		const bytes = await received(c.req.raw);
		if (typeof bytes === 'string') return refuse(c, bytes);
		const body = opened(bytes, c.req.header('content-encoding'));
		if (typeof body === 'string') return refuse(c, body);
		const { data: named } = Named.safeParse(body.json);
		if (!named) return refuse(c, 'body');
		const found = await sealing.open(body.json, sessions.awaited);
		const said = { v: 1 as const, now: now(), attempt: named.attempt };
		const taken = 'reason' in found ? found : attempts.receive(found.attempt, found.hash, now());
		if (typeof taken === 'string') return c.json({ ...said, verdict: taken } satisfies Accepted);
		refused.add(body.text, taken.reason, named.form, now());
		return c.json({ ...said, verdict: 'refused', reason: taken.reason } satisfies Accepted);
	});

	app.use('*', signed(parts));

	app.get('/mine', async (c) => {
		await issuing.again();
		return c.json({ v: 1, now: now(), ...people.mine(c.get('candidate')) } satisfies Mine);
	});
	app.get('/envelope/:form', (c) => {
		const envelope = sessions.envelope(c.get('candidate'), c.req.param('form'));
		return typeof envelope === 'string' ? ruled(c, envelope, now()) : c.json({ v: 1, now: now(), envelope });
	});
	app.post('/withdraw', (c) => {
		const body = content(c, c.get('bytes'), Withdrawal);
		if (typeof body === 'string') return refuse(c, body);
		const rule = applications.withdraw(c.get('candidate'), body.data.application, now());
		return rule ? ruled(c, rule, now()) : c.json({ v: 1, now: now() } satisfies Withdrawn);
	});
	app.post('/appeal', (c) => {
		const body = content(c, c.get('bytes'), Appeal);
		if (typeof body === 'string') return refuse(c, body);
		const result = appeals.appeal(c.get('candidate'), body.data, now());
		return 'rule' in result ? ruled(c, result.rule, now()) : c.json({ v: 1, now: now(), ...result } satisfies Numbered);
	});
	app.get('/credential/:id', async (c) => {
		const [candidate, id] = [c.get('candidate'), c.req.param('id')];
		if (credentials.papers(candidate, id) === 'waiting') await issuing.again();
		const papers = credentials.papers(candidate, id);
		if (papers === 'waiting') return refuse(c, 'server', 60);
		if (papers === 'not-found') return refuse(c, 'not-found');
		const { course, edc, badge, qr } = papers;
		return c.json({ v: 1, now: now(), id, course, edc, badge, qr } satisfies Issued);
	});
	return app;
}

/** Whether a name reads as it is written: with a letter, and without signs that nobody sees or that turn the direction. */
const plainly = (name: string): boolean =>
	/\p{L}/u.test(name) && !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u.test(name);

/** Whether a date is one of the calendar, and somebody who was born then can be alive. */
function past(born: string, now: number): boolean {
	const at = Date.parse(`${born}T00:00:00Z`);
	return at < now && at > now - 130 * 366 * 86_400_000 && new Date(at).toISOString().startsWith(born);
}
