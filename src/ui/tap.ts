import type { App } from '#app/index.ts';

/** An attachment: a tap on a sentence shown by `Say` plays the clip from there. The speaker row does the same by keyboard. */
export const tapSentences = (app: App, clip: string) => (node: HTMLElement) => {
	const tap = (event: MouseEvent) => {
		const sentence = (event.target as HTMLElement).closest<HTMLElement>('[data-sentence]');
		if (sentence && app.narration.availability(clip) === 'here')
			void app.narration.tapSentence(clip, Number(sentence.dataset['text']), Number(sentence.dataset['sentence']));
	};
	node.addEventListener('click', tap);
	return () => node.removeEventListener('click', tap);
};
