import type * as z from 'zod/mini';
import { applicationStates } from '#core/candidate.ts';
import type { Applications } from '#core/office.ts';
import type { Accommodation } from '#core/scheme.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { fits } from './found.ts';
import { createRequest } from './request.svelte.ts';

export type ApplicationState = (typeof applicationStates)[number];
export type OfficeApplication = z.infer<typeof Applications>['applications'][number];

/** Applications to be certified, as registrar and invigilator see them. */
export function createApplications({ office }: Pick<CertificationDevice, 'office'>) {
	const loading = createRequest();
	const acting = createRequest();
	let list = $state.raw<OfficeApplication[]>();
	let shown = $state<ApplicationState>();
	let open = $state.raw<OfficeApplication>();

	/** Asks for those in a state, or for all. */
	async function load(state?: ApplicationState): Promise<void> {
		if (state !== shown) list = undefined;
		shown = state;
		const told = await loading.make(() => office.applications(state));
		if (!told) return;
		list = told.applications;
		open = at(open?.id);
	}
	const at = (id: string | undefined) => list?.find((one) => one.id === id) ?? (open?.id === id ? open : undefined);
	async function act(work: () => ReturnType<typeof office.answer>): Promise<boolean> {
		const done = await acting.make(work);
		if (done) await load(shown);
		return !!done;
	}

	return {
		loading,
		acting,
		/** The last that came; none before the first. */
		get list() {
			return list;
		},
		/** The state that they were asked by. */
		get shown() {
			return shown;
		},
		load,
		/** One of the list, or the one that was found last: an accepted application leaves the list of the new ones, and can still be read. */
		at,
		/** Whether one is who was looked for. */
		fits,
		/** Makes sure that one is there, whatever its state. */
		async find(id: string): Promise<void> {
			acting.clear();
			if (!list?.some((one) => one.id === id)) await load();
			open = at(id);
		},
		accept: (id: string, granted: Accommodation[]): Promise<boolean> => act(() => office.answer(id, { accept: true, granted })),
		refuse: (id: string, reason: string): Promise<boolean> => act(() => office.answer(id, { accept: false, reason })),
		/** The person with this code taught this candidate: she will neither invigilate nor decide. */
		taught: (candidate: string, code: string): Promise<boolean> =>
			act(() => office.coached({ candidate, code: code.trim().toUpperCase() })),
		forget(): void {
			list = shown = open = undefined;
		}
	};
}
