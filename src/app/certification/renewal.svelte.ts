import type { CandidateRule } from '#core/candidate.ts';
import type { ErrorCode } from '#core/errors.ts';
import { typedCode } from '#core/exam.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { codeOf } from '../failure.ts';

/** Why a code for a new phone did nothing: it cannot be one, a rule stands against it, there were too many tries, the body refuses this phone, or the world failed. */
export type RenewalProblem = { rule: (typeof rules)[number] | 'form' | 'many' | 'refused' } | { error: ErrorCode };
export type Renewal = ReturnType<typeof createRenewal>;

/** What of the rules is told in words of its own. */
const rules = ['code', 'person', 'exam-open'] as const satisfies CandidateRule[];
/** A phone of which nothing is taken: its number was erased, or is another phone's. What else is refused may be tried again later. */
const shut = ['revoked', 'signature'];

/** A new phone takes the place of one that was lost, by a code that the certification body gave her. `collected`: what is to be done then. */
export function createRenewal({ candidate }: Pick<CertificationDevice, 'candidate'>, collected: () => Promise<unknown>) {
	let busy = $state(false);
	let done = $state(false);
	let problem = $state.raw<RenewalProblem>();

	return {
		get busy() {
			return busy;
		},
		/** This phone is hers to the certification body now. */
		get done() {
			return done;
		},
		get problem() {
			return problem;
		},
		/** Uses a code as it was typed. Nothing on this phone is lost, whatever comes of it. */
		async use(typed: string): Promise<void> {
			if (busy) return;
			const code = typedCode(typed);
			problem = code ? undefined : { rule: 'form' };
			if (!code) return;
			busy = true;
			try {
				const reply = await candidate.collect(code);
				if ('ok' in reply) {
					done = true;
					await collected();
				} else if (reply.rule || shut.includes(reply.refused)) problem = { rule: rules.find((rule) => rule === reply.rule) ?? 'refused' };
				else problem = reply.refused === 'many' ? { rule: 'many' } : { error: 'server' };
			} catch (cause) {
				problem = { error: codeOf(cause) };
			} finally {
				busy = false;
			}
		},
		/** Forgets what came of the last one. */
		quiet: (): void => void ((done = false), (problem = undefined))
	};
}
