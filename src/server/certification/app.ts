import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { createLimit, type Rate } from '../limit.ts';
import { refuse } from '../refusal.ts';
import type { Banks } from './banks.ts';
import { createCandidateRoutes } from './candidate.ts';
import { createIssuing, type Issue } from './issuing.ts';
import { createOfficeRoutes } from './office.ts';
import type { Records } from './records.ts';
import type { Seal } from './seal.ts';
import type { Sealing } from './sealed.ts';
import { createStatusLists } from './status-list.ts';

/** What the house of certification is made of. `base` is the endpoint's public address; `courses` are those of which the Passport is made, if all are there. */
export type Certifying = {
	records: Records;
	banks: Banks;
	sealing: Sealing;
	seal: Seal;
	issue: Issue;
	base: string;
	courses: string[];
	perAddress: Rate;
	perPerson: Rate;
	proxied: boolean;
	now?: () => number;
};
export type Certification = ReturnType<typeof createCertification>;

const day = 86_400_000;

/** The house of certification at the endpoint: its routes, and what it does by itself until `stop`. */
export function createCertification({ perAddress, perPerson, now = Date.now, ...parts }: Certifying) {
	const { records, seal, base, issue } = parts;
	const issuing = createIssuing(records, issue, now);
	const lists = createStatusLists({ seal, base, set: records.credentials.set });
	const limited = { ...parts, issuing, now, perAddress: createLimit(perAddress), perPerson: createLimit(perPerson) };

	/** What is public, and asked for from anywhere: the status lists. */
	const status = new Hono();
	status.get('/:name', async (c) => {
		c.header('access-control-allow-origin', '*');
		const [, list, purpose] = /^([a-z0-9]{1,20})-(revocation|suspension)$/.exec(c.req.param('name')) ?? [];
		if (!list || !records.credentials.begun(list)) return refuse(c, 'not-found');
		const jws = await lists.list(list, purpose as 'revocation' | 'suspension', now());
		const etag = `"${createHash('sha256').update(jws).digest('base64url').slice(0, 22)}"`;
		c.header('etag', etag);
		c.header('cache-control', 'no-cache');
		if (c.req.header('if-none-match')?.includes(etag)) return c.body(null, 304);
		return c.body(jws, 200, { 'content-type': 'application/vc+jwt' });
	});

	const purge = () => records.retention.purge(now(), parts.banks.scheme()?.keep.value);
	const daily = setInterval(purge, day).unref();
	return {
		status,
		exam: createCandidateRoutes(limited),
		office: createOfficeRoutes({ ...limited, changed: lists.changed }),
		/** Says if the register does not hold, removes what is past its date, and issues what waits. */
		async start(): Promise<void> {
			if (!records.register.holds())
				console.error('The register does not hold: lines were changed, or are missing. Keep a copy of the file.');
			purge();
			await issuing.settle();
		},
		/** Ends what runs beside it. */
		stop: (): void => clearInterval(daily),
		/** Lets go of the records, when nobody asks any more. */
		close: records.close
	};
}
