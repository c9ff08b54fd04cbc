import type { Check } from '#core/verification.ts';

/** How a check is shown: good, bad, not known; `note`: good, with a warning. */
export type Kind = Check['state'] | 'note';

export const kindOf = ({ state, reason }: Check): Kind => (state === 'good' && reason ? 'note' : state);
