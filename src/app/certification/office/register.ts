import { attemptStates, refusals } from '#core/candidate.ts';
import { officeRules, registerEvents, roles } from '#core/office.ts';
import type { I18n } from '../../i18n.svelte.ts';
import type { RegisterEntry } from './records.svelte.ts';

const actors = ['operator', 'endpoint', 'carrier'] as const;
const known = <T extends string>(names: readonly T[], name: string): T | undefined => names.find((one) => one === name);

/** A line of the register in words: what was done, by whom, and its detail. What is not known here, as of a newer endpoint, stays as it came. */
export function told({ t }: Pick<I18n, 't'>, title: (course: string) => string, { actor, name, event, detail }: RegisterEntry) {
	const what = known(registerEvents, event);
	const who = known(actors, actor);
	return {
		event: what ? t(`office.register.events.${what}`) : event,
		actor:
			name ??
			(who
				? t(`office.register.actors.${who}`)
				: /^[0-9a-f]{8}-/.test(actor)
					? `${t('office.register.actors.person')} (${actor.slice(0, 8)})`
					: actor),
		detail: what ? detailed() : detail
	};

	function detailed(): string {
		const parts = detail.split(' ');
		const seen: Record<string, string> = { seen: t('office.seat.state.ready'), absent: t('office.seat.absent'), note: t('office.note') };
		switch (what) {
			case 'applied':
				return title(parts[0]!);
			case 'form':
				return title(parts[1] ?? '');
			case 'session':
				return t('office.sessions.candidates', { count: Number(detail) });
			case 'decided': {
				const decision = known(attemptStates, detail);
				return decision ? t(`office.attempt.state.${decision}`) : detail;
			}
			case 'reported':
				return parts.map((part) => seen[part] ?? part).join(', ');
			case 'refused': {
				const reason = known(refusals, detail);
				return reason ? t(`office.refused.${reason}`) : detail;
			}
			case 'barred': {
				const rule = known(officeRules, detail);
				return rule ? t(`office.rule.${rule}`) : detail;
			}
			case 'staff-added':
				return detail
					.split(',')
					.map((name) => {
						const role = known(roles, name);
						return role ? t(`office.role.${role}`) : name;
					})
					.join(', ');
			default:
				return detail;
		}
	}
}
