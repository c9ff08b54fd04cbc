import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { parse } from 'yaml';
import { ExamBank } from '#core/course.ts';
import { locales } from '#core/text.ts';
import { chain, credential, seal } from '../device/certificates.ts';
import { certified } from './certified.ts';
import { course, person, texts, written } from './person.ts';
import { expect, interfaceWords, type Site } from './site.ts';

/** Gives a phone a voice of its own for each language: what can be heard is offered. */
const speaking = (languages: readonly string[]) =>
	(speechSynthesis.getVoices = () => languages.map((lang) => ({ lang, localService: true }) as SpeechSynthesisVoice));

/** Is told of each screen, once it is there. */
export type Stop = (name: string) => Promise<void>;
const title = (course: string) => texts('content/catalogue/en.yaml')[`${course}.title`]!;

/** A screen, in English, and what is done on it. */
function screen(page: Page, { url }: Site) {
	const t = interfaceWords('en');
	page.setDefaultTimeout(15_000);
	return {
		t,
		open: async (path: string) => void (await page.goto(url + path)),
		heading: (text: string | RegExp) => expect(page.getByRole('heading', { level: 1 })).toHaveText(text),
		first: (text: string | RegExp) => expect(page.getByText(text).first()).toBeVisible(),
		press: (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }).click(),
		tap: (text: string) => page.locator('label.option').filter({ hasText: text }).first().click(),
		unfold: () => page.locator('details').evaluateAll((all) => all.forEach((one) => ((one as HTMLDetailsElement).open = true)))
	};
}

/** Goes through the screens of a candidate, of whoever has a credential, and of whoever checks one, and calls `stop` at each. */
export async function candidateWalk(page: Page, site: Site, stop: Stop): Promise<void> {
	const { t, open, heading, first, press, tap, unfold } = screen(page, site);
	const body = await certified(site);
	await page.addInitScript(speaking, locales);
	await person(page, site.url, 'en').begin();

	await open('/passport');
	await page.locator('.stamp').nth(19).waitFor();
	await stop('passport, empty');
	await open('/scheme');
	await first(t('passport.scheme.version', { version: 1 }));
	await stop('scheme');
	await press(t('passport.scheme.begin'));
	await press(t('exam.form.next'));
	await press(t('exam.form.next'));
	await page.locator('h2:focus').waitFor();
	await stop('scheme: a part');
	await open('/exam');
	await first(t('exam.none'));
	await stop('exams, none');
	await open('/passport/share');
	await first(t('passport.none'));
	await stop('share, nothing');

	async function apply(to: string, look?: Stop) {
		await open('/exam/apply');
		await tap(title(to));
		await look?.('apply: course');
		await press(t('exam.form.next'));
		await heading(t('exam.form.name'));
		const name = page.getByLabel(t('exam.form.name'));
		if (look) {
			await press(t('exam.form.next'));
			await look('apply: name, missing');
			await name.fill('Eleni Papadopoulou');
		} else await expect(name).toHaveValue('Eleni Papadopoulou');
		await press(t('exam.form.next'));
		if (look) {
			for (const [part, value] of Object.entries({ day: '7', month: '3', year: '1984' }))
				await page.getByLabel(t(`exam.form.${part}`), { exact: true }).fill(value);
			await look('apply: date of birth');
		}
		for (const step of ['help', 'coach', 'agree']) {
			await press(t('exam.form.next'));
			await heading(t(`exam.form.${step}`));
			await look?.(`apply: ${step}`);
			if (look && step === 'agree') {
				await press(t('exam.rules'));
				await page.getByRole('dialog').waitFor();
				await look('apply: the rules');
				await press(t('close'));
			}
		}
		await tap(t('exam.form.agree-yes'));
		await press(t('exam.form.send'));
		await heading(t('exam.form.done'));
		await look?.('apply: done');
	}
	await apply(course.id, stop);
	for (const one of ['netiquette', 'planning', 'privacy']) await apply(one);
	await open('/exam');
	await expect(page.getByText(t('exam.state.received'))).toHaveCount(4);
	const { applications } = (await body.crew.registrar.get('/applications?state=received')) as {
		applications: { id: string; course: string }[];
	};
	const of = (course: string) => applications.find((one) => one.course === course)!.id;
	for (const one of [course.id, 'netiquette', 'privacy']) await body.accept(of(one), one === 'netiquette' ? ['extra-time', 'reader'] : []);
	await body.crew.registrar.post(`/applications/${of('planning')}`, {
		accept: false,
		reason: 'Your name is not written in full. Please apply again.'
	});
	const room = await body.room([of(course.id), of('netiquette')]);
	const seat = (of: string) => room.seats.find(({ course }) => course === of)!;
	await press(t('exam.refresh'));
	await expect(page.getByText(t('exam.state.here'))).toHaveCount(2);
	await stop('exams: here, refused, accepted');
	await page
		.getByRole('button', { name: t('exam.withdraw.ask') })
		.first()
		.click();
	await first(t('exam.withdraw.sure'));
	await stop('exams: to take one back');
	await press(t('no'));
	await expect(page.getByRole('button', { name: t('exam.withdraw.ask') }).first()).toBeFocused();

	async function sit(course: string, look?: Stop) {
		const bank = ExamBank.parse(parse(readFileSync(`content/exams/${course}/exam.yaml`, 'utf8')));
		const reader = person(page, site.url, 'en', 'click', written(course), texts(`content/exams/${course}/words/en/exam.yaml`));
		await open(`/exam/${seat(course).form}`);
		await first(t('exam.code.title'));
		if (look) {
			await look('exam: the code');
			await page.getByLabel(t('exam.code.label')).fill('0000-0000-0000');
			await press(t('exam.code.open'));
			await first(t('exam.code.wrong_one'));
			await look('exam: a wrong code');
		}
		await page.getByLabel(t('exam.code.label')).fill(seat(course).code);
		await press(t('exam.code.open'));
		await first(t('exam.start.title'));
		await look?.('exam: before it begins');
		await press(t('exam.start.go'));
		if (look) {
			const kinds = new Set<string>();
			for (let at = 1; at <= 20; at++) {
				await page.getByRole('progressbar', { name: t('exam.question', { at, of: 20 }) }).waitFor();
				const item = await reader.asked(bank.items, t('exam.overview'));
				await reader.fill(item, 'right', () => press(t('item.go-on')));
				if (at === 2) for (const one of ['time', 'mark']) await press(t(`exam.${one}`));
				if (!kinds.has(item.kind)) await look(`exam: ${item.kind}`);
				kinds.add(item.kind);
				await press(t(at === 20 ? 'exam.to-end' : 'exam.forward'));
			}
			await heading(t('exam.end.title'));
			await look('exam: before it ends');
			await press(t('exam.end.back'));
		}
		await press(t('exam.overview'));
		await page.getByRole('dialog').waitFor();
		await look?.('exam: all questions');
		await page
			.getByRole('dialog')
			.getByRole('button', { name: t('exam.to-end') })
			.click();
		await page.context().setOffline(true);
		await press(t('exam.end.go'));
		await first(t('exam.state.kept'));
		await press(t('exam.done.codes'));
		await press(t('exam.done.pause'));
		await look?.('exam: handed over by codes');
		await page.context().setOffline(false);
		await expect(page.getByText(t('exam.state.checking'))).toBeVisible();
		await look?.('exam: sent');
		await body.seen(room.id, seat(course).form);
		const { attempts } = (await body.crew.decider.get('/attempts?state=checking')) as { attempts: { id: string; course: string }[] };
		return attempts.find((one) => one.course === course)!.id;
	}
	const passed = await sit(course.id, stop);
	const notYet = await sit('netiquette');
	await open('/exam');
	await expect(page.getByText(t('exam.state.checking'))).toHaveCount(2);
	await stop('exams: being checked');
	await body.decide(passed, 'passed');
	await body.decide(notYet, 'not-yet');
	await press(t('exam.refresh'));
	await expect(page.getByText(t('exam.state.passed'), { exact: true })).toBeVisible();
	await stop('exams: decided');
	await open(`/exam/result/${passed}`);
	await first(t('exam.result.good'));
	await stop('result: passed');
	await open(`/exam/result/${notYet}`);
	await first(t('exam.result.repeat'));
	await stop('result: not yet');
	await page.getByRole('link', { name: t('exam.result.appeal') }).click();
	await heading(t('exam.appeal.appeal'));
	await stop('appeal');
	await page.getByLabel(t('exam.appeal.text')).fill('The room was loud. I could not think.');
	await press(t('exam.appeal.send'));
	await first(t('exam.appeal.done'));
	await stop('appeal: done');
	await open('/exam');
	await first(t('exam.appeal.list'));
	await stop('exams: with an appeal');

	await open('/passport');
	await first(t('passport.count', { got: 1 }));
	await press(t('passport.collect'));
	await first(t('passport.news.nothing-new'));
	await stop('passport, one stamp');
	await page.locator('a.stamp').click();
	await first(t('passport.says'));
	await unfold();
	await stop('a credential');
	await press(t('passport.show-code'));
	await page.getByRole('dialog').getByRole('img').waitFor();
	await stop('a credential: its code');
	await press(t('close'));
	await press(t('passport.remove'));
	await first(t('passport.undo'));
	await stop('passport: taken off');
	await press(t('passport.undo'));
	await page.locator('a.stamp').waitFor();
	await open('/passport/phone');
	await page.getByLabel(t('passport.phone.label')).fill('ABCD-EFGH-JKMN');
	await press(t('passport.phone.use'));
	await first(t('passport.phone.code'));
	await stop('a new phone: a wrong code');
	await open('/passport/share');
	await tap(t('passport.share-all'));
	await unfold();
	await stop('share');
	await open('/passport');
	await page.locator('a.stamp').click();
	await page.locator('a[href^="/print/certificate/"]').click();
	await page.locator('article svg').waitFor();
	await stop('certificate on paper');
	await open('/print/booklet');
	await page.locator('article .code svg').waitFor();
	await stop('booklet on paper');

	await open('/verify');
	await heading(t('verify.title'));
	await unfold();
	await stop('check: begin');
	const { id, edc, qr } = body.issued();
	async function check(text: string, heading: string, name: string) {
		await page.locator('input[type=file]').setInputFiles({ name: 'file.jsonld', mimeType: 'text/plain', buffer: Buffer.from(text) });
		await expect(page.getByRole('heading', { name: heading })).toBeVisible();
		if (heading.endsWith(t('verify.bad-word'))) await expect(page.getByRole('heading', { level: 3 }).first()).toHaveText(heading);
		await unfold();
		await stop(name);
		await press(t('verify.another'));
	}
	const says = (check: string, word: string) => `${t(`verify.check.${check}`)}: ${t(`verify.${word}-word`)}`;
	await check(qr, says('seal', 'good'), 'check: a code');
	await check(edc, says('issuer', 'note'), 'check: a file');
	const sealed = JSON.parse(edc) as { payload: string };
	await check(
		JSON.stringify({ ...sealed, payload: sealed.payload.replaceAll('Eleni', 'Elena') }),
		says('seal', 'bad'),
		'check: an altered file'
	);
	const stranger = JSON.stringify(await seal(JSON.stringify(credential()), await chain()));
	await check(stranger, says('issuer', 'unknown'), 'check: an issuer that is not known');
	await check('Not a certificate', says('form', 'bad'), 'check: something else');

	await body.crew.registrar.post(`/credentials/${id}`, { standing: 'suspended', reason: 'Something has to be looked at.' });
	await forget(page, 'statuses');
	await open('/passport');
	await first(t('passport.state.suspended'));
	await stop('passport, suspended');
	await page.locator('a.stamp').click();
	await first(t('passport.state.suspended'));
	await stop('a credential, suspended');
	await open('/verify');
	await check(qr, says('status', 'bad'), 'check: a suspended one');
	body.close();
}

/** Empties a table on the phone: what it knew is asked anew. */
const forget = (page: Page, table: string) =>
	page.evaluate(
		(table) =>
			new Promise<void>((resolve, reject) => {
				const asked = indexedDB.open('passport');
				asked.onerror = () => reject(asked.error!);
				asked.onsuccess = () => {
					const emptied = asked.result.transaction(table, 'readwrite').objectStore(table).clear();
					emptied.onsuccess = () => (asked.result.close(), resolve());
				};
			}),
		table
	);

/** Goes through the screens of the office, as a person with every role, and calls `stop` at each. */
export async function officeWalk(page: Page, site: Site, stop: Stop): Promise<void> {
	const { t, open, heading, first, press, tap, unfold } = screen(page, site);
	const body = await certified(site);
	const { crew } = body;
	const [maria, jan, ada, leo] = [
		await body.candidate('Maria Nowak'),
		await body.candidate('Jan Kowalczyk-Wiśniewski', '1991-11-30'),
		await body.candidate('Ada Rossi', '2001-02-03'),
		await body.candidate('Leo Georgiou', '1979-08-19')
	];
	const own = body.person('Nadia Fontaine', ['registrar', 'invigilator', 'decider', 'reviewer', 'coach'], false);
	const [first_, second, third] = [await maria.apply('communication'), await jan.apply('communication'), await ada.apply('netiquette')];
	for (const one of [first_, second, third]) await body.accept(one);
	const room = await body.room([first_, second, third]);
	const seat = (of: string) => room.seats.find(({ application }) => application === of)!;
	const passed = await maria.sit(seat(first_).form, seat(first_).code, 20);
	const checking = await jan.sit(seat(second).form, seat(second).code, 12);
	const notYet = await ada.sit(seat(third).form, seat(third).code, 4);
	await body.seen(room.id, seat(first_).form);
	await body.seen(room.id, seat(second).form, 'The light went out for two minutes. Everybody got two minutes more.');
	await body.decide(passed, 'passed');
	await body.decide(notYet, 'not-yet');
	await ada.ask('POST', '/appeal', {
		...{ id: crypto.randomUUID(), kind: 'appeal', attempt: notYet, locale: 'it', at: Date.now() },
		text: 'Nella sala c’era molto rumore. Non ho potuto finire le domande.'
	});
	const appeals = (await crew.reviewer.get('/appeals')) as { appeals: { id: string }[] };
	const fresh = await leo.apply('planning', { accommodations: ['extra-time', 'large-text'] });
	await leo.apply('privacy', { coaches: [own.code] });
	await body.accept(await jan.apply('planning'));
	await body.accept(await maria.apply('planning'));

	await person(page, site.url, 'en').begin();
	await open('/office');
	await heading(t('office.key.title'));
	await stop('sign in');
	await page.getByLabel(t('office.key.label')).fill('not-a-key-of-anybody');
	await press(t('office.key.go'));
	await first(t('office.rule.title'));
	await stop('sign in: a wrong key');
	await page.getByLabel(t('office.key.label')).fill(own.key);
	await press(t('office.key.go'));
	await heading(t('office.statement.title'));
	await stop('statement');
	await tap(t('office.statement.confidential'));
	await tap(t('office.statement.conflicts'));
	await press(t('office.statement.go'));
	await first(t('office.desk.applications-wait_other', { count: 2 }));
	await stop('desk');
	await open('/office/applications');
	await first('Leo Georgiou');
	await stop('applications');
	await open(`/office/applications/${fresh}`);
	await first(t('office.application.grant'));
	await unfold();
	await stop('an application');
	await press(t('office.application.refuse'));
	await first(t('office.application.refuse-why'));
	await stop('an application: refuse');
	await open('/office/sessions');
	await first(t('office.sessions.empty'));
	await stop('sessions, none');
	await open('/office/sessions/new');
	await first('Jan Kowalczyk-Wiśniewski');
	await page.getByLabel(t('office.session.place')).fill('Job centre, Main Street 4, room 12');
	await page.getByLabel(t('office.session.day')).fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
	await tap('Jan Kowalczyk-Wiśniewski');
	await tap('Maria Nowak');
	await stop('a new session');
	await press(t('office.session.make'));
	await first(t('office.session.seats'));
	await stop('the list of the day');
	const { pathname } = new URL(page.url());
	await page.locator('a.way').first().click();
	await first(t('office.seat.compare'));
	await stop('a seat');
	await press(t('office.seat.seen'));
	await page.getByRole('img', { name: t('office.seat.code-label') }).waitFor();
	await unfold();
	await stop('a seat: its code');
	await open(`${pathname}/collect`);
	await heading(t('office.collect.title'));
	await stop('collect');
	await open('/office/sessions');
	await page.locator('a.way').first().waitFor();
	await stop('sessions');
	await open('/office/attempts');
	await page.locator('a.way').first().waitFor();
	await stop('attempts');
	await open(`/office/attempts/${checking}`);
	await first(t('office.decide.title'));
	await unfold();
	await first(t('office.event.end'));
	await expect(page).toHaveTitle(`${t('office.attempt.title', { number: 'A-000002' })} - ${t('name')}`);
	await stop('the evidence of an attempt');
	await tap(t('office.decide.not-yet'));
	await page.getByLabel(t('office.decide.note')).fill('The rule is not met.');
	await press(t('office.decide.go'));
	await page.getByRole('dialog').waitFor();
	await stop('decide: asked again');
	await press(t('office.decide.yes'));
	await first(t('office.decide.done'));
	await first(t('office.decide.none'));
	await expect(page.getByRole('main').getByRole('link', { name: t('office.attempts.title') })).toHaveAttribute('href', '/office/attempts');
	await stop('decided');
	await open('/office/appeals');
	await page.locator('a.way').first().waitFor();
	await stop('appeals');
	await open(`/office/appeals/${appeals.appeals[0]!.id}`);
	await first(t('office.appeal.choose'));
	await stop('an appeal');
	await tap(t('office.appeal.upheld'));
	await page.getByLabel(t('office.appeal.answer')).fill('It was loud. You can sit the exam again, and it costs nothing.');
	await press(t('office.decide.go'));
	await page.getByRole('dialog').waitFor();
	await stop('an appeal: asked again');
	await press(t('office.appeal.go'));
	await expect(page.locator(':focus'), 'the focus is on what was done').toHaveText(t('office.appeal.done'));
	await stop('an appeal: answered');
	await open('/office/credentials');
	await press(new RegExp(t('office.credentials.change')));
	await first(t('office.credentials.what'));
	await stop('certificates: to change one');
	await tap(t('office.credentials.to.suspended'));
	await page.getByLabel(t('office.credentials.why')).fill('Something has to be looked at.');
	await press(t('continue'));
	await press(t('office.credentials.yes'));
	await expect(page.locator(':focus'), 'the focus is on what was done').toContainText(t('office.credentials.done'));
	await stop('certificates: one is suspended');
	await open('/office/credentials');
	await page.getByText(t('office.new-phone.title')).click();
	await tap(t('office.new-phone.seen'));
	await press(t('office.new-phone.give'));
	await first(t('office.new-phone.code'));
	await stop('certificates: a code for a new phone');
	await open('/office/items');
	await page.getByRole('combobox').selectOption('communication');
	await page.getByRole('table').waitFor();
	await stop('items');
	await open('/office/register');
	await page.getByRole('table').waitFor();
	await stop('register');
	await open('/office');
	await press(t('office.out.ask'));
	await first(t('office.out.what'));
	await stop('sign out');
	body.close();
}
