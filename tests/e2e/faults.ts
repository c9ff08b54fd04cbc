import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

type Results = Awaited<ReturnType<AxeBuilder['analyze']>>;
type Options = Parameters<AxeBuilder['options']>[0];

const require = createRequire(import.meta.url);
const source = readFileSync(createRequire(require.resolve('@axe-core/playwright')).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds. It is put into a page once, and runs there by itself: its builder takes ten times as long as axe for every screen. */
async function violations(page: Page, options: Options): Promise<Results['violations']> {
	if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source);
	return page.evaluate(async (options) => {
		const { axe } = window as unknown as Window & { axe: { run: (options: Options) => Promise<Results> } };
		return (await axe.run(options)).violations;
	}, options);
}

/** What axe finds on the screen, with `target-size`, which is off unless it is asked for. */
export async function axeFaults(page: Page): Promise<string[]> {
	const found = await violations(page, {
		resultTypes: ['violations'],
		runOnly: { type: 'tag', values: tags },
		rules: { 'target-size': { enabled: true } }
	});
	return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary?.replace(/\s+/g, ' ')}`));
}

/** What axe finds of colours alone: the rest does not change between light and dark. */
export async function colourFaults(page: Page): Promise<string[]> {
	const found = await violations(page, {
		resultTypes: ['violations'],
		runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }
	});
	return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.any[0]?.message ?? ''}`));
}

/** Whether one can tell where one is: the language, one first heading, one main part, the title. */
export const placeFaults = (page: Page, locale: string, name: string): Promise<string[]> =>
	page.evaluate(
		([locale, name]) => {
			const shown = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)].filter((one) => one.offsetParent);
			const heads = shown('h1').map((one) => one.innerText.trim());
			const [screen, app] = document.title.split(' - ');
			return [
				document.documentElement.lang === locale ? '' : `lang is ${document.documentElement.lang}`,
				heads.length === 1 && heads[0] ? '' : `h1: ${heads.join(' | ') || 'none'}`,
				shown('main').length === 1 ? '' : 'not one main part',
				screen && app === name && screen !== name ? '' : `title: ${document.title}`
			].filter(Boolean);
		},
		[locale, name] as const
	);

/** What is too small or too close to be tapped: 44 by 44 pixels, answers 56 high, 8 pixels between; links within a text may be as they are. */
export const targetFaults = (page: Page): Promise<string[]> =>
	page.evaluate(() => {
		const name = (one: HTMLElement) =>
			`${one.tagName.toLowerCase()}.${one.className} “${(one.innerText || one.ariaLabel || '').trim().slice(0, 40)}”`;
		const layer = (one: HTMLElement) => one.closest('.foot, nav, dialog');
		const modal = document.querySelector('dialog[open]');
		const inText = (one: HTMLElement) =>
			getComputedStyle(one).display === 'inline' && (one.parentElement!.textContent ?? '').trim() !== (one.textContent ?? '').trim();
		const targets = [...(modal ?? document).querySelectorAll<HTMLElement>('a[href], button, summary, select, textarea, input, label')]
			.map((one) => ({ one, box: one.getBoundingClientRect() }))
			.filter(
				({ one, box }) =>
					one.checkVisibility() && !one.classList.contains('hidden') && box.width > 1 && box.bottom + scrollY > 0 && !inText(one)
			);
		const faults = targets.flatMap(({ one, box }) => {
			const high = one.matches('.option, .pill, .field') ? 56 : 44;
			return box.width < 43.5 || box.height < high - 0.5 ? [`${Math.round(box.width)} x ${Math.round(box.height)}: ${name(one)}`] : [];
		});
		targets.forEach(({ one, box }, at) =>
			targets.slice(at + 1).forEach((next) => {
				if (layer(one) !== layer(next.one) || one.contains(next.one) || next.one.contains(one)) return;
				const across = Math.max(box.left, next.box.left) - Math.min(box.right, next.box.right);
				const down = Math.max(box.top, next.box.top) - Math.min(box.bottom, next.box.bottom);
				if (Math.hypot(Math.max(0, across), Math.max(0, down)) < 7.5)
					faults.push(`${Math.round(Math.max(across, down))} px between ${name(one)} and ${name(next.one)}`);
			})
		);
		return faults;
	});

/** Letters, words, lines and paragraphs as far apart as WCAG 1.4.12 says. */
const spacing = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; } p { margin-block-end: 2em !important; }`;

/**
 * What does not fit on a narrow screen, 320 pixels wide: sideways scroll, text that sticks out of its box or is cut off; a table may be
 * moved sideways by itself (WCAG 1.4.10).
 * `how`: with letters twice as big and far apart, or with texts longer by two fifths.
 */
export async function narrowFaults(page: Page, how: 'big' | 'long'): Promise<string[]> {
	const before = page.viewportSize()!;
	await page.setViewportSize({ width: 320, height: 640 });
	const faults = await page.evaluate(
		([how, spacing]) => {
			const root = document.documentElement;
			const texts: Text[] = [];
			const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
			for (let node = walker.nextNode(); node; node = walker.nextNode())
				if (
					node.textContent?.trim() &&
					node.parentElement?.checkVisibility() &&
					!node.parentElement.closest('.hidden, #start, #svelte-announcer, .skip, table')
				)
					texts.push(node as Text);
			const words = texts.map((text) => text.data);
			if (how === 'long')
				texts.forEach(
					(text) => text.data.trim().length > 2 && (text.data += ` ${text.data.trim().slice(0, Math.ceil(text.data.length * 0.4))}`)
				);
			else {
				const sheet = new CSSStyleSheet();
				sheet.replaceSync(spacing);
				document.adoptedStyleSheets = [sheet];
				root.style.fontSize = '200%';
			}
			const { scrollWidth, clientWidth } = document.scrollingElement!;
			const faults = scrollWidth > clientWidth ? [`${scrollWidth} px wide on ${clientWidth}`] : [];
			for (const text of texts) {
				const range = document.createRange();
				range.selectNodeContents(text);
				for (const line of range.getClientRects()) {
					let cut = line.left < -1 || line.right > clientWidth + 1 ? 'screen' : '';
					for (let box = text.parentElement; box && box !== document.body && !cut; box = box.parentElement) {
						const style = getComputedStyle(box);
						if (style.display === 'inline' || style.display === 'contents') continue;
						const scrolls = /auto|scroll/.test(style.overflowY);
						if (scrolls) break;
						const drawn = style.borderTopWidth !== '0px' || style.backgroundColor !== 'rgba(0, 0, 0, 0)' || style.overflowX !== 'visible';
						const edge = box.getBoundingClientRect();
						const loose = parseFloat(style.fontSize) * 0.3;
						if (
							drawn &&
							(line.left < edge.left - 1 || line.right > edge.right + 1 || line.top < edge.top - loose || line.bottom > edge.bottom + loose)
						)
							cut = `${box.tagName.toLowerCase()}.${box.className}`;
					}
					if (cut) {
						faults.push(`“${text.data.trim().slice(0, 40)}” sticks out of ${cut}`);
						break;
					}
				}
			}
			const foot = [...document.querySelectorAll<HTMLElement>('.foot, nav')].find((one) => getComputedStyle(one).position === 'sticky');
			if (foot && foot.offsetHeight > innerHeight / 2) faults.push(`${foot.offsetHeight} of ${innerHeight} px are covered at the bottom`);
			root.style.fontSize = '';
			document.adoptedStyleSheets = [];
			texts.forEach((text, at) => (text.data = words[at]!));
			return faults;
		},
		[how, spacing] as const
	);
	await page.setViewportSize(before);
	return faults;
}
