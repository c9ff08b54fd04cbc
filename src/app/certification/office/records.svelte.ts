import type * as z from 'zod/mini';
import type { Standing } from '#core/candidate.ts';
import type { Credentials, Erased, GivenCode, Items, RefusedResponses, Register } from '#core/office.ts';
import { enough } from '#core/statistics.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { createRequest } from './request.svelte.ts';

export type OfficeCredential = z.infer<typeof Credentials>['credentials'][number];
export type ErasedRecord = z.infer<typeof Erased>;
export type RegisterEntry = z.infer<typeof Register>['entries'][number];
type Item = z.infer<typeof Items>['items'][number];

/** Whether two people should look at a question: enough answered it, and nearly nobody or nearly everybody is right, or it tells strong from weak badly. */
const odd = ({ answered, difficulty = 0.5, discrimination = 1 }: Item): boolean =>
	answered >= enough && (difficulty < 0.1 || difficulty > 0.95 || discrimination < 0.1);

/** What the certification body keeps: certificates, people, how its items behave, the register. */
export function createRecords({ office, now }: Pick<CertificationDevice, 'office' | 'now'>) {
	const loading = createRequest();
	const acting = createRequest();
	const asking = createRequest();
	let credentials = $state.raw<OfficeCredential[]>();
	let items = $state.raw<{ course: string; list: (Item & { odd: boolean })[] }>();
	let register = $state.raw<z.infer<typeof Register>>();
	let older = $state(false);
	let refused = $state.raw<RefusedResponses['refused']>();
	let given = $state.raw<GivenCode & { candidate: string }>();
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
		/** Whether newer entries than those of the register that is shown are there to go back to. */
		get older() {
			return older;
		},
		/** Responses that could not be taken, the newest first. */
		get refused() {
			return refused;
		},
		/** The code that was given last: it is shown once, and known nowhere else. */
		get given() {
			return given;
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
		/** Asks how the questions of a course behave; those that are to be looked at come first. */
		async loadItems(course: string): Promise<void> {
			if (items?.course !== course) items = undefined;
			const told = await loading.make(() => office.items(course));
			const list = told?.items.map((item) => ({ ...item, odd: odd(item) })).sort((a, b) => Number(b.odd) - Number(a.odd));
			if (list) items = { course, list };
		},
		/** Asks for the register, the newest entries or those before one. */
		async loadRegister(before?: number): Promise<void> {
			const told = await loading.make(() => office.register(before));
			if (told) [register, older] = [told, before !== undefined];
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
		/** Makes a code for the new phone of a candidate. */
		async give(candidate: string): Promise<void> {
			const told = await acting.make(() => office.give(candidate));
			if (told) given = { ...told, candidate };
		},
		async erase(candidate: string): Promise<boolean> {
			const record = await acting.make(() => office.erase(candidate));
			if (record) erased = { candidate, record };
			return !!record;
		},
		forget(): void {
			credentials = items = register = refused = erased = given = undefined;
		}
	};
}
