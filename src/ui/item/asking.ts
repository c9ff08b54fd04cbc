import type { Locale } from '#core/text.ts';
import type { IconName } from '#ui/Icon.svelte';

/** What an item needs to show itself: its words, the interface's words, and what is being read. */
export type Asking = {
	locale: Locale;
	say: (key: string) => string;
	t: (
		key:
			| 'item.right'
			| 'item.go-on'
			| 'item.not-yet'
			| 'item.missed'
			| 'item.check'
			| 'item.number'
			| 'item.place'
			| 'item.right-place'
			| 'item.others'
			| 'item.hear'
			| 'item.figure-only'
			| 'item.several'
			| 'item.in-order'
			| 'item.better'
			| 'item.start-again',
		values?: Record<string, string | number>
	) => string;
	/** The [text, sentence] of the item's own clip that is being read. */
	reading: [text: number, sentence: number] | undefined;
	/** Whether this clip is on the phone, and what its speaker button shows; `undefined` if it cannot be heard. */
	heard: (clip: string) => { icon: IconName; toggle: () => void } | undefined;
};
