import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';

/** What Chromium is started with: as root in a container, without asking anything of the network. */
export const chromiumArgs = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
	'--disable-quic',
	'--no-first-run',
	'--autoplay-policy=user-gesture-required'
];

/**
 * The path of a Chromium: CHROMIUM_PATH; the one inside `@sparticuz/chromium`, which is the same on every Linux and has no window to draw, unpacked
 * with the libraries it needs; where that does not run, the system's.
 */
export async function chromiumPath(): Promise<string> {
	if (process.env['CHROMIUM_PATH']) return process.env['CHROMIUM_PATH'];
	return packed().catch((cause: unknown) => {
		const whole = wholeChromium();
		if (whole) return whole;
		throw new Error('No Chromium starts here: install one, or name it by CHROMIUM_PATH', { cause });
	});
}

/** The path of a Chromium with all that the packed one has not, such as Background Sync: CHROMIUM_PATH, or the system's, if it has one. */
export const wholeChromium = (): string | undefined =>
	process.env['CHROMIUM_PATH'] ??
	[
		'/usr/bin/chromium',
		'/usr/bin/chromium-browser',
		'/usr/bin/google-chrome',
		'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'
	].find(existsSync);

async function packed(): Promise<string> {
	const { default: chromium } = await import('@sparticuz/chromium');
	const path = await chromium.executablePath();
	const starts = () => execFileSync(path, ['--version'], { stdio: 'ignore' });
	try {
		starts();
	} catch {
		const libraries = mkdtempSync(join(tmpdir(), 'chromium-libraries-'));
		const archive = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../../bin/al2023.tar.br');
		execFileSync('tar', ['x', '-C', libraries], { input: brotliDecompressSync(readFileSync(archive)) });
		process.env['LD_LIBRARY_PATH'] = [join(libraries, 'lib'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
		starts();
	}
	return path;
}
