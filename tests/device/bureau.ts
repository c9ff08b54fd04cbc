import { gunzipSync } from 'node:zlib';
import type { Sealed } from '#core/exam.ts';
import type { Me, Report, Room } from '#core/office.ts';
import { createOffice } from '#device/certification/office.ts';
import { createWorld, site, type Tab } from './world.ts';

type Reply = object | ((body: unknown, request: Request) => object | Promise<object>);

/** A number of the form of a UUID, the same for the same figure. */
export const id = (figure: number): string => `00000000-0000-4000-8000-${String(figure).padStart(12, '0')}`;
const ok = { v: 1 as const, now: Date.UTC(2026, 10, 23, 12) };
export const key = 'a-key-of-twenty-letters-or-more';
export const session = id(900);

export const me: Me = {
	...ok,
	staff: id(1),
	name: 'Anna Nowak',
	roles: ['registrar', 'invigilator', 'decider', 'reviewer'],
	until: Date.UTC(2027, 11, 31),
	code: 'ABC123',
	stated: true
};

export const seat = (figure: number, part: Partial<Room['seats'][number]> = {}): Room['seats'][number] => ({
	form: id(figure),
	application: id(figure + 100),
	number: `A-00000${figure}`,
	person: { name: `Person ${figure}`, born: '1990-05-03' },
	course: 'communication',
	granted: [],
	code: '7K3M-0QXZ-9ABC',
	envelope: {
		...{ v: 1, form: id(figure), session, candidate: id(figure + 200), course: 'communication', starts: 0 },
		...{ salt: 'c2FsdA', rounds: 100_000, iv: 'aXZpdg', box: 'Ym94' }
	},
	received: false,
	...part
});

export const sealed = (figure: number, part: Partial<Sealed> = {}): Sealed => ({
	v: 1,
	attempt: id(figure + 300),
	form: id(figure),
	session,
	key: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) },
	iv: 'aXZpdg',
	box: 'Ym94'.repeat(300),
	...part
});
export const carried = (...boxes: Sealed[]): string => JSON.stringify({ format: 'passport-exam', v: 1, sealed: boxes });
/** A rule stands against it. */
export const against = (rule: string): Response => Response.json({ error: 'rule', rule, now: ok.now }, { status: 409 });

/** The certification body, at the other end of a line: it replies by the schemas, as tests tell it, and writes down what it is told. */
export async function createBureau() {
	const world = await createWorld();
	const bureau = {
		...world,
		me: { ...me },
		seats: [seat(1), seat(2)],
		/** What came, as it came: reports and responses. */
		reports: [] as Report[],
		responses: [] as Sealed[],
		/** Replies by `GET /v1/…`; they win over what it says by itself. */
		replies: {} as Record<string, Reply>,
		/** The device of a tab, as the people of the certification body use it. */
		office: (tab: Tab = world.tab) => createOffice(parts(tab)),
		parts
	};
	function parts({ device: { database, net, moments, now, random } }: Tab) {
		return { database, net, moments, now, random, packKey: {}, packs: '/packs', site, issuers: [] };
	}
	const usual: Record<string, (body: unknown) => object> = {
		'GET /v1/office/me': () => bureau.me,
		'POST /v1/office/statement': () => ((bureau.me = { ...bureau.me, stated: true }), {}),
		'GET /v1/office/sessions': () => ({
			sessions: [{ id: session, place: 'Room 4', starts: ok.now, candidates: bureau.seats.length, received: 0 }]
		}),
		[`GET /v1/office/sessions/${session}`]: () => ({ id: session, place: 'Room 4', starts: ok.now, seats: bureau.seats }),
		[`POST /v1/office/sessions/${session}/report`]: (body) => (bureau.reports.push(body as Report), { left: [] }),
		'POST /v1/exam/responses': (body) => {
			bureau.responses.push(body as Sealed);
			return { attempt: (body as Sealed).attempt, verdict: 'received' };
		}
	};

	world.line.always = async (request) => {
		const name = `${request.method} ${new URL(request.url).pathname}`;
		const office = name.includes('/v1/office/');
		if (office && request.headers.get('authorization') !== `Bearer ${key}`)
			return Response.json({ error: 'unknown-device', now: ok.now }, { status: 401 });
		const bytes = Buffer.from(await request.clone().arrayBuffer());
		const body: unknown = bytes.length
			? JSON.parse((request.headers.get('content-encoding') === 'gzip' ? gunzipSync(bytes) : bytes).toString())
			: undefined;
		const reply = bureau.replies[name] ?? usual[name];
		if (!reply) return Response.json({ error: 'not-found', now: ok.now }, { status: 404 });
		const said = typeof reply === 'function' ? await reply(body, request) : reply;
		return said instanceof Response ? said : Response.json({ ...ok, ...said });
	};
	return bureau;
}
