import type { ErrorCode } from '#core/errors.ts';
import { reading as readingAt, type Recording } from '#core/narration.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Settings } from './settings.svelte.ts';

type Kept = Awaited<ReturnType<Device['packs']['voices']>>[number];

export type Narration = ReturnType<typeof createNarration>;

/** Reading aloud: one clip at a time, never unasked. */
export function createNarration(device: Device, i18n: I18n, settings: Settings, courses: Courses) {
	let voices = $state.raw<Kept[]>([]);
	let of: string | undefined;
	let clip = $state<string>();
	let state = $state<'stopped' | 'loading' | 'playing' | 'paused'>('stopped');
	let spoken: Locale | undefined;
	let current = $state.raw<Recording>();
	let position = $state(0);
	let error = $state<ErrorCode>();

	const find = (id: string, locale: Locale) => {
		for (const kept of voices) {
			const recording = kept.locale === locale ? kept.voice.recordings.find((one) => one.id === id) : undefined;
			if (recording) return { recording, sound: kept.sound };
		}
		return undefined;
	};
	const reading = $derived(current && state !== 'stopped' ? readingAt(current, position + 40) : undefined);

	function stop(): void {
		device.voice.stop();
		clip = undefined;
		current = undefined;
		position = 0;
		state = 'stopped';
	}

	async function play(id: string, from?: [text: number, sentence: number]): Promise<void> {
		const found = find(id, i18n.locale);
		if (!found) return;
		const { recording, sound } = found;
		const begin = from ? (recording.sentences.find(([text, sentence]) => text === from[0] && sentence === from[1])?.[2] ?? 0) : 0;
		error = undefined;
		clip = id;
		current = recording;
		spoken = i18n.locale;
		position = begin;
		state = 'loading';
		try {
			const bytes = await device.files.read(recording[sound].sha256);
			if (clip !== id) return;
			if (!bytes) {
				stop();
				error = 'voice';
				return;
			}
			await device.voice.play({
				bytes,
				type: sound,
				from: begin,
				rate: settings.rate,
				title: courses.say(`${id}.title`) || i18n.t('name'),
				album: courses.say('course.plain'),
				onposition: (at) => void (position = at),
				onstate: (next) => void (state = next),
				onend: stop,
				onerror: (cause) => {
					stop();
					clip = id;
					error = cause.code;
				}
			});
		} catch (cause) {
			stop();
			error = codeOf(cause);
		}
	}

	return {
		/** Learns which voices of a course are on the phone. */
		async prepare(course: string): Promise<void> {
			if (of !== course) stop();
			of = course;
			voices = await device.packs.voices(course).catch((cause: unknown) => (codeOf(cause), []));
			if (voices.length) await device.voice.warm().catch(codeOf);
		},
		/** Whether a clip can be heard in the language of the moment. */
		availability(id: string): 'here' | 'other-language' | 'none' {
			if (!settings.voice) return 'none';
			if (find(id, i18n.locale)) return 'here';
			return voices.some(({ locale }) => find(id, locale)) ? 'other-language' : 'none';
		},
		get clip() {
			return clip;
		},
		get state() {
			return state;
		},
		get reading() {
			return reading;
		},
		readingOf: (id: string) => (clip === id && spoken === i18n.locale ? reading : undefined),
		get synthetic() {
			return current?.kind !== 'human';
		},
		get position() {
			return position;
		},
		get length() {
			return current?.milliseconds ?? 0;
		},
		get error() {
			return error;
		},
		play,
		tapSentence: (id: string, text: number, sentence: number): Promise<void> => play(id, [text, sentence]),
		/** Plays, pauses, goes on; after a language switch it goes on at the same sentence in the new language. */
		async toggle(id: string): Promise<void> {
			if (clip === id && spoken !== i18n.locale) await play(id, reading);
			else if (clip === id && (state === 'playing' || state === 'loading')) device.voice.pause();
			else if (clip === id && state === 'paused') device.voice.resume();
			else await play(id);
		},
		pause: () => device.voice.pause(),
		resume: () => device.voice.resume(),
		stop,
		get rate() {
			return settings.rate;
		},
		setRate(rate: 0.75 | 1 | 1.25): void {
			settings.set({ rate });
			device.voice.rate(rate);
		},
		get on() {
			return settings.voice;
		}
	};
}
