import type * as z from 'zod/mini';
import type { Appeals } from '#core/office.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { createRequest } from './request.svelte.ts';

export type OfficeAppeal = z.infer<typeof Appeals>['appeals'][number];

/** Appeals and complaints, as the one who answers them sees them. */
export function createAppeals({ office }: Pick<CertificationDevice, 'office'>) {
	const loading = createRequest();
	const acting = createRequest();
	let list = $state.raw<OfficeAppeal[]>();

	async function load(): Promise<void> {
		const told = await loading.make(() => office.appeals());
		if (told) list = told.appeals;
	}

	return {
		loading,
		acting,
		/** The last that came; none before the first. */
		get list() {
			return list;
		},
		load,
		async find(id: string): Promise<void> {
			acting.clear();
			if (!list?.some((one) => one.id === id)) await load();
		},
		/** Answers one; true once the endpoint has it. */
		async answer(id: string, upheld: boolean, answer: string): Promise<boolean> {
			const done = await acting.make(() => office.resolve(id, { upheld, answer }));
			if (done) await load();
			return !!done;
		},
		forget(): void {
			list = undefined;
		}
	};
}
