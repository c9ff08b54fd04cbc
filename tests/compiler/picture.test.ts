import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coarse } from '#compiler/outline.ts';
import { compose, drawings, icons, single } from '#compiler/picture.ts';

/** An icon whose drawing refers to parts of itself by name. */
const named = [...icons()].find(([, body]) => /\bid="/.test(body))![0];

test('one to three icons make one picture of 16:9', () => {
	for (const picture of [['ear'], ['ear', 'key'], ['ear', 'key', 'bed']]) {
		const svg = compose(picture);
		expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 160 90">.*<\/svg>$/);
		expect(svg.match(/<g transform="translate/g)).toHaveLength(picture.length);
	}
});

test('a drawing is a picture of its own, in simple shapes, without words, code or anything from elsewhere', () => {
	expect(drawings().size).toBeGreaterThan(20);
	for (const [name, body] of drawings()) {
		const svg = compose([name]);
		expect(svg, name).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" viewBox="0 0 160 90">.*<\/svg>$/);
		expect(
			[...body.matchAll(/<(\w+)/g)].map((match) => match[1]).filter((tag) => !/^(rect|circle|path|g)$/.test(tag!)),
			name
		).toEqual([]);
		expect(svg, name).not.toMatch(/\bon\w+=|style=|url\(|href/i);
		expect(svg.length, name).toBeLessThan(6000);
	}
});

test('names inside a picture are its own, and all of them are found', () => {
	const ids = (svg: string) => [...svg.matchAll(/\bid="([^"]+)"/g)].map((match) => match[1]!);
	const svg = compose([named, named]);
	const all = [...ids(svg), ...ids(compose([named, 'ear'])), ...ids(single(named))];
	expect(ids(svg).length).toBeGreaterThan(1);
	expect(new Set(all).size).toBe(all.length);
	for (const [, id] of svg.matchAll(/url\(#([^)]+)\)|href="#([^"]+)"/g)) expect(ids(svg)).toContain(id);
});

test('a picture runs no code and loads nothing', () => {
	for (const [name] of icons()) expect(single(name)).not.toMatch(/<script|<foreignObject|\bon\w+=|href="(?!#)|url\((?!#)/i);
});

test('every path of the set can be read and is drawn with tenths', () => {
	for (const body of icons().values())
		for (const [, path] of body.matchAll(/ d="([^"]+)"/g)) expect(coarse(path!, 1).replace(/a[^a-z]*/gi, '')).not.toMatch(/\.\d\d/);
});

test('tenths do not add up: however many small steps a path takes, it ends where it should', () => {
	const step = fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -999, max: 999 }));
	fc.assert(
		fc.property(fc.array(step, { minLength: 1, maxLength: 200 }), (steps) => {
			const path = `M0 0${steps.map(([x, y]) => `l${x / 1000} ${y / 1000}`).join('')}`;
			const figures = [...coarse(path, 1).matchAll(/-?\d*\.?\d+/g)].map(Number).slice(2);
			const sum = (axis: 0 | 1) => figures.reduce((total, figure, at) => total + (at % 2 === axis ? figure : 0), 0);
			for (const axis of [0, 1] as const)
				expect(Math.abs(sum(axis) - steps.reduce((total, one) => total + one[axis] / 1000, 0))).toBeLessThan(0.051);
		})
	);
});

test('curves, arcs with flags set tight, closed and repeated parts keep their meaning', () => {
	expect(coarse('m1.04 2.06 3-4zm1 1h.26v-.26', 1)).toBe('m1 2.1l3-4zm1 1h.3v-.3'.replace('m1 2.1l3-4', coarse('m1.04 2.06 3-4', 1)));
	expect(coarse('M1 1a1.23 1.23 0 012.46.04', 1)).toBe('M1 1a1.2 1.2 0 0 1 2.5 0');
	expect(coarse('M0 0C1.11 2.22 3.33 4.44 5.55 6.66', 1)).toBe('M0 0C1.1 2.2 3.3 4.4 5.6 6.7');
	expect(coarse('no path', 1)).toBe('no path');
});
