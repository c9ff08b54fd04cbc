import { AppError, type ErrorCode } from '#core/errors.ts';
import { reading as readingAt, type Recording } from '#core/narration.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Sound } from '#device/voice.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Settings } from './settings.svelte.ts';

type Kept = Awaited<ReturnType<Device['packs']['voices']>>[number];
type Sentence = [text: number, sentence: number];

export type Narration = ReturnType<typeof createNarration>;

/** Positions come a few times a second on a slow phone; a sentence may be shown this much early, in milliseconds, and not late. */
const early = 40;

/** When a sentence begins, or the nearest before it: another language may have cut the text into fewer. */
const startOf = ({ sentences }: Recording, [text, sentence]: Sentence): number =>
	sentences.findLast(([own, at]) => own < text || (own === text && at <= sentence))?.[2] ?? 0;

/** Reading aloud: one clip at a time, never unasked. */
export function createNarration(device: Device, i18n: Pick<I18n, 'locale'>, settings: Settings, courses: Courses) {
	let voices = $state.raw<Kept[]>([]);
	let of: string | undefined;
	let clip = $state<string>();
	let state = $state<'stopped' | 'loading' | 'playing' | 'paused'>('stopped');
	let spoken = $state<Locale>();
	let current = $state.raw<Recording>();
	let position = $state(0);
	let error = $state<ErrorCode>();
	let turn = 0;

	const find = (id: string, locale: Locale) => {
		for (const kept of voices) {
			const recording = kept.locale === locale ? kept.voice.recordings.find((one) => one.id === id) : undefined;
			if (recording) return { recording, sound: kept.sound };
		}
		return undefined;
	};
	/** Where it is in the clip, also after a language switch has stopped it. */
	const place = $derived(current ? readingAt(current, position + early) : undefined);
	/** Whether what plays is in the language of the moment. */
	const here = $derived(spoken === i18n.locale);

	function stop(): void {
		turn += 1;
		device.voice.stop();
		clip = current = error = undefined;
		position = 0;
		state = 'stopped';
	}

	/** The language was switched, or the voice turned off, in mid-clip: the sound ends, the place stays. */
	function hush(): void {
		turn += 1;
		device.voice.stop();
		state = 'stopped';
	}

	async function play(id: string, from?: Sentence): Promise<void> {
		const found = settings.voice ? find(id, i18n.locale) : undefined;
		stop();
		if (!found) return;
		const mine = turn;
		const { recording, sound } = found;
		const begin = from ? startOf(recording, from) : 0;
		const listed = courses.opened && courses.listed(courses.opened.id);
		clip = id;
		current = recording;
		spoken = i18n.locale;
		position = begin;
		state = 'loading';
		await device.voice.play({
			...file(recording, sound),
			from: begin,
			rate: settings.rate,
			title: courses.say(`${id}.title`) || (listed?.plain ?? ''),
			album: listed?.title ?? '',
			onposition: (at) => (here && settings.voice ? (position = at) : hush()),
			onstate: (next) => (here ? (state = next) : hush()),
			onend: stop,
			onerror: (cause) => mine === turn && fail(codeOf(cause))
		});
	}

	const file = (recording: Recording, type: 'mp3' | 'ogg'): Sound => {
		const { sha256 } = recording[type];
		return {
			sha256,
			type,
			async read() {
				const bytes = await device.files.read(sha256);
				if (!bytes) throw new AppError('voice', { cause: new Error('the file is gone') });
				return bytes;
			}
		};
	};

	/** Loads the sound of a clip that is shown, so that a tap only starts it; what is returned lets go of it. */
	function ready(id: string): (() => void) | undefined {
		const found = settings.voice ? find(id, i18n.locale) : undefined;
		return found && device.voice.prepare(file(found.recording, found.sound));
	}

	/** The clip stays, so that its error is shown with it and a tap tries again. */
	function fail(code: ErrorCode): void {
		hush();
		error = code;
	}

	/** Learns which voices of a course are on the phone. */
	async function prepare(course: string): Promise<void> {
		if (of !== course) {
			stop();
			voices = []; // a card of one course may have the name of a card of another
		}
		of = course;
		const found = await device.packs.voices(course).catch((cause: unknown) => (codeOf(cause), []));
		if (of !== course) return;
		voices = found;
	}

	courses.onopen((course) => void prepare(course));

	return {
		prepare,
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
			return here ? state : 'stopped';
		},
		/** The sentence of `clip` that is being read. */
		get reading() {
			return here && state !== 'stopped' ? place : undefined;
		},
		/** The same for one clip: undefined unless it is the one that plays or is paused. */
		readingOf: (id: string) => (clip === id && here && state !== 'stopped' ? place : undefined),
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
		ready,
		play,
		tapSentence: (id: string, text: number, sentence: number): Promise<void> => play(id, [text, sentence]),
		/** Plays, pauses, goes on; after a language switch it goes on at the same sentence in the new language. */
		async toggle(id: string): Promise<void> {
			if (clip !== id) await play(id);
			else if (!here || state === 'stopped') await play(id, place);
			else if (state === 'loading') hush();
			else if (state === 'paused') device.voice.resume();
			else device.voice.pause();
		},
		pause: (): void => device.voice.pause(),
		resume: (): void => device.voice.resume(),
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
