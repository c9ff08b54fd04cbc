import type { I18n } from '#app/i18n.svelte.ts';

/** A date of birth (`1990-05-03`) as the reader's language writes it. */
export function born(i18n: I18n, day: string): string {
	const at = new Date(`${day}T12:00:00`).getTime();
	return Number.isNaN(at) ? day : i18n.date(at);
}
