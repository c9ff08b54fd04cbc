import type { ErrorCode } from '#core/errors.ts';
import type { Parcel } from '#device/certification/exams.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { codeOf } from '../../failure.ts';

/** Milliseconds that one code is shown. */
const pace = 400;

/** Sealed responses handed over without a network: as a file, or as codes that another phone reads; and a code that this phone reads. */
export function createHandover({ exams, moments }: CertificationDevice) {
	let codes = $state.raw<boolean[][][]>([]);
	let at = $state(0);
	let paused = $state(false);
	let error = $state<ErrorCode>();
	let stop: AbortController | undefined;

	async function cycle({ signal }: AbortController): Promise<void> {
		while (!signal.aborted) {
			await moments.wait(pace, signal);
			if (!signal.aborted && !paused && codes.length) at = (at + 1) % codes.length;
		}
	}
	function hide(): void {
		stop?.abort();
		codes = [];
		at = 0;
		paused = false;
	}

	return {
		/** The code of the moment. */
		get code() {
			return codes[at];
		},
		get at() {
			return at;
		},
		get of() {
			return codes.length;
		},
		get paused() {
			return paused;
		},
		get error() {
			return error;
		},
		pause: (): void => void (paused = !paused),
		/** One code on, while it is paused. */
		step: (): void => void (at = codes.length ? (at + 1) % codes.length : 0),
		/** Shows the responses as a row of codes, over and over. */
		async show(parcel: Parcel): Promise<void> {
			hide();
			const mine = (stop = new AbortController());
			const texts = await exams.frames(parcel);
			const made = await Promise.all(texts.map(exams.matrix));
			if (mine.signal.aborted) return;
			codes = made;
			void cycle(mine);
		},
		hide,
		/** Saves them as a file. */
		save: (parcel: Parcel): void => exams.save(exams.carried(parcel), `exam-${parcel.attempt.slice(-8)}.json`),
		/** Reads a code with the camera: shows it in `video`, tells the first code, returns what ends it. */
		async scan(video: HTMLVideoElement, oncode: (text: string) => void): Promise<() => void> {
			error = undefined;
			try {
				return await exams.scan(video, oncode);
			} catch (cause) {
				error = codeOf(cause);
				return () => undefined;
			}
		}
	};
}
