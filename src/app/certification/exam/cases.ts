import type { Mine } from '#core/candidate.ts';
import type { Envelope } from '#core/exam.ts';
import type { Result } from '#core/scheme.ts';
import type { Sat } from '#device/certification/attempts.ts';
import type { KeptApplication, Parcel } from '#device/certification/exams.ts';

/** Where an application stands, as she is told: `exam.state.<state>`. */
type CaseState =
	| 'waiting' // on the phone, not sent
	| 'not-taken' // refused by a rule
	| 'received'
	| 'accepted'
	| 'refused'
	| 'leaving' // she takes it back, which is not sent
	| 'withdrawn'
	| 'invited' // a session is fixed, the form is not here
	| 'here' // the form is here
	| 'begun'
	| 'kept' // ended, the responses are on the phone
	| 'unread' // the responses came and could not be read
	| 'sent'
	| 'checking'
	| 'passed'
	| 'not-yet'
	| 'void';

/** An application from its first day to the decision. */
export type Case = {
	id: string;
	course: string;
	state: CaseState;
	/** Whether she can take it back. */
	open: boolean;
	number?: string | undefined;
	/** The rule or the words that say why it was refused. */
	reason?: string | undefined;
	session?: { place: string; starts: number } | undefined;
	form?: string | undefined;
	/** The attempt as this phone and the certification body name it. */
	attempt?: string | undefined;
	result?: Result | undefined;
	decided?: number | undefined;
	again?: number | undefined;
	appealable?: number | undefined;
};

type Here = { applications: KeptApplication[]; envelopes: Envelope[]; sats: Sat[]; parcels: Parcel[]; mine: Mine | undefined };

/** Every application of hers, the newest first: what the phone knows and what the certification body said, made one. */
export function cases({ applications, envelopes, sats, parcels, mine }: Here): Case[] {
	const told = mine?.applications ?? [];
	const ids = [...new Set([...applications.map(({ id }) => id), ...told.map(({ id }) => id)])].sort().reverse();
	return ids.map((id) => {
		const own = applications.find((one) => one.id === id);
		const said = told.find((one) => one.id === id);
		const sat = sats.find(({ application }) => application === id);
		const parcel = parcels.find(({ attempt }) => attempt === sat?.id);
		const marked = mine?.attempts.filter(({ application }) => application === id).sort((a, b) => b.received - a.received)[0];
		const stands = (): Case['state'] => {
			if (marked) return marked.state === 'review' ? 'checking' : marked.state;
			if (sat?.ended !== undefined) return parcel?.state === 'safe' ? 'sent' : parcel?.state === 'refused' ? 'unread' : 'kept';
			if (sat) return 'begun';
			if (own?.back === 'waiting') return 'leaving';
			if (own?.back === 'done' && !said) return 'withdrawn';
			if (!said) return own?.state === 'refused' ? 'not-taken' : own?.state === 'waiting' ? 'waiting' : 'received';
			if (said.state === 'sat') return 'sent';
			return said.state === 'invited' && envelopes.some(({ form }) => form === said.form) ? 'here' : said.state;
		};
		const state = stands();
		return {
			id,
			course: own?.application.course ?? said!.course,
			state,
			open: unsat.includes(state),
			number: said?.number ?? own?.number,
			reason: said?.reason ?? own?.reason ?? parcel?.reason,
			session: said?.session,
			form: sat?.form ?? said?.form,
			attempt: marked?.id ?? sat?.id,
			result: marked?.result,
			decided: marked?.decided,
			again: said?.again,
			appealable: marked?.appealable
		};
	});
}

/** States in which it can be taken back: as long as nothing was begun. */
const unsat: Case['state'][] = ['waiting', 'received', 'accepted', 'invited', 'here'];
const over: Case['state'][] = ['not-taken', 'refused', 'leaving', 'withdrawn', 'passed', 'not-yet', 'void'];

/** Whether a course can be applied for; else the case that stands in the way. `now`: by the phone's clock. */
export const inTheWay = (all: Case[], course: string, now: number): Case | undefined =>
	all.find(
		(one) => one.course === course && (!over.includes(one.state) || one.state === 'passed' || (one.again !== undefined && one.again > now))
	);
