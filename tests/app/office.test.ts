import { expect, test } from 'vitest';
import { flagged } from '#app/certification/office/flag.ts';
import { fits } from '#app/certification/office/found.ts';
import { told } from '#app/certification/office/register.ts';
import { createOffice } from '#app/certification/office.svelte.ts';
import { words } from '#app/certification/words.ts';
import { createI18n } from '#app/i18n.svelte.ts';
import { refusals } from '#core/candidate.ts';
import { frames } from '#core/exam.ts';
import { officeRules, registerEvents, roles } from '#core/office.ts';
import { locales } from '#core/text.ts';
import { deflated } from '#device/certification/box.ts';
import { sha256 } from '#device/keys.ts';
import { against, carried, createBureau, id, key, seat, sealed, session } from '../device/bureau.ts';
import { day, lostRequest, until, type Tab } from '../device/world.ts';

type Bureau = Awaited<ReturnType<typeof createBureau>>;

/** Opens the office in a tab. */
async function opened(bureau: Bureau, tab: Tab = bureau.tab) {
	const { now, random, moments } = tab.device;
	const i18n = await createI18n('en', () => undefined);
	const office = createOffice({ office: bureau.office(tab), now, random, moments }, i18n, { list: [], listed: () => undefined });
	await office.start();
	return office;
}
async function started() {
	const bureau = await createBureau();
	const office = await opened(bureau);
	await office.signIn(key);
	return { bureau, office, rooms: office.rooms };
}
async function prepared() {
	const all = await started();
	await all.rooms.prepare(session);
	const at = (figure: number) => all.rooms.room(session)?.seats.find(({ form }) => form === id(figure));
	return { ...all, at };
}
const points = { points: 12, of: 20, outcomes: { 'listen-check': { points: 12, of: 20 } }, met: true };
const attempt = (figure: number) => ({
	...{ id: id(figure), number: `A-00000${figure}`, course: 'communication', state: 'checking', received: 0, result: points, flags: [] }
});
const evidence = (part: object = {}) => ({
	...attempt(1),
	...{
		person: { name: 'Person 1', born: '1990-05-03' },
		scheme: { id: 'scheme', version: 1 },
		granted: [],
		items: [],
		log: [],
		upheld: false
	},
	...{ session: { place: 'Room 4', starts: 0, invigilator: 'Eva', seen: 1 }, ...part }
});

test('first the key, then the statement, then what waits for her by her roles and nothing else', async () => {
	const bureau = await createBureau();
	bureau.me = { ...bureau.me, stated: false, roles: ['reviewer'] };
	const office = await opened(bureau);
	expect(office.me).toBeUndefined();
	expect(await office.signIn('wrong')).toBe(false);
	expect(office.asking.trouble).toEqual({ rule: 'key' });
	expect(await office.signIn(key)).toBe(true);
	expect(office.me).toMatchObject({ name: 'Anna Nowak', stated: false });
	expect(await office.state()).toBe(true);
	expect(office.me?.stated).toBe(true);
	bureau.replies['GET /v1/office/appeals'] = { appeals: [] };
	bureau.line.log.length = 0;
	await office.look();
	expect(bureau.line.log).toEqual(['GET /v1/office/appeals']);
	expect(office.appeals.list).toEqual([]);
});

test('a key that ended is said so, and the session on the device stays', async () => {
	const { bureau } = await prepared();
	bureau.replies['GET /v1/office/me'] = () => against('expired');
	const office = await opened(bureau, bureau.phone.open());
	await until(() => office.ended);
	expect(office.rooms.kept).toHaveLength(1);
	delete bureau.replies['GET /v1/office/me'];
	expect(await office.signIn(key)).toBe(true);
	expect(office.ended).toBe(false);
});

test('without a network she is still signed in, with her session', async () => {
	const { bureau } = await prepared();
	bureau.line.always = lostRequest;
	const office = await opened(bureau, bureau.phone.open());
	await until(() => !office.asking.busy);
	expect(office.asking.trouble).toEqual({ error: 'offline' });
	expect([office.ended, office.me?.name, office.rooms.room(session)?.seats.length]).toEqual([false, 'Anna Nowak', 2]);
});

test('when another person signs in, the sessions of the one before are gone', async () => {
	const { bureau, office } = await prepared();
	bureau.me = { ...bureau.me, staff: id(2), name: 'Eva' };
	await office.signIn(key);
	expect([office.me?.name, office.rooms.kept]).toEqual(['Eva', []]);
});

test('signing out leaves nothing of her and of her sessions in sight', async () => {
	const { office } = await prepared();
	await office.signOut();
	expect([office.me, office.rooms.kept, office.rooms.sessions]).toEqual([undefined, [], undefined]);
});

test('on a day without a network a seat goes from open to seen to collected; with the network it is safe', async () => {
	const { bureau, rooms, at } = await prepared();
	const { always } = bureau.line;
	bureau.line.always = lostRequest;
	expect(at(1)?.state).toBe('open');
	await rooms.see(session, id(1));
	expect(at(1)).toMatchObject({ state: 'ready', seen: Date.now() });
	await rooms.miss(session, id(2), true);
	expect(at(2)?.state).toBe('absent');
	await rooms.note(session, id(1), '  noise ');
	expect(at(1)?.note).toBe('noise');
	await rooms.collect(new Blob([carried(sealed(1))]));
	expect(at(1)?.state).toBe('collected');
	await until(() => !rooms.sending && rooms.held !== undefined);
	expect(rooms.held).toEqual({ error: 'offline' });
	expect(rooms.waiting).toEqual({ reports: 1, responses: 1 });
	bureau.line.always = always;
	bureau.phone.events.dispatchEvent(new Event('online'));
	await until(() => at(1)?.state === 'safe' && rooms.waiting.reports === 0);
	expect(bureau.reports.at(-1)).toEqual({
		seats: [
			{ form: id(1), seen: Date.now(), note: 'noise' },
			{ form: id(2), absent: true }
		]
	});
});

test('a document that was seen by mistake is taken back on the same day only, and the endpoint hears of it', async () => {
	const { bureau, rooms, at } = await prepared();
	await rooms.see(session, id(1));
	await until(() => bureau.reports.length > 0 && !rooms.sending);
	expect(rooms.fresh(at(1)!.seen!)).toBe(true);
	await rooms.unsee(session, id(1));
	expect(at(1)?.state).toBe('open');
	await until(() => rooms.waiting.reports === 0);
	expect(bureau.reports.at(-1)).toEqual({ seats: [{ form: id(1) }] });
	await rooms.see(session, id(1));
	const { seen } = at(1)!;
	bureau.pass(day);
	expect(rooms.fresh(seen!)).toBe(false);
});

test('what the endpoint knew as seen stays seen when a note is added on another device', async () => {
	const { bureau, rooms, at } = await started().then(async (all) => {
		all.bureau.seats = [seat(1, { seen: 5000 })];
		await all.rooms.prepare(session);
		return { ...all, at: () => all.rooms.room(session)?.seats[0] };
	});
	await rooms.note(session, id(1), 'late');
	expect(at()).toMatchObject({ state: 'ready', seen: 5000 });
	await until(() => bureau.reports.length > 0);
	expect(bureau.reports.at(-1)).toEqual({ seats: [{ form: id(1), seen: 5000, note: 'late' }] });
});

test('refused responses show their reason at the seat; later good ones make it safe', async () => {
	const { bureau, rooms, at } = await prepared();
	bureau.replies['POST /v1/exam/responses'] = { attempt: sealed(1).attempt, verdict: 'refused', reason: 'shape' };
	await rooms.collect(new Blob([carried(sealed(1))]));
	await until(() => at(1)?.state === 'refused');
	expect(at(1)?.reason).toBe('shape');
	delete bureau.replies['POST /v1/exam/responses'];
	await rooms.collect(new Blob([carried(sealed(1, { box: 'b3RoZXI' }))]));
	await until(() => at(1)?.state === 'safe');
});

test('codes that go round and round are collected once, with their progress', async () => {
	const { rooms, at } = await prepared();
	const folded = await deflated(carried(sealed(1)));
	const codes = frames(folded, await sha256(folded), 60);
	const seen = [];
	for (const code of [...codes, ...codes]) seen.push(await rooms.scanned(code));
	expect(seen.slice(0, codes.length).map((one) => one?.got)).toEqual(codes.map((_, at) => at + 1));
	expect(seen.slice(codes.length)).toEqual(codes.map(() => undefined));
	expect(['collected', 'safe']).toContain(at(1)?.state);
});

test('a wrong file is told, and clears when the next one is right', async () => {
	const { rooms } = await prepared();
	expect(await rooms.collect(new Blob(['{}']))).toBeUndefined();
	expect(rooms.error).toBe('copy');
	await rooms.collect(new Blob([carried(sealed(1))]));
	expect(rooms.error).toBeUndefined();
});

test('a session with somebody whom she taught is not made, and she reads why', async () => {
	const { bureau, rooms } = await started();
	bureau.replies['POST /v1/office/sessions'] = () => against('coach');
	expect(await rooms.make('Room 4', 0, [id(101)])).toBeUndefined();
	expect(rooms.acting.trouble).toEqual({ rule: 'coach' });
});

test('an application is accepted with the help that is granted, and leaves the list of the new ones', async () => {
	const { bureau, office } = await started();
	const one = {
		id: id(101),
		number: 'A-000001',
		candidate: id(201),
		person: { name: 'Person 1', born: '1990-05-03' },
		course: 'communication'
	};
	let list = [{ ...one, locale: 'en', state: 'received', asked: ['reader'], granted: [], coached: false, at: 0 }];
	const said: unknown[] = [];
	bureau.replies['GET /v1/office/applications'] = () => ({ applications: list });
	bureau.replies[`POST /v1/office/applications/${id(101)}`] = (body) => (said.push(body), (list = []), {});
	await office.applications.load('received');
	expect(office.applications.list).toHaveLength(1);
	await office.applications.find(id(101));
	expect(await office.applications.accept(id(101), ['extra-time'])).toBe(true);
	expect(said).toEqual([{ accept: true, granted: ['extra-time'] }]);
	expect(office.applications.list).toEqual([]);
	expect(office.applications.at(id(101))?.number, 'what was opened can still be read').toBe('A-000001');
	expect(office.named({ application: id(101) })).toBe('office.application.title');
});

test('of two lists that were asked for the later is shown, whichever comes first', async () => {
	const { bureau, office } = await started();
	let release = () => {};
	const slow = new Promise<void>((resolve) => (release = resolve));
	bureau.replies['GET /v1/office/attempts'] = async (_, request) => {
		const first = request.url.includes('state=checking');
		if (first) await slow;
		return { attempts: [attempt(first ? 1 : 2)], all: 1 };
	};
	const loads = [office.attempts.load('checking'), office.attempts.load('passed')];
	await loads[1];
	release();
	await Promise.all(loads);
	expect([office.attempts.shown, office.attempts.page?.attempts[0]?.number]).toEqual(['passed', 'A-000002']);
});

test('attempts are turned page by page, there and back', async () => {
	const { bureau, office } = await started();
	bureau.replies['GET /v1/office/attempts'] = (_, request) => {
		const after = new URL(request.url).searchParams.get('after');
		return { attempts: [attempt(after ? 2 : 1)], all: 101, ...(after ? {} : { next: 100 }) };
	};
	await office.attempts.load('checking');
	await office.attempts.next();
	expect([office.attempts.before, office.attempts.page?.attempts[0]?.id]).toEqual([100, id(2)]);
	await office.attempts.next();
	expect(office.attempts.before).toBe(100);
	await office.attempts.previous();
	expect([office.attempts.before, office.attempts.page?.attempts[0]?.id]).toEqual([0, id(1)]);
});

test('a decision is recorded with its note; one that a rule stands against is not, and the evidence stays', async () => {
	const { bureau, office } = await started();
	const said: unknown[] = [];
	let decision = {};
	bureau.replies[`GET /v1/office/attempts/${id(1)}`] = () => evidence(decision);
	bureau.replies[`POST /v1/office/attempts/${id(1)}`] = () => against('unseen');
	await office.attempts.open(id(1));
	expect(await office.attempts.decide(id(1), { decision: 'passed', note: 'all in order' })).toBe(false);
	expect([office.attempts.acting.trouble, office.attempts.evidence?.number]).toEqual([{ rule: 'unseen' }, 'A-000001']);
	bureau.replies[`POST /v1/office/attempts/${id(1)}`] = (body) => {
		said.push(body);
		decision = { decision: { passed: true, by: 'Anna Nowak', at: 1, note: 'all in order' } };
		return {};
	};
	expect(await office.attempts.decide(id(1), { decision: 'passed', note: 'all in order' })).toBe(true);
	expect(said).toEqual([{ decision: 'passed', note: 'all in order' }]);
	expect(office.attempts.evidence?.decision?.by).toBe('Anna Nowak');
});

test('an appeal is answered and shows the answer', async () => {
	const { bureau, office } = await started();
	let state: object = { state: 'received' };
	const one = { id: id(7), number: 'R-000001', kind: 'appeal', text: 'Please look again', locale: 'en', at: 0 };
	bureau.replies['GET /v1/office/appeals'] = () => ({ appeals: [{ ...one, ...state }] });
	bureau.replies[`POST /v1/office/appeals/${id(7)}`] = (body) => (
		(state = { state: 'upheld', answer: (body as { answer: string }).answer }),
		{}
	);
	await office.appeals.find(id(7));
	expect(await office.appeals.answer(id(7), true, 'You were right')).toBe(true);
	expect(office.appeals.list).toMatchObject([{ state: 'upheld', answer: 'You were right' }]);
});

test('a certificate is suspended with the reason, and the list follows; an erasure says what is kept until when', async () => {
	const { bureau, office } = await started();
	const urn = `urn:uuid:${id(8)}`;
	let standing = 'valid';
	const said: unknown[] = [];
	const person = { name: 'Person 1', born: '1990-05-03' };
	bureau.replies['GET /v1/office/credentials'] = () => ({
		credentials: [{ id: urn, number: 'C-000001', candidate: id(201), course: null, person, issued: 0, standing }]
	});
	bureau.replies[`POST /v1/office/credentials/${encodeURIComponent(urn)}`] = (body) => (said.push(body), (standing = 'suspended'), {});
	await office.records.loadCredentials();
	expect(await office.records.stand(urn, 'suspended', 'it is looked into')).toBe(true);
	expect(said).toEqual([{ standing: 'suspended', reason: 'it is looked into' }]);
	expect(office.records.credentials).toMatchObject([{ standing: 'suspended' }]);
	bureau.replies[`POST /v1/office/candidates/${id(201)}/erase`] = { erased: ['name'], kept: [{ what: 'decision', until: 5 }] };
	expect(await office.records.erase(id(201))).toBe(true);
	expect(office.records.erased).toMatchObject({ candidate: id(201), record: { kept: [{ what: 'decision', until: 5 }] } });
});

test('a report of a seat that the records do not take from her is sent, and she is told why it does not count', async () => {
	const { bureau, rooms } = await prepared();
	bureau.replies[`POST /v1/office/sessions/${session}/report`] = (body) => (bureau.reports.push(body as never), { left: [id(1)] });
	await rooms.see(session, id(1));
	await until(() => rooms.held !== undefined && !rooms.sending && rooms.waiting.reports === 0);
	expect(rooms.held).toEqual({ rule: 'coach' });
});

test('responses that could not be taken are listed beside the register, each with its reason', async () => {
	const { bureau, office } = await started();
	const refused = [{ n: 2, at: 5, reason: 'box', hash: 'a'.repeat(64), number: 'A-000001', place: 'Room 4' }];
	bureau.replies['GET /v1/office/refused'] = { refused };
	bureau.replies['GET /v1/office/register'] = { holds: true, entries: [] };
	await Promise.all([office.records.loadRegister(), office.records.loadRefused()]);
	expect(office.records.refused).toEqual(refused);
	expect(office.records.register?.holds).toBe(true);
});

test('a decider is told of what waits for a decision, and of what is to be looked at first', async () => {
	const { bureau, office } = await started();
	bureau.me = { ...bureau.me, roles: ['decider'] };
	await office.check();
	bureau.replies['GET /v1/office/attempts'] = (_, request) => ({
		attempts: [attempt(1)],
		all: request.url.includes('state=review') ? 3 : 1
	});
	await office.look();
	expect([office.attempts.page?.all, office.attempts.review]).toEqual([1, 3]);
	expect(office.attempts.shown).toBe('checking');
});

test('questions that nearly all or nearly none get right, or that tell strong from weak badly, come first once enough people had them', async () => {
	const { bureau, office } = await started();
	const item = (id: string, part: object) => ({
		...{ id, version: 'v', outcome: 'listen-check', drawn: 30, answered: 30, difficulty: 0.6, discrimination: 0.4, ...part }
	});
	bureau.replies['GET /v1/office/items'] = {
		items: [
			item('good', {}),
			item('few', { answered: 3, difficulty: 1, discrimination: undefined }),
			item('never', { answered: 0, difficulty: undefined, discrimination: undefined }),
			item('easy', { difficulty: 0.99 }),
			item('hard', { difficulty: 0.05 }),
			item('key', { discrimination: -0.2 })
		]
	};
	await office.records.loadItems('communication');
	expect(office.records.items?.list.map(({ id, odd }) => `${id} ${odd}`)).toEqual([
		...['easy true', 'hard true', 'key true', 'good false', 'few false', 'never false']
	]);
});

test('after a decision the next attempt that waits is known; none when none waits', async () => {
	const { bureau, office } = await started();
	let waiting = [1, 2, 3];
	bureau.replies['GET /v1/office/attempts'] = () => ({ attempts: waiting.map(attempt), all: waiting.length });
	for (const figure of [1, 2]) {
		bureau.replies[`GET /v1/office/attempts/${id(figure)}`] = () => evidence(attempt(figure));
		bureau.replies[`POST /v1/office/attempts/${id(figure)}`] = () => ((waiting = waiting.filter((one) => one !== figure)), {});
	}
	expect(office.attempts.waits(id(1))).toBeUndefined();
	expect(await office.attempts.decide(id(1), { decision: 'passed', note: 'All is there.' })).toBe(true);
	expect(office.attempts.waits(id(1))?.id).toBe(id(2));
	waiting = [2];
	await office.attempts.decide(id(2), { decision: 'passed', note: 'All is there.' });
	expect(office.attempts.waits(id(2))).toBeUndefined();
});

test('after the last decision of one list she is led to what waits in another, and hears nothing while nobody knows', async () => {
	const { bureau, office } = await started();
	const waiting: Record<string, number[]> = { review: [1], checking: [3] };
	const lists = (_: unknown, request: Request) => {
		const state = new URL(request.url).searchParams.get('state')!;
		return { attempts: (waiting[state] ?? []).map((one) => ({ ...attempt(one), state })), all: waiting[state]?.length ?? 0 };
	};
	bureau.replies['GET /v1/office/attempts'] = lists;
	for (const figure of [1, 3]) {
		bureau.replies[`GET /v1/office/attempts/${id(figure)}`] = () => evidence(attempt(figure));
		bureau.replies[`POST /v1/office/attempts/${id(figure)}`] = () => ((waiting[figure === 1 ? 'review' : 'checking'] = []), {});
	}
	await office.attempts.load('review');
	await office.attempts.decide(id(1), { decision: 'passed', note: 'All is there.' });
	expect([office.attempts.waits(id(1))?.id, office.attempts.shown]).toEqual([id(3), 'checking']);
	bureau.replies['GET /v1/office/attempts'] = lostRequest;
	await office.attempts.decide(id(3), { decision: 'passed', note: 'All is there.' });
	expect([office.attempts.waits(id(3)), office.attempts.loading.trouble]).toEqual([undefined, { error: 'offline' }]);
});

test('what is open is named for the tab: an attempt, a session and a seat by what people call them, and nothing else', async () => {
	const { bureau, office } = await prepared();
	bureau.replies[`GET /v1/office/attempts/${id(1)}`] = () => evidence();
	await office.attempts.open(id(1));
	const room = office.rooms.room(session)!;
	expect(office.named({ attempt: id(1) })).toBe('office.attempt.title');
	expect(office.named({ session })).toBe(room.place);
	expect(office.named({ session, form: room.seats[0]!.form })).toBe('office.seat.title');
	for (const unknown of [{}, { attempt: id(2) }, { session: id(99) }, { application: id(9) }, { appeal: id(9) }])
		expect(office.named(unknown)).toBeUndefined();
});

async function inEnglish() {
	const i18n = await createI18n('en', () => undefined);
	await i18n.add(words);
	return i18n;
}
test.each([
	[{ flag: 'fast', detail: '2.5' }, '(2.5 seconds)'],
	[{ flag: 'slow', detail: '52' }, '(52 minutes)'],
	[{ flag: 'clock', detail: '1' }, '(1 minute)'],
	[{ flag: 'left', detail: '4/95' }, '(4 times, 95 seconds)'],
	[{ flag: 'resumed', detail: '1' }, '(1 time)'],
	[{ flag: 'copied', detail: `9/10 ${id(4)}` }, '(9 of 10 wrong responses)']
] as const)('what looks odd is told with its figure and unit: %o', async (flag, figures) => {
	const { text, other } = flagged(await inEnglish(), flag);
	expect(text.endsWith(figures), text).toBe(true);
	expect(other).toBe(flag.flag === 'copied' ? id(4) : undefined);
});

test('what looks odd without a figure is told by itself, with the attempt that it is about', async () => {
	expect(flagged(await inEnglish(), { flag: 'unseen' }).text).toMatch(/\.$/);
	expect(flagged(await inEnglish(), { flag: 'second', detail: id(4) }).other).toBe(id(4));
});

test('the register is told in words in every language: what was done, by whom, and its detail', async () => {
	const line = { n: 1, at: 0, actor: id(1), event: 'applied', subject: id(2), detail: '', hash: '' };
	for (const locale of locales) {
		const i18n = await createI18n(locale, () => undefined);
		await i18n.add(words);
		const say = (part: Partial<typeof line> & { name?: string }) => told(i18n, (course) => `course ${course}`, { ...line, ...part });
		const codes = [
			...registerEvents.map((event) => say({ event }).event),
			...['operator', 'endpoint', 'carrier'].map((actor) => say({ actor }).actor),
			...['passed', 'not-yet', 'void'].map((detail) => say({ event: 'decided', detail }).detail),
			...refusals.map((detail) => say({ event: 'refused', detail }).detail),
			...officeRules.map((detail) => say({ event: 'barred', detail }).detail),
			...roles.map((detail) => say({ event: 'staff-added', detail }).detail),
			say({ event: 'reported', detail: 'seen note' }).detail,
			say({ event: 'session', detail: '2' }).detail
		];
		for (const said of codes) expect(said, locale).toMatch(/^\p{Lu}|^\d/u);
		expect(codes.filter((said) => said.startsWith('office.'))).toEqual([]);
		expect(say({ detail: 'planning scheme 1' }).detail).toBe('course planning');
		expect(say({ event: 'form', detail: `${id(3)} planning scheme 1` }).detail).toBe('course planning');
		expect(say({ name: 'Anna Nowak' }).actor).toBe('Anna Nowak');
		expect(say({}).actor).toMatch(/^\p{Lu}[^0-9]+ \(00000000\)$/u);
		expect(say({ event: 'of-a-newer-endpoint', detail: 'as it came' })).toMatchObject({
			event: 'of-a-newer-endpoint',
			detail: 'as it came'
		});
	}
});

test('somebody is found by a part of her name or number, with or without accents', () => {
	const one = { person: { name: 'Jan Kowalczyk-Wiśniewski' }, number: 'A-000006' };
	const greek = { person: { name: 'Ελένη Παπαδοπούλου' }, number: 'A-000007' };
	for (const looked of ['', 'jan', 'WISNIEWSKI', 'kowal jan', '0006']) expect(fits(looked, one), looked).toBe(true);
	for (const looked of ['ελενη', 'ΠΑΠΑΔΟΠΟΥΛΟΥ', 'Ελένη']) expect(fits(looked, greek), looked).toBe(true);
	for (const looked of ['anna', 'jan nowak', '0007']) expect(fits(looked, one), looked).toBe(false);
});
