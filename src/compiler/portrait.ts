import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import satori from 'satori';
import type { Issuer } from '#core/award.ts';
import { Catalogue, Signed } from '#core/pack.ts';
import { statements } from '#core/statements.ts';
import { locales, type Locale } from '#core/text.ts';

/** Raised when portraits are drawn in another way, so that all are drawn anew. */
const way = 1;
const width = 480;
const height = 300;
const strip = 14;
const most = 30 * 1024;

/** The colours of the look (`src/app.css`), by daylight. */
const colours = {
	paper: '#faf7f1',
	ink: '#1d2530',
	soft: '#4a5461',
	lifecomp: '#75356a',
	digcomp: '#1f5590',
	entrecomp: '#7d4f00',
	greencomp: '#2c632f',
	act: '#0a5557'
};

type Portrait = { name: string; locale: Locale; title: string; colour: string; picture?: string; issuer: string };

/**
 * Draws the picture that a European Digital Credential must carry: one PNG for each course that is written and each language, and of the Passport, from the
 * catalogue in a folder of packs, as `<course>.<locale>.png` and `passport.<locale>.png` in `out`. Only what changed is drawn; gives the names
 * of those. It has no name on it: it is the same for all who hold the credential.
 */
export async function portraits(packs: string, out: string, issuer: Issuer): Promise<string[]> {
	const catalogue = Catalogue.parse(JSON.parse(Signed.parse(JSON.parse(readFileSync(path.join(packs, 'catalogue.json'), 'utf8'))).payload));
	const all = locales.flatMap((locale) => [
		...catalogue.credentials
			.filter(({ id }) => catalogue.packs[id])
			.map(({ id, framework, picture }) => ({
				name: `${id}.${locale}`,
				locale,
				title: catalogue.words[locale][`${id}.title`]!,
				colour: colours[framework],
				picture: catalogue.pictures?.[picture],
				issuer: issuer.name[locale]
			})),
		{ name: `passport.${locale}`, locale, title: statements.passport[locale], colour: colours.act, issuer: issuer.name[locale] }
	]);
	mkdirSync(out, { recursive: true });
	const list = path.join(out, 'portraits.json');
	const before = existsSync(list) ? (JSON.parse(readFileSync(list, 'utf8')) as Record<string, string>) : {};
	const now: Record<string, string> = {};
	const drawn: string[] = [];
	for (const portrait of all) {
		const { name } = portrait;
		const file = path.join(out, `${name}.png`);
		now[name] = createHash('sha256')
			.update(JSON.stringify([way, portrait]))
			.digest('hex');
		if (now[name] === before[name] && existsSync(file)) continue;
		writeFileSync(file, await draw(portrait));
		drawn.push(name);
	}
	writeFileSync(list, JSON.stringify(now));
	const stale = readdirSync(out).filter((file) => file.endsWith('.png') && !now[file.slice(0, -4)]);
	for (const file of stale) rmSync(path.join(out, file));
	return drawn;
}

const from = createRequire(import.meta.url);
const font = (script: string, weight: 400 | 700) => ({
	name: script,
	data: readFileSync(from.resolve(`@fontsource/noto-sans/files/noto-sans-${script}-${weight}-normal.woff`)),
	weight,
	style: 'normal' as const
});
const scripts = ['latin', 'latin-ext', 'greek'];
let fonts: ReturnType<typeof font>[] | undefined;

const box = (style: object, ...children: unknown[]) => ({ type: 'div', props: { style: { display: 'flex', ...style }, children } });

async function draw({ name, locale, title, colour, picture, issuer }: Portrait): Promise<Buffer> {
	fonts ??= scripts.flatMap((script) => [font(script, 400), font(script, 700)]);
	const src = picture && `data:image/svg+xml;base64,${Buffer.from(picture).toString('base64')}`;
	const whole = box(
		{ width, height, backgroundColor: colours.paper, color: colours.ink, fontFamily: scripts.join(', '), lineHeight: 1.25 },
		box({ width: strip, height, backgroundColor: colour }),
		box(
			{ width: width - strip, height, flexDirection: 'column', padding: '24px 28px', boxSizing: 'border-box' },
			...(src ? [{ type: 'img', props: { src, width: 72, height: 72, style: { flexShrink: 0 } } }] : []),
			box({ fontSize: title.length > 36 ? 22 : 32, fontWeight: 700, marginTop: 14 }, title),
			...(src ? [box({ fontSize: 20, fontWeight: 700, marginTop: 8, color: colour }, statements.passport[locale])] : []),
			box({ fontSize: 15, marginTop: 'auto', color: colours.soft }, issuer)
		)
	);
	const svg = await satori(whole as never, { width, height, fonts });
	const png = new Resvg(svg, { font: { loadSystemFonts: false } }).render().asPng();
	if (png.length > most) throw new Error(`the portrait ${name} has ${png.length} bytes, more than ${most}: choose a simpler picture`);
	return png;
}
