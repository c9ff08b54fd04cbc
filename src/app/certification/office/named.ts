import type { I18n } from '../../i18n.svelte.ts';
import type { Office } from '../office.svelte.ts';

/** What the address of a screen of the office names. */
export type Opened = { attempt?: string; application?: string; appeal?: string; session?: string; form?: string };

/** What is open, as its screen calls it; undefined if nothing is, or it has not come. */
export function named(
	{ t }: Pick<I18n, 't'>,
	{ attempts, applications, appeals, rooms }: Pick<Office, 'attempts' | 'applications' | 'appeals' | 'rooms'>,
	opened: Opened
): string | undefined {
	if (opened.attempt) {
		const one = attempts.evidence;
		return one?.id === opened.attempt ? t('office.attempt.title', { number: one.number }) : undefined;
	}
	if (opened.application) {
		const one = applications.at(opened.application);
		return one && t('office.application.title', { number: one.number });
	}
	if (opened.appeal) {
		const one = appeals.list?.find(({ id }) => id === opened.appeal);
		return one && t('office.appeal.title', { kind: t(`office.appeal.kind.${one.kind}`), number: one.number });
	}
	if (!opened.session) return undefined;
	const room = rooms.room(opened.session);
	const seat = room?.seats.find(({ form }) => form === opened.form);
	if (seat) return t('office.seat.title', { number: seat.number });
	return room?.place ?? rooms.sessions?.find(({ id }) => id === opened.session)?.place;
}
