import type { I18n } from '#app/i18n.svelte.ts';
import { rules, type CandidateRule } from '#core/candidate.ts';

/** Why something was refused: the words of the rule, or the words that a person wrote. */
export const rule = (reason: string, t: I18n['t']): string =>
	(rules as readonly string[]).includes(reason) ? t(`exam.rule.${reason as CandidateRule}`) : reason;
