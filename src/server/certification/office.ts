import { Hono, type Context } from 'hono';
import type * as z from 'zod/mini';
import {
	Answer,
	AppealAnswer,
	Coached,
	Decision,
	Erasure,
	NewCode,
	NewSession,
	NewStanding,
	Report,
	Statement,
	type Me,
	type Register
} from '#core/office.ts';
import { refuse } from '../refusal.ts';
import type { Banks } from './banks.ts';
import { content, keyed, ruled, type ByStaff, type Parts } from './door.ts';
import { createDrawing } from './drawing.ts';
import type { Issuing } from './issuing.ts';
import type { Sealing } from './sealed.ts';
import type { Fault } from './staff.ts';

/** Lines of the register on a page. */
const lines = 500;

type Asked<T> = { data: T; staff: string; id: string; at: number };
/** What came of an action: why it was not done, or what there is to say of it. */
type Done = Fault | object | undefined;
/** The number of a thing; nothing else that is asked for gets into the register. */
const numbered = /^(urn:uuid:)?[0-9a-f-]{36}$/;

/**
 * What the people of the certification body may ask, under `/v1/office`. `courses`: all of which the Passport is made; `changed` is called
 * when the standing of a credential was changed.
 */
export function createOfficeRoutes(
	parts: Parts & { banks: Banks; sealing: Sealing; issuing: Issuing; courses: string[]; changed: () => void }
) {
	const { records, banks, issuing, courses, changed, now } = parts;
	const { staff, applications, sessions, attempts, refused, appeals, credentials, collecting, people, retention, register } = records;
	const open = createDrawing(records, banks, parts.sealing);
	const app = new Hono<ByStaff>();
	app.use('*', keyed(parts));

	/** A reply with what was found, or with what stands against it. */
	const shown = (c: Context<ByStaff>, found: object | Fault) =>
		typeof found === 'string' ? ruled(c, found, now()) : c.json({ v: 1, now: now(), ...found });
	const listed = (c: Context<ByStaff>, name: string, found: object[] | Fault) =>
		shown(c, typeof found === 'string' ? found : { [name]: found });
	/** An action: its body by the schema, and why it is not done, if so; then that stands in the register. */
	const act =
		<T>(schema: z.ZodMiniType<T>, work: (asked: Asked<T>) => Done | Promise<Done>) =>
		async (c: Context<ByStaff>) => {
			const body = content(c, c.get('bytes'), schema);
			if (typeof body === 'string') return refuse(c, body);
			const asked = { data: body.data, staff: c.get('staff').id, id: c.req.param('id') ?? '', at: now() };
			const done = await work(asked);
			if (typeof done !== 'string') return c.json({ v: 1, now: now(), ...done });
			if (done !== 'not-found') register.append(asked.at, asked.staff, 'barred', numbered.test(asked.id) ? asked.id : '', done);
			return ruled(c, done, now());
		};
	const query = (c: Context<ByStaff>, name: string): string | undefined => c.req.query(name) || undefined;
	const after = (c: Context<ByStaff>): number => Math.max(0, Math.trunc(Number(c.req.query('after')) || 0));

	app.get('/me', (c) => {
		const { id, name, roles, until, code, stated } = c.get('staff');
		if (until < now()) return ruled(c, 'expired', now());
		return c.json({ v: 1, now: now(), staff: id, name, roles, until, code, stated: stated !== undefined } satisfies Me);
	});
	app.post(
		'/statement',
		act(Statement, ({ staff: who, at }) => staff.state(who, at))
	);
	app.get('/applications', (c) => listed(c, 'applications', applications.list(c.get('staff').id, query(c, 'state'), now())));
	app.post('/applications/:id', async (c) => {
		const offered = banks.scheme()?.accommodations ?? [];
		return act(Answer, ({ data, staff: who, id, at }) =>
			data.accept && data.granted.some((one) => !offered.includes(one)) ? 'reason' : applications.answer(who, id, data, at)
		)(c);
	});
	app.post(
		'/coached',
		act(Coached, ({ data, staff: who, at }) => staff.declare(who, data.candidate, data.code, at))
	);
	app.get('/sessions', (c) => listed(c, 'sessions', sessions.list(c.get('staff').id, now())));
	app.post(
		'/sessions',
		act(NewSession, ({ data, staff: who, at }) => open(who, data, at))
	);
	app.get('/sessions/:id', (c) => shown(c, sessions.room(c.get('staff').id, c.req.param('id'), now())));
	app.post(
		'/sessions/:id/report',
		act(Report, ({ data, staff: who, id, at }) => sessions.report(who, id, data, at))
	);
	app.get('/attempts', (c) => shown(c, attempts.list(c.get('staff').id, query(c, 'state'), after(c), now())));
	app.get('/attempts/:id', (c) => shown(c, attempts.evidence(c.get('staff').id, c.req.param('id'), now())));
	app.post(
		'/attempts/:id',
		act(Decision, async ({ data, staff: who, id, at }) => {
			const fault = attempts.decide(who, id, data, courses, at);
			if (!fault && data.decision === 'passed') await issuing.soon();
			return fault;
		})
	);
	app.get('/appeals', (c) => listed(c, 'appeals', appeals.list(c.get('staff').id, now())));
	app.post(
		'/appeals/:id',
		act(AppealAnswer, ({ data, staff: who, id, at }) => appeals.answer(who, id, data, at))
	);
	app.get('/credentials', (c) => listed(c, 'credentials', credentials.list(c.get('staff').id, query(c, 'number'), now())));
	app.post(
		'/credentials/:id',
		act(NewStanding, async ({ data, staff: who, id, at }) => {
			const fault = credentials.stand(who, id, data, courses, at);
			if (!fault) changed();
			if (!fault && data.standing === 'valid') await issuing.soon(); // it may have been the last part of a Passport
			return fault;
		})
	);
	app.get('/items', (c) => listed(c, 'items', attempts.items(c.get('staff').id, c.req.query('course') ?? '', now())));
	app.get('/register', (c) => {
		const bar = staff.barred(c.get('staff').id, ['registrar', 'decider', 'reviewer'], now());
		if (bar) return ruled(c, bar, now());
		const found = register.before(Number(query(c, 'before')) || undefined, lines + 1);
		const entries = found.slice(0, lines).map(({ n, at, actor, event, subject, detail, hash }) => ({
			n,
			at,
			actor,
			name: staff.find(actor)?.name,
			event,
			subject,
			about: people.known(subject) ?? staff.find(subject)?.name,
			detail,
			hash
		}));
		const next = found.length > lines ? { next: entries.at(-1)!.n } : {};
		return c.json({ v: 1, now: now(), holds: register.holds(), entries, ...next } satisfies Register);
	});
	app.get('/refused', (c) => listed(c, 'refused', refused.list(c.get('staff').id, now())));
	app.get('/candidates/:id/export', (c) => shown(c, people.export(c.get('staff').id, c.req.param('id'), now())));
	app.post(
		'/candidates/:id/code',
		act(NewCode, ({ staff: who, id, at }) => collecting.give(who, id, at))
	);
	app.post(
		'/candidates/:id/erase',
		act(Erasure, ({ staff: who, id, at }) => retention.erase(who, id, at))
	);
	return app;
}
