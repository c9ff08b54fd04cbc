import { gunzipSync } from 'node:zlib';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createExam } from '#app/certification/exam.svelte.ts';
import { createI18n } from '#app/i18n.svelte.ts';
import type { Mine } from '#core/candidate.ts';
import type { Form } from '#core/exam.ts';
import type { Scheme } from '#core/scheme.ts';
import { code, createRoom, type Room } from '../device/room.ts';
import { minute, second, until } from '../device/world.ts';

const scheme = { current: { id: 'passport', version: 3 } as Scheme, load: async () => undefined };
const courses = { list: [], listed: () => undefined };
const nothing: Mine = { v: 1, now: 0, applications: [], attempts: [], appeals: [], credentials: [] };
const draft = { course: 'communication', person: { name: 'Ana Testa', born: '1990-02-03' }, accommodations: [], coaches: ['ABC123'] };

/** The app as it is opened on her phone, once more if it was killed. */
async function phone(room: Room, tab = room.open()) {
	const i18n = await createI18n('en', () => undefined);
	return { ...tab, i18n, exam: createExam(tab.house, i18n, courses, scheme) };
}
/** A phone with her exam on it, opened by the code and begun. */
async function sitting(more: Partial<Form> = {}) {
	const room = await createRoom();
	const hers = await phone(room);
	const { candidate } = await hers.house.candidate.enrol();
	const sealed = await room.sealed(candidate, more);
	await hers.house.exams.keep([sealed.envelope]);
	await hers.exam.sitting.enter(sealed.form.id);
	await hers.exam.sitting.unlock(code);
	await hers.exam.sitting.begin();
	return { room, ...hers, ...sealed, log: async () => hers.house.exams.attempts.log(hers.exam.sitting.attempt!) };
}
const opened = async (room: Room, hers: Awaited<ReturnType<typeof phone>>) => {
	const [parcel] = await hers.house.exams.parcels();
	return room.body.opened(parcel!.sealed).attempt;
};

/** What a request carries. */
async function bodyOf(request: Request): Promise<unknown> {
	const bytes = Buffer.from(await request.clone().arrayBuffer());
	return JSON.parse((request.headers.get('content-encoding') === 'gzip' ? gunzipSync(bytes) : bytes).toString());
}

/** A phone's own voice, as the browser gives it: one that is in the phone, one of a service. Known a moment after it was asked for. */
function voices() {
	const spoken: { text: string; lang: string; onstart: () => void; onend: () => void }[] = [];
	const known: { lang: string; localService: boolean }[] = [];
	const speech = Object.assign(new EventTarget(), {
		getVoices: () => known,
		speak: (one: never) => spoken.push(one),
		cancel: () => undefined
	});
	vi.stubGlobal('speechSynthesis', speech);
	vi.stubGlobal(
		'SpeechSynthesisUtterance',
		class {
			text: string;
			constructor(text: string) {
				this.text = text;
			}
		}
	);
	onTestFinished(() => void vi.unstubAllGlobals());
	return {
		spoken,
		arrive() {
			known.push({ lang: 'el-GR', localService: false }, { lang: 'en_GB', localService: true });
			speech.dispatchEvent(new Event('voiceschanged'));
		}
	};
}

test('what stands on a screen can be heard where the phone has a voice of its own, sentence by sentence, and is never read unasked', async () => {
	const { spoken, arrive } = voices();
	const { exam, i18n } = await phone(await createRoom());
	const offered = () => exam.aloud.can;
	expect(offered()).toBe(false);
	arrive();
	expect(offered()).toBe(true);
	expect(spoken).toEqual([]);

	exam.aloud.toggle('rule', ['Who decides', 'A person decides. You are told.']);
	expect(spoken.map(({ text, lang }) => [text, lang])).toEqual([
		['Who decides', 'en_GB'],
		['A person decides.', 'en_GB'],
		['You are told.', 'en_GB']
	]);
	spoken[2]!.onstart();
	expect([exam.aloud.at('rule'), exam.aloud.at('another')]).toEqual([[1, 1], undefined]);
	spoken[2]!.onend();
	expect(exam.aloud.at('rule')).toBeUndefined();

	exam.aloud.toggle('rule', ['One.']);
	exam.aloud.toggle('another', ['Two.']);
	expect([exam.aloud.at('rule'), exam.aloud.at('another')]).toEqual([undefined, [0, 0]]);
	exam.aloud.toggle('another', ['Two.']);
	expect(exam.aloud.at('another')).toBeUndefined();

	await i18n.change('el');
	expect(offered()).toBe(false); // the only Greek voice would send the text to a service
});

test('an outcome of which the words are not on the phone has none: its name in the records is never shown', async () => {
	const { exam } = await phone(await createRoom());
	expect(exam.outcome('communication', 'stay-respectful')).toBeUndefined();
});

test('an application that is written without a network waits, and is sent when there is one', async () => {
	const room = await createRoom();
	const { exam, house } = await phone(room);
	await exam.open();
	expect(room.asked).toEqual([]); // nothing is asked before she applied
	expect(await exam.apply(draft)).toBe(true);
	await until(() => exam.unsent !== undefined);
	expect(exam.cases.map(({ state }) => state)).toEqual(['waiting']);

	const again = await phone(room);
	const id = (await house.exams.applications())[0]!.id;
	const application = { id, number: 'A-000007', course: 'communication', state: 'received' as const, granted: [] };
	room.replies['POST /v1/exam/apply'] = () => ({ v: 1, now: 0, number: 'A-000007' });
	room.replies['GET /v1/exam/mine'] = () => ({ ...nothing, applications: [application] });
	await again.exam.open();
	expect(again.exam.cases).toMatchObject([{ state: 'received', number: 'A-000007' }]);
	expect(again.exam.unsent).toBeUndefined();
});

test('two taps on the same button write one application, and one complaint', async () => {
	const { exam } = await phone(await createRoom());
	expect(await Promise.all([exam.apply(draft), exam.apply(draft)])).toEqual([true, true]);
	expect(exam.cases.map(({ course }) => course)).toEqual(['communication']);
	expect(await Promise.all([exam.appeal('The room was loud'), exam.appeal('The room was loud')])).toEqual([true, true]);
	expect(exam.appeals).toHaveLength(1);
});

test('an application that a rule forbids says which rule', async () => {
	const room = await createRoom();
	const { exam } = await phone(room);
	room.replies['POST /v1/exam/apply'] = () => Response.json({ error: 'rule', rule: 'wait', now: 0 }, { status: 409 });
	room.replies['GET /v1/exam/mine'] = () => nothing;
	await exam.apply(draft);
	await until(() => exam.cases[0]?.state === 'not-taken');
	expect(exam.cases[0]!.reason).toBe('wait');
});

test('who is invited has her form on the phone after one look at the network', async () => {
	const room = await createRoom();
	const { exam, house } = await phone(room);
	const { candidate } = await house.candidate.enrol();
	const { form, envelope } = await room.sealed(candidate);
	const session = { id: form.session, place: 'Job centre', starts: 5 };
	const application = {
		id: form.application,
		number: 'A-1',
		course: form.course,
		state: 'invited' as const,
		granted: [],
		session,
		form: form.id
	};
	room.replies['GET /v1/exam/mine'] = () => ({ ...nothing, applications: [application] });
	room.replies[`GET /v1/exam/envelope/${form.id}`] = () => ({ v: 1, now: 0, envelope });
	await exam.open();
	expect(exam.cases).toMatchObject([{ state: 'here', form: form.id, session: { place: 'Job centre' } }]);
});

test('a code that cannot be one and a code of another envelope are told apart, and may be tried again', async () => {
	const room = await createRoom();
	const { exam, house } = await phone(room);
	const { form, envelope } = await room.sealed((await house.candidate.enrol()).candidate);
	await exam.sitting.enter(form.id);
	expect([exam.sitting.state, exam.sitting.error]).toEqual(['error', 'not-found']);
	await house.exams.keep([envelope]);
	await exam.sitting.enter(form.id);
	await exam.sitting.unlock('7K3M');
	expect([exam.sitting.state, exam.sitting.problem]).toEqual(['code', 'form']);
	await exam.sitting.unlock('7K3M-0QXZ-9ABD');
	expect([exam.sitting.state, exam.sitting.problem, exam.sitting.tries]).toEqual(['code', 'wrong', 1]);
	await exam.sitting.unlock(code.toLowerCase());
	expect([exam.sitting.state, exam.sitting.say('one.question')]).toEqual(['rules', 'one.question in en']);
	expect(await house.exams.attempts.log(exam.sitting.attempt!)).toMatchObject([{ event: 'open', detail: '1' }]);
});

test('a killed browser goes on at the same item with the same half-made answer, without the code', async () => {
	const { room, exam, kill, form } = await sitting();
	await exam.sitting.hold('a');
	exam.sitting.go(2);
	await exam.sitting.hold({ a: 'x' });
	kill();
	const again = await phone(room);
	await again.exam.sitting.enter(form.id);
	expect(again.exam.sitting.state).toBe('sitting');
	expect([again.exam.sitting.place, again.exam.sitting.half, again.exam.sitting.open]).toEqual([2, { a: 'x' }, 4]);
	await again.exam.sitting.end();
	const attempt = await opened(room, again);
	expect(attempt.responses).toEqual({ one: 'a' });
	expect(attempt.log.map(({ event }) => event)).toEqual(['open', 'start', 'answer', 'resume', 'end']);
});

test.each(Array.from({ length: 24 }, (_, turns) => turns * 2))(
	'killed %i turns after a tap, the answer is there whole or not at all, and the exam goes on',
	async (turns) => {
		const { room, exam, kill, form } = await sitting();
		await exam.sitting.hold('a');
		void exam.sitting.hold('b');
		exam.sitting.forward();
		for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
		kill();
		const again = await phone(room);
		await again.exam.sitting.enter(form.id);
		const { attempts } = again.house.exams;
		const id = again.exam.sitting.attempt!;
		const answers = (await attempts.log(id)).filter(({ event }) => event === 'answer');
		expect((await attempts.answered(id))[0]!.response).toBe(answers.at(-1)!.response);
		await again.exam.sitting.end();
		expect((await opened(room, again)).responses).toEqual({ one: answers.at(-1)!.response });
	}
);

test('only time in which the exam is open counts, and a clock that is moved changes nothing but is noted', async () => {
	const { room, exam, kill, form } = await sitting();
	room.pass(10 * minute);
	await exam.sitting.hold('a');
	kill();
	room.pass(600 * minute); // an empty battery
	const again = await phone(room);
	await again.exam.sitting.enter(form.id);
	expect(again.exam.sitting.left).toBe(30 * minute);
	room.world.phone.skew = 5 * 60 * minute;
	room.pass(15 * second);
	const jumps = async () => (await again.house.exams.attempts.log(again.exam.sitting.attempt!)).filter(({ event }) => event === 'clock');
	await until(async () => (await jumps()).length > 0);
	expect((await jumps()).map(({ detail }) => detail)).toEqual(['300']);
	again.exam.sitting.look();
	expect(again.exam.sitting.left).toBe(30 * minute - 15 * second);
});

test('at the end of the time it ends by itself, with everything kept', async () => {
	const { room, exam, ...hers } = await sitting({ minutes: 1 });
	await exam.sitting.hold('c');
	await until(() => (room.pass(15 * second), exam.sitting.state === 'ended'));
	expect((await opened(room, { ...hers, exam })).responses).toEqual({ one: 'c' });
});

test('a changed answer replaces the former one, and one that was taken back is no answer', async () => {
	const { room, exam, ...hers } = await sitting();
	const { sitting: sat } = exam;
	await sat.hold('a');
	await sat.hold('b');
	sat.go(1);
	await sat.hold(['a']);
	await sat.hold([]);
	sat.go(3);
	await sat.hold('12,5');
	sat.go(4);
	await sat.hold({ s1: 'a', checked: '1', s2: 'b' });
	expect(sat.items.map(({ answered }) => answered)).toEqual([true, false, false, true, true]);
	await sat.end();
	expect((await opened(room, { ...hers, exam })).responses).toEqual({ one: 'b', four: 12.5, five: ['a', 'b'] });
});

test('a language that is changed in mid-item keeps the answer and is noted', async () => {
	const { exam, i18n, log } = await sitting();
	await exam.sitting.hold('a');
	await i18n.change('el');
	await exam.sitting.translated();
	expect([exam.sitting.say('one.question'), exam.sitting.half]).toEqual(['one.question in el', 'a']);
	expect((await log()).at(-1)).toMatchObject({ event: 'language', detail: 'el' });
});

test('a phone that cannot write says so, loses nothing, and writes when it can', async () => {
	const { room, exam, ...hers } = await sitting();
	room.world.phone.storage = 'full';
	await exam.sitting.hold('a');
	expect([exam.sitting.unsaved, exam.sitting.half]).toEqual(['storage-full', 'a']);
	await exam.sitting.end();
	expect(exam.sitting.state).toBe('sitting');
	room.world.phone.storage = 'fine';
	await exam.sitting.end();
	expect([exam.sitting.state, exam.sitting.unsaved]).toEqual(['ended', undefined]);
	expect((await opened(room, { ...hers, exam })).responses).toEqual({ one: 'a' });
});

test('answers are kept on the phone until the certification body has them; then the form is gone and cannot be opened again', async () => {
	const { room, exam, form, envelope, ...hers } = await sitting();
	await exam.sitting.hold('a');
	await exam.sitting.end();
	expect((await hers.house.exams.parcels())[0]!.state).toBe('waiting');
	expect((await hers.house.exams.envelopes()).length).toBe(1);
	let came = 0;
	room.replies['POST /v1/exam/responses'] = () => {
		came += 1;
		if (came === 1) throw new TypeError('the reply is lost');
		const attempt = exam.sitting.attempt!;
		return { v: 1, now: 0, attempt, verdict: 'again' };
	};
	room.replies['GET /v1/exam/mine'] = () => nothing;
	await exam.send();
	await exam.send();
	expect((await hers.house.exams.parcels())[0]!.state).toBe('safe');
	expect(await hers.house.exams.envelopes()).toEqual([]);
	await exam.sitting.enter(form.id);
	expect(exam.sitting.state).toBe('ended');
	expect(await exam.bring(new Blob([JSON.stringify({ format: 'passport-exam', v: 1, envelopes: [envelope] })]))).toBe(false);
});

test('answers that could not be read stay on the phone, and she is told', async () => {
	const { room, exam, ...hers } = await sitting();
	await exam.sitting.end();
	room.replies['POST /v1/exam/responses'] = () => ({ v: 1, now: 0, attempt: exam.sitting.attempt, verdict: 'refused', reason: 'box' });
	room.replies['GET /v1/exam/mine'] = () => nothing;
	await exam.send();
	expect(await hers.house.exams.parcels()).toMatchObject([{ state: 'refused', reason: 'box' }]);
});

test('an appeal waits without a network, gets its number, and shows its answer', async () => {
	const room = await createRoom();
	const { exam } = await phone(room);
	expect(await exam.appeal('The room was loud', '00000000-0000-4000-8000-000000000000')).toBe(true);
	expect(exam.appeals).toMatchObject([{ kind: 'appeal', state: 'waiting' }]);
	await until(() => !exam.busy);
	const { id } = exam.appeals[0]!;
	room.replies['POST /v1/exam/appeal'] = () => ({ v: 1, now: 0, number: 'R-000004' });
	room.replies['GET /v1/exam/mine'] = () => ({
		...nothing,
		appeals: [{ id, number: 'R-000004', kind: 'appeal', state: 'upheld', answer: 'You were right.' }]
	});
	await exam.send();
	expect(exam.appeals).toMatchObject([{ number: 'R-000004', state: 'upheld', answer: 'You were right.' }]);
});

test('an appeal that a rule forbids says which rule', async () => {
	const room = await createRoom();
	const { exam } = await phone(room);
	room.replies['POST /v1/exam/appeal'] = () => Response.json({ error: 'rule', rule: 'appeal-late', now: 0 }, { status: 409 });
	room.replies['GET /v1/exam/mine'] = () => nothing;
	await exam.appeal('The room was loud', '00000000-0000-4000-8000-000000000000');
	await until(() => exam.appeals[0]?.state === 'refused');
	expect(exam.appeals[0]!.reason).toBe('appeal-late');
});

test('an application that she takes back without a network waits, takes the form off the phone, and then she can apply again', async () => {
	const room = await createRoom();
	const { exam, house } = await phone(room);
	const { candidate } = await house.candidate.enrol();
	const { form, envelope } = await room.sealed(candidate);
	room.replies['POST /v1/exam/apply'] = () => ({ v: 1, now: 0, number: 'A-000007' });
	let state: 'invited' | 'withdrawn' = 'invited';
	const application = () => ({ id: exam.cases[0]!.id, number: 'A-000007', course: draft.course, state, granted: [] });
	room.replies['GET /v1/exam/mine'] = () => ({
		...nothing,
		applications: [state === 'invited' ? { ...application(), form: form.id } : application()]
	});
	room.replies['GET /v1/exam/envelope'] = () => ({ v: 1, now: 0, envelope });
	await exam.apply(draft);
	await until(() => exam.cases[0]?.state === 'here');
	expect(exam.cases[0]!.open).toBe(true);

	const { id } = exam.cases[0]!;
	expect(await exam.withdraw(id)).toBe(true);
	await until(() => !exam.busy);
	expect([exam.cases[0]!.state, exam.cases[0]!.open, await house.exams.envelopes()]).toEqual(['leaving', false, []]);

	const told: unknown[] = [];
	room.replies['POST /v1/exam/withdraw'] = async (request) => {
		told.push(await bodyOf(request));
		state = 'withdrawn';
		return { v: 1, now: 0 };
	};
	await exam.send();
	await exam.send();
	expect([told, exam.cases[0]!.state, await house.exams.envelopes()]).toEqual([[{ application: id }], 'withdrawn', []]);
});

test('an application that is taken back before it was ever sent is not sent any more', async () => {
	const room = await createRoom();
	const { exam } = await phone(room);
	await exam.apply(draft);
	await until(() => exam.unsent !== undefined);
	await exam.withdraw(exam.cases[0]!.id);
	await until(() => !exam.busy);
	room.replies['POST /v1/exam/withdraw'] = () => Response.json({ error: 'unknown-device', now: 0 }, { status: 401 });
	room.replies['GET /v1/exam/mine'] = () => Response.json({ error: 'unknown-device', now: 0 }, { status: 401 });
	room.asked.length = 0;
	await exam.send();
	expect(room.asked).not.toContain('POST /v1/exam/apply');
	expect(exam.cases[0]!.state).toBe('withdrawn');
});

test('an exam that was ended in another tab has ended here: nothing is written that would not be sent', async () => {
	const { room, exam, house } = await sitting();
	await exam.sitting.hold('a');
	const other = await phone(room, room.open());
	await other.exam.sitting.enter(exam.sitting.form!);
	await other.exam.sitting.end();
	await exam.sitting.hold('b');
	expect(exam.sitting.state).toBe('ended');
	expect((await opened(room, other)).responses).toEqual({ one: 'a' });
	expect((await house.exams.attempts.answered(other.exam.sitting.attempt!)).map(({ response }) => response)).toEqual(['a']);
});

test('a file with another box for an exam that was begun does not take the exam away', async () => {
	const { room, exam, envelope, kill, form } = await sitting();
	await exam.sitting.hold('a');
	const spoilt = { ...envelope, box: `${envelope.box.slice(0, -8)}AAAAAAAA` };
	await exam.bring(new Blob([JSON.stringify({ format: 'passport-exam', v: 1, envelopes: [spoilt] })]));
	kill();
	const again = await phone(room);
	await again.exam.sitting.enter(form.id);
	expect([again.exam.sitting.state, again.exam.sitting.half]).toEqual(['sitting', 'a']);
});
