import type { Locale } from '#core/text.ts';

/** The phone's own voice: reads an exam to whom that is granted, and rules and results to everybody. Only voices that are on the phone: no word of an exam goes to a third party. */
export function createSpeech() {
	const speech = globalThis.speechSynthesis as SpeechSynthesis | undefined;
	let turn = 0;

	const voice = (locale: Locale): SpeechSynthesisVoice | undefined =>
		speech?.getVoices().find(({ lang, localService }) => localService && lang.replace('_', '-').split('-')[0] === locale);

	return {
		/** Whether there is a voice for the language. Some phones know their voices only a moment after they were first asked. */
		available: (locale: Locale): boolean => voice(locale) !== undefined,
		/** Tells when the phone knows other voices than before. */
		onvoices: (then: () => void): void => speech?.addEventListener('voiceschanged', then),
		/** Reads texts one after the other; `onpart` is told which one, and `undefined` at the end. Another call, or `stop`, ends it. */
		say(texts: string[], locale: Locale, onpart: (at: number | undefined) => void): void {
			const own = voice(locale);
			const mine = ++turn;
			speech?.cancel();
			if (!speech || !own) return onpart(undefined);
			texts.forEach((text, at) => {
				const part = new SpeechSynthesisUtterance(text);
				Object.assign(part, { voice: own, lang: own.lang });
				part.onstart = () => mine === turn && onpart(at);
				part.onerror = () => mine === turn && onpart(undefined);
				part.onend = () => mine === turn && at === texts.length - 1 && onpart(undefined);
				speech.speak(part);
			});
		},
		stop(): void {
			turn += 1;
			speech?.cancel();
		}
	};
}
