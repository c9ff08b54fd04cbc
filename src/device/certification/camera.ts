import { AppError } from '#core/errors.ts';
import { part } from './part.ts';

/** What reads codes from a picture: the browser's own, or that of `qr`. */
type Detector = { detect(image: HTMLVideoElement | ImageBitmap): Promise<{ rawValue: string }[]> };
type Native = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const formats = ['qr_code'] as const;
/** Milliseconds between two looks at the camera's picture. */
const pause = 120;

const own = async (): Promise<Detector> => new (await part(import('qr/decode.js'))).BarcodeDetector({ formats: [...formats] }) as Detector;

/** The browser's reader where it has one that knows QR codes, else ours. */
async function detector(): Promise<Detector> {
	const native = (globalThis as { BarcodeDetector?: Native }).BarcodeDetector;
	try {
		if (native && (await native.getSupportedFormats()).includes('qr_code')) return new native({ formats: [...formats] });
	} catch {
		// a reader that the system does not carry: ours reads
	}
	return own();
}

/** Reads by the browser's reader; once it fails, by ours. */
async function createReader() {
	let current = await detector();
	return async (image: HTMLVideoElement | ImageBitmap): Promise<string | undefined> => {
		try {
			return (await current.detect(image))[0]?.rawValue;
		} catch {
			current = await own();
			return undefined;
		}
	};
}

async function open(): Promise<MediaStream> {
	if (!globalThis.navigator?.mediaDevices?.getUserMedia) throw new AppError('camera-none', { cause: new Error('no camera, or no https') });
	try {
		return await navigator.mediaDevices.getUserMedia({
			audio: false,
			video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } }
		});
	} catch (cause) {
		const refused = cause instanceof Error && ['NotAllowedError', 'SecurityError'].includes(cause.name);
		throw new AppError(refused ? 'camera-refused' : 'camera-none', { cause });
	}
}

/**
 * Shows the camera in `video` and calls `ontext` with the text of every QR code that is seen, again for as long as it is seen. Returns
 * what stops it; nothing is called after that. Throws `AppError`: `camera-refused` if she or the browser said no, `camera-none` if there
 * is no camera or another app holds it.
 */
export async function scan(video: HTMLVideoElement, ontext: (text: string) => void): Promise<() => void> {
	const stream = await open();
	let going = true;
	let timer: ReturnType<typeof setTimeout>;
	const stop = () => {
		going = false;
		clearTimeout(timer);
		for (const track of stream.getTracks()) track.stop();
		if (video.srcObject === stream) video.srcObject = null;
	};
	try {
		video.muted = true;
		video.playsInline = true;
		video.srcObject = stream;
		const [read] = await Promise.all([createReader(), video.play()]);
		const look = async () => {
			const text = video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA ? await read(video) : undefined;
			if (!going) return;
			if (text) ontext(text);
			if (going) timer = setTimeout(() => void look(), pause);
		};
		void look();
		return stop;
	} catch (cause) {
		stop();
		throw new AppError('camera-none', { cause });
	}
}

/** Turns the lamp of the camera that `video` shows on or off; undefined if it has none. */
export function lamp(video: HTMLVideoElement): ((on: boolean) => Promise<void>) | undefined {
	const [track] = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks() : [];
	const able = track?.getCapabilities?.() as { torch?: boolean } | undefined;
	if (!track || !able?.torch) return undefined;
	return async (on) => {
		try {
			await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
		} catch (cause) {
			throw new AppError('camera-none', { cause });
		}
	};
}

/** The text of the QR code in a picture; undefined if there is none, or if it is no picture that the browser can show. */
export async function picture(file: Blob): Promise<string | undefined> {
	const bitmap = await createImageBitmap(file).catch(() => undefined);
	if (!bitmap) return undefined;
	const read = await createReader();
	const text = (await read(bitmap)) ?? (await read(bitmap));
	bitmap.close();
	return text;
}
