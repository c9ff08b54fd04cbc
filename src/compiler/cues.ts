import { sentences, type Locale } from '#core/text.ts';
import type { Speech } from './speech.ts';

/** The words of a text that begin when these parts of its speech do: each once, at its first letter, in order. [offset, milliseconds] */
export function shownWords(text: string, { shown }: Speech, spoken: [offset: number, milliseconds: number][]): [number, number][] {
	const words = [...text.matchAll(/[\p{L}\p{N}]\S*/gu)].map((match) => ({ start: match.index, end: match.index + match[0].length }));
	const found: [number, number][] = [];
	let next = 0;
	let latest = 0;
	for (const [offset, milliseconds] of spoken) {
		const at = shown[Math.min(offset, shown.length - 1)]!;
		const index = words.findIndex((word) => at < word.end);
		if (index < next) continue;
		latest = Math.max(latest, milliseconds);
		found.push([words[index]!.start, latest]);
		next = index + 1;
	}
	return found;
}

/** When each sentence of a text begins, in milliseconds, by when its words do; the first with the text. One that has no word begins with the next. */
export function sentenceCues(text: string, locale: Locale, words: [offset: number, milliseconds: number][], length: number): number[] {
	return sentences(text, locale).map(({ start }, index) => (index === 0 ? 0 : (words.find(([offset]) => offset >= start)?.[1] ?? length)));
}

/** Frames of 10 ms that hold sound: those less than 35 dB under the loud ones. */
function voiced(samples: Float32Array, rate: number): boolean[] {
	const place = (frame: number) => Math.round((frame * rate) / 100);
	const power = (part: Float32Array) => part.reduce((sum, sample) => sum + sample * sample, 0) / part.length;
	const powers = Array.from({ length: Math.floor((samples.length * 100) / rate) }, (_, at) =>
		power(samples.subarray(place(at), place(at + 1)))
	);
	const loud = [...powers].sort((a, b) => a - b)[Math.floor(powers.length * 0.95)] ?? 0;
	return powers.map((value) => value > loud * 10 ** -3.5);
}

/**
 * When pieces of speech begin, in milliseconds, guessed from their lengths in characters and the pauses that are heard (150 ms
 * and more): for engines and people that say no more than the sound. Right where a pause parts two pieces, else some tenths
 * of a second off. The first piece begins with the sound.
 */
export function guessed(characters: number[], samples: Float32Array, rate: number): number[] {
	const frames = voiced(samples, rate);
	const spoken = frames.filter(Boolean).length;
	const all = characters.reduce((sum, count) => sum + count, 0) || 1;
	/** For each amount of speech (in frames) the frame in which it goes on, and the pauses: `at` in frames of speech, `end` in frames. */
	const clock: number[] = [];
	const pauses: { at: number; end: number; length: number }[] = [];
	let silence = 0;
	frames.forEach((sound, frame) => {
		if (sound) {
			if (silence >= 15 && clock.length) pauses.push({ at: clock.length, end: frame, length: silence });
			clock.push(frame);
		}
		silence = sound ? 0 : silence + 1;
	});
	let before = 0;
	let last = { at: 0, end: 0 };
	return characters.map((count, index) => {
		const expected = (before / all) * spoken;
		const reach = (Math.min(count, characters[index - 1] ?? 0) / all) * spoken * 0.5;
		before += count;
		if (index === 0) return 0;
		const near = pauses
			.filter(({ at }) => at > last.at && Math.abs(at - expected) <= reach)
			.sort((a, b) => Math.abs(a.at - expected) - a.length - (Math.abs(b.at - expected) - b.length))[0];
		const at = Math.max(expected, last.at);
		last = near ?? { at, end: Math.max(last.end, clock[Math.floor(at)] ?? frames.length) };
		return last.end * 10;
	});
}
