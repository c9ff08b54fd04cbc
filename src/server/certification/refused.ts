import { createHash } from 'node:crypto';
import type { Accepted } from '#core/candidate.ts';
import type { RefusedResponses } from '#core/office.ts';
import { applicationNumber } from './applications.ts';
import type { Database } from './database.ts';
import type { Register } from './register.ts';
import type { Fault, Staff } from './staff.ts';

type Reason = NonNullable<Accepted['reason']>;
type Shown = { n: number; at: number; reason: Reason; hash: string; form: string | null; number: number | null; place: string | null };

/** How many are kept of each form that is known, and of all others, which anyone can send; how long a box may be; how many are listed. */
const [each, others, longest, listed] = [20, 50, 300_000, 200];
const day = 86_400_000;

/** Responses that came and could not be taken: kept as they came, for a person to look at. */
export function createRefusals({ all, get, run, transact }: Database, register: Register, staff: Staff) {
	return {
		/** Keeps one; the same again adds nothing. The register tells of no more in a day than are kept: it never ends, and anyone can send rubbish. */
		add: (box: string, reason: Reason, form: string | undefined, now: number): void =>
			transact(() => {
				const hash = createHash('sha256').update(box).digest('hex');
				const known = form !== undefined && get('SELECT 1 FROM forms WHERE id = ?', form) ? form : null;
				if (get('SELECT 1 FROM refused WHERE hash = ?', hash)) return;
				const most = known ? each : others;
				const full = get('SELECT 1 FROM refused WHERE form IS ?1 AND at > ?2 LIMIT 1 OFFSET ?3', known, now - day, most - 1);
				run('INSERT INTO refused (at, hash, reason, form, box) VALUES (?, ?, ?, ?, ?)', now, hash, reason, known, box.slice(0, longest));
				run(
					'DELETE FROM refused WHERE form IS ?1 AND n NOT IN (SELECT n FROM refused WHERE form IS ?1 ORDER BY n DESC LIMIT ?2)',
					known,
					most
				);
				if (!full) register.append(now, 'carrier', 'refused', known ?? hash.slice(0, 16), reason);
			}),
		/** The newest, without what is in them. */
		list(actor: string, now: number): RefusedResponses['refused'] | Fault {
			const bar = staff.barred(actor, ['registrar', 'decider', 'reviewer'], now);
			if (bar) return bar;
			return all<Shown>(
				`SELECT refused.n, refused.at, refused.reason, refused.hash, refused.form, applications.n AS number, place FROM refused
				LEFT JOIN forms ON forms.id = refused.form LEFT JOIN applications ON applications.id = forms.application
				LEFT JOIN sessions ON sessions.id = forms.session ORDER BY refused.n DESC LIMIT ${listed}`
			).map(({ form, number, place, ...row }) => ({
				...row,
				...(form === null ? {} : { form }),
				...(number === null ? {} : { number: applicationNumber(number) }),
				...(place === null ? {} : { place })
			}));
		}
	};
}
