import type { Howl } from 'howler';
import { AppError } from '#core/errors.ts';
import { mp3Delay } from '#core/narration.ts';

/** A sound file by its name, which is the hash of its bytes; `read` may throw. */
export type Sound = { sha256: string; type: 'mp3' | 'ogg'; read: () => Promise<ArrayBuffer> };

/** A sound to play, and who wants to know how it goes. Times are milliseconds as the cues have them. */
export type Playback = Sound & {
	from: number;
	rate: number;
	/** What the lock screen says. */
	title: string;
	album: string;
	onposition: (at: number) => void;
	onstate: (state: 'playing' | 'paused') => void;
	onend: () => void;
	onerror: (error: AppError) => void;
};

export type VoicePlayer = ReturnType<typeof createVoice>;

/** A sound that is loaded. */
type Loaded = { howl: Howl; url: string; late: number };
/** `held`: it was paused, perhaps before it could begin. */
type Playing = Loaded & { playback: Playback; frame: number; held: boolean };

const artist = 'Passport to Employment';

/** Ends the loading of a sound. Howler gives it a silent `data:` one instead, which the content security policy refuses. */
function clear(node: HTMLAudioElement): void {
	node.removeAttribute('src');
	node.load();
}

/** Plays recordings, one at a time, with the pitch kept at every speed. Nothing of one is left when it ends. */
export function createVoice() {
	let playing: Playing | undefined;
	/** What a tap may ask for next. */
	let prepared: { sha256: string; loading: Promise<Loaded> } | undefined;
	let turn = 0;
	let ogg: boolean | undefined;
	let loading: Promise<typeof import('howler')> | undefined;
	const session = typeof navigator === 'undefined' ? undefined : navigator.mediaSession;
	const load = () => (loading ??= import('howler').catch((cause: unknown) => ((loading = undefined), Promise.reject(cause))));

	const at = ({ howl, late }: Playing) => Math.max(0, Math.round(howl.seek() * 1000) - late);

	function follow(one: Playing): void {
		cancelAnimationFrame(one.frame);
		const tick = () => {
			if (playing !== one) return;
			if (one.howl.playing()) one.playback.onposition(at(one)); // for a moment it does not, while it seeks
			if (playing !== one) return;
			one.frame = requestAnimationFrame(tick);
		};
		one.frame = requestAnimationFrame(tick);
	}

	function stop(): void {
		turn++;
		const last = playing;
		playing = undefined;
		if (!last) return;
		cancelAnimationFrame(last.frame);
		release(last);
		announce(undefined);
	}

	function release({ howl, url }: Loaded): void {
		howl.off();
		howl.unload();
		URL.revokeObjectURL(url);
	}

	/** Loads a sound as far as it can be without being heard. */
	async function loaded({ type, read }: Sound): Promise<Loaded> {
		const [{ Howl }, bytes] = await Promise.all([load(), read()]);
		const url = URL.createObjectURL(new Blob([bytes], { type: type === 'mp3' ? 'audio/mpeg' : 'audio/ogg' }));
		const later = (then: (one: Playing) => void) => () => queueMicrotask(() => playing && playing.url === url && then(playing)); // howler may call from its constructor
		const howl = new Howl({
			src: [url],
			format: [type],
			html5: true,
			onplay: later((one) => state(one, 'playing')),
			onpause: later((one) => state(one, 'paused')),
			onend: later(ended),
			onloaderror: (_, cause) => later((one) => failed(one, cause))(),
			onplayerror: (_, cause) => later((one) => failed(one, cause))()
		});
		const inner = howl as unknown as { _sounds: { _node: HTMLAudioElement }[]; _clearSound: (node: HTMLAudioElement) => void };
		inner._clearSound = clear;
		for (const { _node } of inner._sounds) {
			_node.preservesPitch = true;
			// Howler uses an element again, and what waited in it to go on after a seek would begin to play the sound that is only loaded.
			_node.play = () => (playing?.url === url ? HTMLMediaElement.prototype.play.call(_node) : Promise.resolve());
		}
		return { howl, url, late: type === 'mp3' ? mp3Delay : 0 };
	}

	/** Takes out what was prepared. */
	function taken(): typeof prepared {
		const one = prepared;
		prepared = undefined;
		return one;
	}
	function forget(): void {
		taken()?.loading.then(release, () => undefined);
	}

	function pause(): void {
		if (!playing) return;
		playing.held = true;
		playing.howl.pause();
	}
	function resume(): void {
		if (!playing) return;
		playing.held = false;
		if (!playing.howl.playing()) playing.howl.play();
	}
	function seek(to: number): void {
		if (!playing) return;
		playing.howl.seek((to + playing.late) / 1000);
		playing.playback.onposition(to);
	}

	/** Shows on the lock screen what is being read, with buttons that work. */
	function announce(one: Playing | undefined): void {
		if (!session) return;
		session.metadata =
			one && typeof MediaMetadata !== 'undefined'
				? new MediaMetadata({ title: one.playback.title, artist, album: one.playback.album })
				: null;
		session.playbackState = one ? 'playing' : 'none';
		handle('play', one && resume);
		handle('pause', one && pause);
		handle('stop', one && (() => ended(one)));
		handle('seekbackward', one && (() => seek(Math.max(0, at(one) - 5000))));
	}

	function handle(action: MediaSessionAction, then: (() => void) | undefined): void {
		try {
			session?.setActionHandler(action, then ?? null);
		} catch {
			return; // this browser has no such button
		}
	}

	function ended(one: Playing): void {
		if (playing !== one) return;
		stop();
		one.playback.onend();
	}
	function failed(one: Playing, cause: unknown): void {
		if (playing !== one) return;
		stop();
		one.playback.onerror(new AppError('voice', { cause }));
	}
	function state(one: Playing, next: 'playing' | 'paused'): void {
		if (playing !== one) return;
		if (next === 'playing' && one.held) return void one.howl.pause(); // howler forgets a pause that comes while a sound begins
		if (session) session.playbackState = next;
		if (next === 'playing') follow(one);
		else cancelAnimationFrame(one.frame);
		one.playback.onstate(next);
	}

	return {
		/** Loads a sound before the tap that asks for it, so that the tap only starts it; one at a time. What is returned lets go of it. What goes wrong is told by `play`. */
		prepare(sound: Sound): () => void {
			forget();
			const one = (prepared = { sha256: sound.sha256, loading: loaded(sound) });
			const release = () => void (prepared === one && forget());
			one.loading.then(({ howl }) => howl.once('loaderror', release), release);
			return release;
		},
		/** Which of the two sound files this browser plays: the small one if it can. */
		sound(): 'mp3' | 'ogg' {
			ogg ??= typeof Audio !== 'undefined' && new Audio().canPlayType('audio/ogg; codecs="opus"') !== '';
			return ogg ? 'ogg' : 'mp3';
		},
		/** Plays a recording; what played before stops. What goes wrong is told to `onerror`. */
		async play(playback: Playback): Promise<void> {
			stop();
			const mine = turn;
			let sound: Loaded;
			try {
				sound = await (prepared?.sha256 === playback.sha256 ? taken()!.loading : loaded(playback));
			} catch (cause) {
				if (mine === turn) playback.onerror(cause instanceof AppError ? cause : new AppError('voice', { cause }));
				return;
			}
			if (mine !== turn) return release(sound);
			const one: Playing = (playing = { ...sound, playback, frame: 0, held: false });
			const { howl } = one;
			howl.rate(playback.rate);
			const id = howl.play();
			if (playback.from > 0) howl.seek((playback.from + one.late) / 1000, id);
			announce(one);
		},
		stop,
		pause,
		resume,
		/** Goes to a time of the recording. */
		seek,
		/** Changes the speed of what plays, from now on. */
		rate: (value: number): void => void playing?.howl.rate(value)
	};
}
