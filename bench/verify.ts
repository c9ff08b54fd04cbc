import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createSeal } from '#server/certification/seal.ts';
import { createIssue } from '#server/certification/issue.ts';
import { createProofs } from '#server/certification/proof.ts';
import { readDescribed } from '#server/certification/described.ts';
import { interfaceWords } from '../tests/e2e/site.ts';
import { launch, onStage, packs, phone, refuse, slow } from './browser.ts';
import { figure, report } from './report.ts';

/**
 * How long a check takes on a phone whose processor is four times slower, without a network: from the tap on "Check this text" to the six
 * checks on screen, for the text of a QR code and for a sealed file with its pictures. `npx tsx bench/verify.ts [runs]`; prints JSON.
 */
const [runs = 9] = process.argv.slice(2).map(Number);
const seal = process.env['SEAL_KEY'] ?? '.keys/seal.json';

async function issued(folder: string) {
	const at = Date.now();
	const award = {
		id: 'urn:uuid:0190a000-0000-7000-8000-000000000001',
		number: 'C-000001',
		course: 'communication',
		edition: 1,
		holder: { name: 'Maria Lopez', born: '1990-05-01' },
		issued: at - 60_000,
		score: 85,
		scheme: { id: 'passport', version: 1, edition: 'ISO/IEC 17024:2012' },
		status: { list: '1', index: 194 }
	};
	const proofs = await createProofs(join(folder, 'badge.json'));
	const parts = { seal: createSeal(seal), proofs, described: readDescribed(packs), base: 'http://localhost', portraits: 'build/portraits' };
	return createIssue(parts).issue(award, at);
}

await onStage(async ({ url, folder }) => {
	if (!existsSync(seal)) return refuse('there is no seal: run `npm run build:app` first');
	const { edc, qr } = await issued(folder);
	const t = interfaceWords('en');
	const browser = await launch();
	try {
		const context = await browser.newContext(phone);
		const page = await context.newPage();
		await page.goto(`${url}/verify`);
		await page.getByRole('heading', { name: t('verify.title') }).waitFor();
		await page.locator('details > summary').tap();
		await slow(page, 4);
		await context.setOffline(true);
		/** Pastes a text and checks it; milliseconds from the tap to the frame that shows the checks. */
		const check = async (text: string): Promise<number> => {
			if (!(await page.locator('details').evaluate((details: HTMLDetailsElement) => details.open)))
				await page.locator('details > summary').tap();
			await page.locator('textarea').fill(text);
			const took = await page.evaluate(
				() =>
					new Promise<number>((resolve) => {
						const begun = performance.now();
						const observer = new MutationObserver(() => {
							if (document.querySelectorAll('main ol > li').length !== 6) return;
							observer.disconnect();
							requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - begun)));
						});
						observer.observe(document.querySelector('main')!, { subtree: true, childList: true });
						document.querySelector<HTMLButtonElement>('main form button')!.click();
					})
			);
			await page.getByRole('button', { name: t('verify.another') }).tap();
			return took;
		};
		await check(qr); // the first time, the program is compiled
		await check(edc);
		const times = async (text: string) => {
			const all: number[] = [];
			for (let at = 0; at < runs; at++) all.push(await check(text));
			return all;
		};
		report(
			'verify',
			[
				figure('a code, processor / 4, offline', 'ms', 100, await times(qr)),
				figure('a sealed file, processor / 4, offline', 'ms', 300, await times(edc))
			],
			{
				bytes: { code: qr.length, file: edc.length },
				seal: createHash('sha256').update(edc).digest('hex').slice(0, 8),
				browser: browser.version()
			}
		);
	} finally {
		await browser.close();
	}
});
