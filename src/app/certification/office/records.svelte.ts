import type * as z from 'zod/mini';
import type { Standing } from '#core/candidate.ts';
import type { Credentials, Erased, Items, RefusedResponses, Register } from '#core/office.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { createRequest } from './request.svelte.ts';

export type OfficeCredential = z.infer<typeof Credentials>['credentials'][number];
export type ErasedRecord = z.infer<typeof Erased>;

/** What the certification body keeps: certificates, people, how its items behave, the register. */
export function createRecords({ office, now }: Pick<CertificationDevice, 'office' | 'now'>) {
	const loading = createRequest();
	const acting = createRequest();
	const asking = createRequest();
	let credentials = $state.raw<OfficeCredential[]>();
	let items = $state.raw<{ course: string; list: z.infer<typeof Items>['items'] }>();
	let register = $state.raw<z.infer<typeof Register>>();
	let refused = $state.raw<RefusedResponses['refused']>();
	let erased = $state.raw<{ candidate: string; record: ErasedRecord }>();

	/** Asks for the newest certificates, or for that of a number. */
	async function loadCredentials(number?: string): Promise<void> {
		const told = await loading.make(() => office.credentials(number));
		if (told) credentials = told.credentials;
	}

	return {
		loading,
		acting,
		get credentials() {
			return credentials;
		},
		get items() {
			return items;
		},
		get register() {
			return register;
		},
		/** Responses that could not be taken, the newest first. */
		get refused() {
			return refused;
		},
		/** What was erased last, and what must be kept until when. */
		get erased() {
			return erased;
		},
		loadCredentials,
		/** Suspends, withdraws or reinstates; true once the endpoint has it. */
		async stand(id: string, standing: Standing, reason: string): Promise<boolean> {
			const done = await acting.make(() => office.stand(id, { standing, reason }));
			if (done) await loadCredentials();
			return !!done;
		},
		async loadItems(course: string): Promise<void> {
			if (items?.course !== course) items = undefined;
			const told = await loading.make(() => office.items(course));
			if (told) items = { course, list: told.items };
		},
		/** Asks for the register, from its beginning or after an entry. */
		async loadRegister(after?: number): Promise<void> {
			const told = await loading.make(() => office.register(after));
			if (told) register = told;
		},
		async loadRefused(): Promise<void> {
			const told = await asking.make(() => office.refused());
			if (told) refused = told.refused;
		},
		/** Saves everything that is held about a candidate as a file. */
		async export(candidate: string): Promise<boolean> {
			const held = await acting.make(() => office.held(candidate));
			if (held) office.save(JSON.stringify(held, undefined, '\t'), `candidate-${new Date(now()).toISOString().slice(0, 10)}.json`);
			return !!held;
		},
		async erase(candidate: string): Promise<boolean> {
			const record = await acting.make(() => office.erase(candidate));
			if (record) erased = { candidate, record };
			return !!record;
		},
		forget(): void {
			credentials = items = register = refused = erased = undefined;
		}
	};
}
