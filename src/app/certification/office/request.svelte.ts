import type { ErrorCode } from '#core/errors.ts';
import type { OfficeRefusal, Told } from '#device/certification/office.ts';
import { codeOf } from '../../failure.ts';

/** Why something was not done: the world failed, or a rule of the house stands against it. */
export type Trouble = { error: ErrorCode } | { rule: OfficeRefusal };

/** Something that is asked of the endpoint again and again: whether it is under way, and what came in its way last. */
export function createRequest() {
	let busy = $state(false);
	let trouble = $state.raw<Trouble>();
	let turn = 0;

	return {
		get busy() {
			return busy;
		},
		get trouble() {
			return trouble;
		},
		clear(): void {
			trouble = undefined;
		},
		/** Asks; what came is returned, what came in its way is `trouble`. Of two that overlap the later counts, the earlier returns nothing. */
		async make<T>(work: () => Promise<Told<T>>): Promise<T | undefined> {
			const mine = ++turn;
			busy = true;
			trouble = undefined;
			const told = await asked(work);
			if (mine !== turn) return undefined;
			busy = false;
			if ('ok' in told) return told.ok;
			trouble = told;
			return undefined;
		}
	};
}

async function asked<T>(work: () => Promise<Told<T>>): Promise<{ ok: T } | Trouble> {
	try {
		return await work();
	} catch (cause) {
		return { error: codeOf(cause) };
	}
}
