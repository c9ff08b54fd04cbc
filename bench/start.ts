import { join } from 'node:path';
import type { BrowserContext } from '@playwright/test';
import { person } from '../tests/e2e/person.ts';
import { interfaceWords } from '../tests/e2e/site.ts';
import { launch, launchOn, noted, onStage, phone, slow, watchUsable, type Line } from './browser.ts';
import { figure, report, type Figure } from './report.ts';

/**
 * How long a start takes, in milliseconds since the address was opened: the first time over two lines (a warm endpoint on this machine,
 * so without the time for a name and a secure line); and again without any line, with a course on the phone, from the service worker
 * that was stopped, in a browser that has just begun or is open without the app. Usable: the button is painted, and a tap does what
 * it says. `npx tsx bench/start.ts [runs]`; prints JSON.
 */
const [runs = 5] = process.argv.slice(2).map(Number);

type Cold = { name: string; line: Line; processor: number; usable: number; paint: number };
const colds: Cold[] = [
	{ name: '1.6 Mbit/s, 150 ms, processor / 4', line: { down: 1.6e6, up: 750e3, latency: 150 }, processor: 4, usable: 3000, paint: 1000 },
	{ name: '400 kbit/s, 400 ms, processor / 4', line: { down: 400e3, up: 400e3, latency: 400 }, processor: 4, usable: 7000, paint: 1200 }
];

/** One start at the first address, in milliseconds. It counts if a tap on the button leads to the heading `next`. */
async function start(context: BrowserContext, url: string, processor: number, line: Line | undefined, button: string, next: string) {
	const page = await context.newPage();
	const session = await slow(page, processor, line);
	await watchUsable(page, button);
	await page.goto(url, { waitUntil: 'commit' });
	const [usable] = await noted(page, 'mark', 'usable');
	const [paint] = await noted(page, 'paint', 'first-contentful-paint');
	await session.send('Emulation.setCPUThrottlingRate', { rate: 1 });
	await page.locator(button).first().tap();
	await page.getByRole('heading', { name: next, exact: true }).waitFor();
	await session.send('ServiceWorker.enable');
	await session.send('ServiceWorker.stopAllWorkers'); // the next start wakes it
	await page.close();
	return { usable: usable!.at, paint: paint!.at };
}

/** Starts a number of times; the two figures. */
async function times(name: string, bounds: { usable: number; paint?: number }, once: () => Promise<{ usable: number; paint: number }>) {
	const all = [];
	for (let at = 0; at < runs; at++) all.push(await once());
	const figures: Figure[] = [
		figure(
			`${name}: usable`,
			'ms',
			bounds.usable,
			all.map(({ usable }) => usable)
		)
	];
	if (bounds.paint)
		figures.push(
			figure(
				`${name}: first paint`,
				'ms',
				bounds.paint,
				all.map(({ paint }) => paint)
			)
		);
	return figures;
}

await onStage(async ({ url, folder, kill }) => {
	const figures: Figure[] = [];
	const browser = await launch();
	const home = interfaceWords('en')('home.title');
	const first = async (processor: number, line?: Line) => {
		const context = await browser.newContext(phone);
		const took = await start(context, url, processor, line, 'main .foot .button', home);
		await context.close();
		return took;
	};
	try {
		await first(1); // the endpoint compresses each file when it is first asked for it
		for (const { name, line, processor, usable, paint } of colds)
			figures.push(...(await times(`first start, ${name}`, { usable, paint }, () => first(processor, line))));
	} finally {
		await browser.close();
	}

	const profile = join(folder, 'profile');
	const before = await launchOn(profile);
	const she = person(await before.newPage(), url, 'en');
	await she.begin();
	await she.take('text');
	await she.offlineReady();
	await before.close();
	await kill();
	const again = (context: BrowserContext) => start(context, url, 6, undefined, 'main .card.thread .button', she.t('course.lessons'));
	figures.push(
		...(await times('start without a line in a new browser, processor / 6', { usable: 1500 }, async () => {
			const context = await launchOn(profile);
			await context.setOffline(true);
			const took = await again(context);
			await context.close();
			return took;
		}))
	);
	const context = await launchOn(profile);
	await context.setOffline(true);
	await again(context);
	figures.push(...(await times('start without a line in an open browser, processor / 6', { usable: 1500 }, () => again(context))));
	await context.close();
	report('start', figures, { browser: browser.version() });
});
