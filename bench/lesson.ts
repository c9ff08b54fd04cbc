import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from '@playwright/test';
import { course, person } from '../tests/e2e/person.ts';
import { launch, noted, onStage, packs, phone, refuse, slow } from './browser.ts';
import { figure, median, report } from './report.ts';

/**
 * A lesson on a phone whose processor is six times slower, without a line: from the tap on "Check" to the painted feedback, from the
 * tap on the speaker to the sound, in milliseconds, and the memory of the scripts at the lesson's end, before it is tidied.
 * `npx tsx bench/lesson.ts [learners]`; prints JSON.
 */
const [learners = 2] = process.argv.slice(2).map(Number);
const lessons = ['listen', 'speak'];

/** Notes in the page how long feedback and sound take, each from the moment of its tap. */
function watchTaps(): void {
	let check: number | undefined;
	let listen = 0;
	addEventListener(
		'click',
		(event) => {
			const target = event.target as Element;
			if (target.closest('.foot .button')) check = document.querySelector('.feedback') ? undefined : event.timeStamp;
			if (target.closest('.speaker .icon-button')) listen = event.timeStamp;
		},
		true
	);
	new MutationObserver(() => {
		if (check === undefined || !document.querySelector('.feedback')) return;
		const start = check;
		check = undefined;
		requestAnimationFrame(() => {
			const { port1, port2 } = new MessageChannel();
			port1.onmessage = () => performance.measure('feedback', { start });
			port2.postMessage(undefined); // arrives when the frame is painted
		});
	}).observe(document, { subtree: true, childList: true });
	const play = HTMLMediaElement.prototype.play;
	HTMLMediaElement.prototype.play = function () {
		this.addEventListener('playing', () => performance.measure('sound', { start: listen }), { once: true });
		return play.call(this);
	};
}

/** One learner with the course and its voice on the phone: what each of her lessons took. */
async function learn(browser: Browser, url: string) {
	const context = await browser.newContext(phone);
	const page = await context.newPage();
	await page.addInitScript(watchTaps);
	const she = person(page, url, 'en');
	await she.begin();
	await she.take('cards');
	await page.locator('#running').waitFor({ state: 'detached' }); // the text comes first, and then the voice
	await she.offlineReady();
	await context.setOffline(true);
	const session = await slow(page, 1);
	await session.send('Performance.enable');

	const feedback: { kind: string; took: number }[] = [];
	const sound: number[] = [];
	const heap: { used: number; tidied: number }[] = [];
	for (const lesson of course.lessons.filter(({ id }) => lessons.includes(id))) {
		await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
		await she.lesson(lesson.id);
		await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
		for (const [at, { id }] of lesson.cards.entries()) {
			await page.getByRole('heading', { level: 1, name: she.say(`${id}.title`) }).waitFor();
			await page.getByRole('button', { name: she.t('voice.listen'), exact: true }).tap();
			sound.push((await noted(page, 'measure', 'sound', at + 1)).at(-1)!.took);
			await she.forward('lesson.next');
		}
		await she.forward('lesson.next');
		await she.forward('lesson.to-exercises');
		const kinds: string[] = [];
		for (const [at, item] of [...lesson.exercises, lesson.exercises[0]!].entries()) {
			await she.respond(item, at === 0 ? 'wrong' : 'right');
			kinds.push(...(item.kind === 'scenario' ? item.steps.map(() => 'scenario') : [item.kind]));
			await she.forward('continue');
		}
		feedback.push(...(await noted(page, 'measure', 'feedback', kinds.length)).map(({ took }, at) => ({ kind: kinds[at]!, took })));
		const { metrics } = await session.send('Performance.getMetrics');
		await session.send('HeapProfiler.collectGarbage');
		const { usedSize } = await session.send('Runtime.getHeapUsage');
		heap.push({ used: metrics.find(({ name }) => name === 'JSHeapUsedSize')!.value, tidied: usedSize });
	}
	await context.close();
	return { feedback, sound, heap };
}

if (!existsSync(join(packs, 'communication/en.cards.json')))
	refuse('the English cards have no voice: run `npm run narrate -- communication en cards` first');
else
	await onStage(async ({ url }) => {
		const browser = await launch();
		const all = [];
		for (let at = 0; at < learners; at++) all.push(await learn(browser, url));
		await browser.close();
		const feedback = all.flatMap((one) => one.feedback);
		const sound = all.flatMap((one) => one.sound);
		const heap = all.flatMap((one) => one.heap);
		report(
			'lesson',
			[
				figure(
					'tap on "Check" to feedback, processor / 6',
					'ms',
					200,
					feedback.map(({ took }) => took)
				),
				figure('tap on the speaker to sound, processor / 6', 'ms', 100, sound),
				figure(
					'script memory after a lesson',
					'bytes',
					60e6,
					heap.map(({ used }) => used)
				)
			],
			{
				browser: browser.version(),
				feedbackByKind: Object.fromEntries(
					[...new Set(feedback.map(({ kind }) => kind))].map((one) => {
						const took = feedback.filter(({ kind }) => kind === one).map(({ took }) => Math.round(took));
						return [one, { median: median(took), runs: took }];
					})
				),
				memoryTidied: median(heap.map(({ tidied }) => tidied))
			}
		);
	});
