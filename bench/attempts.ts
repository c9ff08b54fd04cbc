import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdaptorServer } from '@hono/node-server';
import type { Attempt } from '#core/exam.ts';
import type { Item, Response as Answer } from '#core/item.ts';
import { Attempts } from '#core/office.ts';
import { createCertification } from '#server/certification/app.ts';
import { createBanks } from '#server/certification/banks.ts';
import { createForm, secret } from '#server/certification/form.ts';
import { createRecords } from '#server/certification/records.ts';
import { createSealing } from '#server/certification/sealed.ts';
import type { Drawn } from '#server/certification/sessions.ts';
import { figure, median, report } from './report.ts';

/**
 * How long it takes to mark attempts, and to list them page by page. `npx tsx bench/attempts.ts [attempts]`; prints JSON. Wants
 * `npm run build:app` first, for the banks: forms are drawn from them as in an exam, in sessions of 50.
 */
const [count = 10_000] = process.argv.slice(2).map(Number);
if (!existsSync('build/exams/scheme.json')) throw new Error('The exam banks are not built: npm run build:app');
const at = mkdtempSync(join(tmpdir(), 'attempts-bench-'));
const banks = createBanks('build/exams');
const scheme = banks.scheme()!;
const records = createRecords(join(at, 'certification.db'));
const sealing = createSealing(join(at, 'exam.json'));
const year = 365 * 86_400_000;
const person = records.staff.add('Bench', ['registrar', 'invigilator', 'decider'], Date.now() + year, Date.now());
records.staff.state(person.id, Date.now());

const forms = open(['communication', 'collaboration', 'netiquette', 'fairness']);
const times: number[] = [];
const begun = performance.now();
for (const form of forms) {
	const attempt = sat(form);
	const from = performance.now();
	records.attempts.receive(attempt, createHash('sha256').update(attempt.id).digest('hex'), Date.now());
	times.push(performance.now() - from);
}
const took = (performance.now() - begun) / 1000;

const unlimited = { perMinute: 0, burst: 0 };
const never = () => Promise.reject(new Error('Nothing is issued here'));
const { office, stop } = createCertification({
	records,
	banks,
	sealing,
	seal: { issuer: {} as never, certificates: [], sign: never },
	issue: { issue: never, passport: never },
	base: '',
	courses: [],
	perAddress: unlimited,
	perPerson: unlimited,
	proxied: false
});
const server = createAdaptorServer({ fetch: office.fetch }) as Server;
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const ask = async (path: string) => {
	const from = performance.now();
	const reply = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, {
		headers: { authorization: `Bearer ${person.key}` }
	});
	if (reply.status !== 200) throw new Error(`${path}: ${reply.status}`);
	const json: unknown = await reply.json();
	return { json, took: performance.now() - from };
};
const connected = (await ask('/me')).took; // the first request of this process pays for its client
const pages: number[] = [];
let listed = 0;
for (let after: number | undefined = 0; after !== undefined;) {
	const { json, took } = await ask(`/attempts?state=checking&after=${after}`);
	const page = Attempts.parse(json);
	pages.push(took);
	listed += page.attempts.length;
	after = page.next;
}
const evidence = (await ask(`/attempts/${await first()}`)).took;
const items = (await ask('/items?course=communication')).took;
const register = (await ask('/register')).took;
stop();
server.close();
records.close();
rmSync(at, { recursive: true });

report(
	'attempts',
	[figure(`slowest page of ${count} attempts`, 'ms', 1000, [Math.max(...pages)]), figure('evidence of one', 'ms', 1000, [evidence])],
	{
		marked: forms.length,
		listed,
		markedPerSecond: Math.round(forms.length / took),
		milliseconds: {
			mark: { median: Number(median(times).toFixed(2)), most: Number(Math.max(...times).toFixed(1)) },
			page: { median: Number(median(pages).toFixed(1)), most: Number(Math.max(...pages).toFixed(1)) },
			slowest: pages.indexOf(Math.max(...pages)) + 1,
			connected: Math.round(connected),
			items: Math.round(items),
			register: Math.round(register)
		}
	}
);

async function first(): Promise<string> {
	return Attempts.parse((await ask('/attempts')).json).attempts[0]!.id;
}

/** A candidate and a drawn form for each attempt; the envelopes are left out, since nobody opens them here. */
function open(courses: string[]): Drawn[] {
	const all: Drawn[] = [];
	const next = (session: number) => {
		const course = courses[session % courses.length]!;
		const bank = banks.bank(course)!;
		const id = randomUUID();
		const exposure = records.sessions.exposure(course);
		const seated = Array.from({ length: Math.min(50, count - all.length) }, (_, place) => {
			const [candidate, application, form] = [randomUUID(), randomUUID(), randomUUID()];
			const key = sealing.key;
			const agreed = { scheme: scheme.id, version: scheme.version, at: 0 };
			const asked = { id: application, candidate, key, person: someone(all.length + place), course, agreed };
			records.applications.apply({ ...asked, locale: 'en', accommodations: [], coaches: [] }, scheme, Date.now());
			records.applications.answer(person.id, application, { accept: true, granted: [] }, Date.now());
			const own = { id: form, session: id, candidate, application, seal: key };
			const { form: drawn, versions, items } = createForm({ ...own, bank, scheme, granted: [], exposure });
			for (const item of items) exposure[item.id] = (exposure[item.id] ?? 0) + 1;
			const envelope = { form } as Drawn['envelope'];
			const known = { id: form, application, candidate, course, edition: bank.edition, scheme, minutes: drawn.minutes, granted: [] };
			return { ...known, items, versions, code: '', envelope };
		});
		const asked = { id, place: 'Bench', starts: 0, applications: seated.map(({ application }) => application) };
		const fault = records.sessions.open(person.id, asked, seated, Date.now());
		if (fault) throw new Error(fault);
		all.push(...seated.map((form) => ({ ...form, session: id })));
	};
	for (let session = 0; all.length < count; session++) records.transact(() => next(session));
	return all;
}

/** A person of her own name, born on one of some 10,000 days: another number of the same person would be looked at with her. */
function someone(n: number): { name: string; born: string } {
	const letters = [...String(n)].map((digit) => 'abcdefghij'[Number(digit)]).join('');
	return { name: `Candidate ${letters}`, born: new Date(Date.UTC(1970, 0, 1 + n)).toISOString().slice(0, 10) };
}

/** A form as somebody sat it who knows three of four answers. */
function sat(form: Drawn & { session?: string }): Attempt {
	const responses = Object.fromEntries(form.items.map((item) => [item.id, secret() < 0.75 ? key(item) : other(item)]));
	const log = Object.entries(responses).map(([item, response], n) => {
		const spent = (n + 1) * 60_000;
		return { n: n + 1, at: spent, spent, event: 'answer' as const, item, response, hash: '0'.repeat(64) };
	});
	const { id, candidate, course } = form;
	const own = { v: 1 as const, id: randomUUID(), form: id, session: form.session!, candidate, course, phone: randomUUID() };
	return { ...own, started: 0, ended: 0, spent: 20 * 60_000, locale: 'en', responses, log };
}

function key(item: Item): Answer {
	return item.kind === 'scenario' ? item.steps.map(({ right }) => right) : item.right;
}

function other(item: Item): Answer {
	if (item.kind === 'number') return item.right + 1000;
	if (item.kind === 'scenario') return item.steps.map(({ options }) => options[0]!);
	if (item.kind === 'match') return Object.fromEntries(item.options.map((option) => [option, item.targets[0]!]));
	if (item.kind === 'sort') return Object.fromEntries(item.options.map((option) => [option, item.groups[0]!]));
	return item.kind === 'order'
		? item.options
		: item.kind === 'multiple'
			? [item.options[0]!]
			: item.options[Math.floor(secret() * item.options.length)]!;
}
