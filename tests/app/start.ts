import { createI18n } from '#app/i18n.svelte.ts';
import { createApp } from '#app/index.ts';
import type { AppError } from '#core/errors.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Playback } from '#device/voice.ts';
import type { Phone } from '../device/shelf.ts';

export type Started = Awaited<ReturnType<typeof build>>;

/** Opens a tab on a phone and builds the app in it. */
export async function build(phone: Phone, locale: Locale = 'en') {
	const tab = phone.tab();
	const speaker = createSpeaker();
	const i18n = await createI18n(locale, () => undefined);
	return { ...tab, app: createApp({ ...tab.device, voice: speaker.voice }, i18n), i18n, speaker };
}

/** Opens a tab on a phone and starts the app in it. What ran there before is killed: it never learns that it ended. */
export async function start(phone: Phone, locale?: Locale): Promise<Started> {
	const built = await build(phone, locale);
	await built.app.start();
	return built;
}

type Heard = Playback & { bytes: ArrayBuffer };

/** What stands where the sound player stands: it writes down what it was told. */
function createSpeaker() {
	let turn = 0;
	const speaker = {
		prepared: new Set<string>(),
		played: [] as Heard[],
		/** What sounds now; only it is heard. */
		now: undefined as Heard | undefined,
		told: [] as string[],
		/** The recording comes to a time. */
		reach: (at: number) => speaker.now?.onposition(at),
		end(): void {
			const { now } = speaker;
			speaker.now = undefined;
			now?.onend();
		},
		voice: {
			prepare(sound) {
				speaker.prepared.add(sound.sha256);
				return () => void speaker.prepared.delete(sound.sha256);
			},
			sound: () => 'mp3' as const,
			async play(playback: Playback) {
				const mine = ++turn;
				const bytes = await playback.read().catch((cause: AppError) => playback.onerror(cause));
				if (!bytes || mine !== turn) return;
				speaker.now = { ...playback, bytes };
				speaker.played.push(speaker.now);
				playback.onstate('playing');
			},
			stop(): void {
				turn++;
				speaker.now = undefined;
			},
			pause: () => speaker.now?.onstate('paused'),
			resume: () => speaker.now?.onstate('playing'),
			seek: () => undefined,
			rate: (value) => void speaker.told.push(`rate ${value}`)
		} satisfies Device['voice']
	};
	return speaker;
}
