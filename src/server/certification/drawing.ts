import { randomUUID } from 'node:crypto';
import type { NewSession } from '#core/office.ts';
import { sameScheme, type Banks } from './banks.ts';
import { createCode, sealForm } from './envelope.ts';
import { createForm } from './form.ts';
import type { Records } from './records.ts';
import type { Sealing } from './sealed.ts';
import type { Drawn } from './sessions.ts';
import type { Fault } from './staff.ts';

/** Opens sessions: draws a form for each candidate, least used items first, and seals it under a code of its own. */
export function createDrawing({ sessions }: Pick<Records, 'sessions'>, banks: Banks, sealing: Pick<Sealing, 'key'>) {
	return async (actor: string, asked: NewSession, now: number): Promise<Fault | undefined> => {
		const due = sessions.due(actor, asked, now);
		if (due === 'again') return undefined;
		if (typeof due === 'string') return due;
		const scheme = banks.scheme();
		const before = scheme && sessions.scheme(scheme.id, scheme.version);
		if (!scheme || (before && !sameScheme(before, scheme))) return 'bank';
		const exposures = new Map<string, Record<string, number>>();
		const forms: Promise<Drawn>[] = [];
		for (const { application, candidate, course, granted } of due) {
			const bank = banks.bank(course);
			if (!bank || bank.items.length < scheme.items.value) return 'bank';
			const exposure = exposures.get(course) ?? sessions.exposure(course);
			exposures.set(course, exposure);
			const own = { id: randomUUID(), session: asked.id, candidate, application, seal: sealing.key };
			const { form, versions, items } = createForm({ ...own, bank, scheme, granted, exposure });
			for (const { id } of items) exposure[id] = (exposure[id] ?? 0) + 1;
			const [code, { minutes }] = [createCode(), form];
			const drawn = { id: own.id, application, candidate, course, edition: bank.edition, scheme, minutes, granted, items, versions, code };
			forms.push(sealForm(form, code, asked.starts).then((envelope) => ({ ...drawn, envelope })));
		}
		return sessions.open(actor, asked, await Promise.all(forms), now);
	};
}
