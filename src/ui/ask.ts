import type { App } from '#app/index.ts';
import type { Asking } from './item/asking.ts';

/** What an item on screen needs, from the app and the words of its course. */
export const asking = (app: App, item: string, say: (key: string) => string): Asking => ({
	get locale() {
		return app.i18n.locale;
	},
	say,
	t: (key, values) => app.i18n.t(key, values),
	get reading() {
		return app.narration.readingOf(item);
	},
	heard(clip) {
		if (app.narration.availability(clip) !== 'here') return undefined;
		return {
			icon: app.narration.clip === clip && app.narration.state === 'playing' ? 'pause' : 'speaker',
			toggle: () => void app.narration.toggle(clip)
		};
	}
});
