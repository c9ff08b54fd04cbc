import type { ErrorCode } from '#core/errors.ts';
import type { Said, Shown, Verification } from '#core/verification.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { Courses } from '../courses.svelte.ts';
import { codeOf } from '../failure.ts';
import type { I18n } from '../i18n.svelte.ts';

export type Verify = ReturnType<typeof createVerify>;

/** Checks what is scanned, chosen or pasted, and keeps the result on screen, whatever the language. */
export function createVerify({ verifier, now }: CertificationDevice, i18n: I18n, courses: Pick<Courses, 'list' | 'listed'>) {
	let state = $state<'empty' | 'checking' | 'done'>('empty');
	let found = $state.raw<Verification & { at: number }>();
	let error = $state<ErrorCode>();
	/** Which check is the newest: an older one that ends late is not shown. */
	let turn = 0;

	async function check(work: (at: number) => Promise<Verification>): Promise<void> {
		const mine = ++turn;
		state = 'checking';
		error = undefined;
		try {
			const at = now();
			const result = await work(at);
			if (mine !== turn) return;
			found = { ...result, at };
			state = 'done';
		} catch (cause) {
			const code = codeOf(cause);
			if (mine !== turn) return;
			error = code;
			state = 'empty';
		}
	}

	return {
		get state() {
			return state;
		},
		/** What was found, and when it was checked. */
		get found() {
			return found;
		},
		get error() {
			return error;
		},
		/** Checks a text: of a code, or of a file. */
		text: (text: string): Promise<void> => check((at) => verifier.verify(text, at)),
		/** Checks a file, or a picture of a code. */
		file: (file: Blob): Promise<void> => check((at) => verifier.file(file, at)),
		/** Shows the camera and checks the first code that it sees; what stops it, or undefined with `error`. */
		async scan(video: HTMLVideoElement, onfound: () => void): Promise<(() => void) | undefined> {
			error = undefined;
			try {
				let seen = false;
				const stop = await verifier.scan(video, (text) => {
					if (seen) return;
					seen = true;
					onfound();
					void check((at) => verifier.verify(text, at));
				});
				return stop;
			} catch (cause) {
				error = codeOf(cause);
				return undefined;
			}
		},
		/** Turns the lamp of the camera on or off; undefined if there is none. */
		lamp: (video: HTMLVideoElement) => verifier.lamp(video),
		/** Fetches the lists that later checks need, if there is a network. */
		prepare: (): Promise<void> => verifier.refresh(now()),
		/** Forgets what was checked. */
		clear(): void {
			turn++;
			state = 'empty';
			found = error = undefined;
		},
		/** A text in the language of the moment, or in one that it has; and which that is. */
		say(said: Said): { text: string; locale: string } | undefined {
			const locale = [i18n.locale, 'en', ...Object.keys(said)].find((one) => said[one]);
			return locale === undefined ? undefined : { text: said[locale]!, locale };
		},
		/** The issuer that a credential names, in the language of the moment if the app knows it; without a language if not. */
		issuer({ issuer }: Shown): { text: string; locale?: string } | undefined {
			return issuer ? (this.say(verifier.named(issuer)) ?? { text: issuer }) : undefined;
		},
		/** The title of an achievement: its own, or that of the course whose number it has. */
		title(achievement: Shown['achievements'][number]): { text: string; locale: string } | undefined {
			const course = achievement.place === undefined ? undefined : courses.list[achievement.place - 1];
			return this.say(achievement.title) ?? (course?.title ? { text: course.title, locale: i18n.locale } : undefined);
		}
	};
}
