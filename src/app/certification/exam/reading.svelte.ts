import type { ExamItem } from '#core/exam.ts';
import { asked, type Item } from '#core/item.ts';
import { sentences } from '#core/text.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import type { I18n } from '../../i18n.svelte.ts';
import type { Sitting } from './sitting.svelte.ts';

/** Reads the question that is shown aloud, sentence by sentence, where that is granted and the phone has a voice for the language. */
export function createReading({ exams: { speech } }: Pick<CertificationDevice, 'exams'>, i18n: I18n, sitting: Sitting) {
	let at = $state.raw<[text: number, sentence: number]>();

	/** Every sentence of an item, with its place. The names of the texts need no key. */
	const parts = (item: ExamItem) =>
		asked(item as Item).flatMap((key, place) => {
			const text = sitting.say(key);
			return sentences(text, i18n.locale).map(({ start, end }, sentence) => ({
				text: text.slice(start, end).replace('___', '…'),
				at: [place, sentence] as [number, number]
			}));
		});
	function stop(): void {
		speech.stop();
		at = undefined;
	}

	return {
		/** Whether it can be read here. */
		get can() {
			return sitting.granted.includes('spoken') && speech.available(i18n.locale);
		},
		get on() {
			return at !== undefined;
		},
		/** The [text, sentence] that is being read. */
		get at() {
			return at;
		},
		toggle(): void {
			const { item } = sitting;
			if (at || !item) return stop();
			const all = parts(item);
			at = all[0]?.at;
			speech.say(
				all.map(({ text }) => text),
				i18n.locale,
				(part) => (at = part === undefined ? undefined : all[part]?.at)
			);
		},
		stop
	};
}
