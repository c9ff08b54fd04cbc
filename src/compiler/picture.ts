import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Picture } from '#core/card.ts';
import { pictureName } from '#core/pack.ts';
import { coarse } from './outline.ts';

const from = createRequire(import.meta.url);
const set = '@iconify-json/fluent-emoji-flat';
let loaded: Map<string, string> | undefined;

/** The icons of the licensed set (Fluent Emoji Flat, Microsoft, MIT): SVG of 32 x 32 by name. Throws if the set's licence is another. */
export function icons(): Map<string, string> {
	if (loaded) return loaded;
	const { icons } = from(`${set}/icons.json`) as { icons: Record<string, { body: string; width?: number; height?: number }> };
	const { license } = JSON.parse(readFileSync(from.resolve(`${set}/info.json`), 'utf8')) as { license?: { spdx?: string } };
	if (license?.spdx !== 'MIT') throw new Error(`${set} is no longer under the MIT licence: look at its terms before it is used`);
	return (loaded = new Map(Object.entries(icons).flatMap(([name, { body, width, height }]) => (width || height ? [] : [[name, body]]))));
}

const folder = path.resolve(import.meta.dirname, '../../content/drawings');
const prefix = 'drawn-';
let ours: Map<string, string> | undefined;

/** The drawings of `content/drawings`: the inside of an SVG of 160 x 90, by their name with `drawn-` before it. They show what no icon can: a rota, a bin scheme, a message. */
export function drawings(): Map<string, string> {
	return (ours ??= new Map(
		readdirSync(folder).map((file) => {
			const [, body] =
				readFileSync(path.join(folder, file), 'utf8').match(
					/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 160 90">(.*)<\/svg>\s*$/s
				) ?? [];
			if (body === undefined || !file.endsWith('.svg')) throw new Error(`content/drawings/${file} is no SVG with viewBox "0 0 160 90"`);
			return [prefix + file.slice(0, -4), body];
		})
	));
}

/** Whether a name is that of a drawing, which stands alone, and not of an icon. */
export const isDrawing = (name: string): boolean => name.startsWith(prefix);

const wide = 160;
const high = 90;
/** The side of one icon, by how many stand side by side. */
const side = { 1: 82, 2: 72, 3: 52 } as const;

/** One picture of 16:9: a drawing, or one to three icons side by side. The names inside it are its own, so that pictures can share a page. */
export function compose(picture: Picture): string {
	const drawing = drawings().get(picture[0]!);
	if (drawing !== undefined)
		return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}">${drawn(drawing, mark(picture))}</svg>`;
	const size = side[picture.length as 1 | 2 | 3];
	const gap = (wide - picture.length * size) / (picture.length + 1);
	const scale = size / 32;
	const parts = picture.map((icon, at) => {
		const body = icons().get(icon);
		if (body === undefined) throw new Error(`no icon "${icon}"`);
		return `<g transform="translate(${round(gap + at * (size + gap))} ${(high - size) / 2})scale(${scale})">${drawn(body, `${mark(picture)}${at}`)}</g>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${wide} ${high}">${parts.join('')}</svg>`;
}

/** One icon as a picture of its own, square. */
export const single = (icon: string): string =>
	`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${drawn(icons().get(icon)!, mark([icon]))}</svg>`;

const mark = (picture: Picture): string => `p${createHash('sha256').update(pictureName(picture)).digest('hex').slice(0, 6)}`;
const round = (figure: number): number => Math.round(figure * 100) / 100;

/** The body with every id, and what refers to it, renamed, and paths to a tenth of 32, which no eye can tell from the original. */
function drawn(body: string, prefix: string): string {
	const ids = [...new Set([...body.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]!))];
	const own = ids.reduce(
		(text, id, at) =>
			text
				.replaceAll(`id="${id}"`, `id="${prefix}${at}"`)
				.replaceAll(`#${id})`, `#${prefix}${at})`)
				.replaceAll(`#${id}"`, `#${prefix}${at}"`),
		body
	);
	return own.replace(/ d="([^"]+)"/g, (_, path: string) => ` d="${coarse(path, 1)}"`);
}
