import { AppError } from '#core/errors.ts';
import type { CertificationDevice } from '#device/certification/index.ts';

/** Sends what waits on the phone, oldest first, and brings what the certification body has of her. Again is harmless. */
export function createPost({ exams, candidate, now }: Pick<CertificationDevice, 'exams' | 'candidate' | 'now'>) {
	const later = (refused: string) => new AppError('server', { cause: new Error(refused) });

	async function responses(): Promise<void> {
		for (const { attempt, sealed } of (await exams.parcels()).filter(({ state }) => state === 'waiting')) {
			const reply = await candidate.responses(sealed);
			if ('refused' in reply) throw later(reply.refused);
			const { verdict, reason } = reply.ok;
			await exams.settle(attempt, verdict === 'refused' ? 'refused' : 'safe', reason);
		}
	}
	/** Before applications: what she took back must not be sent, and stands in the way of another. */
	async function withdrawals(): Promise<void> {
		for (const { id } of (await exams.applications()).filter(({ back }) => back === 'waiting')) {
			const reply = await candidate.withdraw(id);
			const never = 'refused' in reply && (reply.rule === 'not-yours' || reply.refused === 'unknown-device');
			if ('ok' in reply || never) await exams.changeApplication(id, { back: 'done' });
			else if (reply.rule) await exams.changeApplication(id, { back: undefined });
			else throw later(reply.refused);
		}
	}
	async function applications(): Promise<void> {
		for (const row of (await exams.applications()).filter(({ state, back }) => state === 'waiting' && !back)) {
			const reply = await candidate.apply(row.application);
			if ('ok' in reply) await exams.changeApplication(row.id, { state: 'sent', number: reply.ok.number, at: now() });
			else if (reply.rule) await exams.changeApplication(row.id, { state: 'refused', reason: reply.rule, at: now() });
			else throw later(reply.refused);
		}
	}
	async function appeals(): Promise<void> {
		for (const row of (await exams.appeals()).filter(({ state }) => state === 'waiting')) {
			const reply = await candidate.appeal(row.appeal);
			if ('ok' in reply) await exams.keepAppeal({ ...row, state: 'sent', number: reply.ok.number, at: now() });
			else if (reply.rule) await exams.keepAppeal({ ...row, state: 'refused', reason: reply.rule, at: now() });
			else throw later(reply.refused);
		}
	}
	async function news(): Promise<void> {
		const mine = await candidate.mine();
		if (!mine) return;
		await exams.keepMine(mine);
		const here = new Set((await exams.envelopes()).map(({ form }) => form));
		const begun = new Set((await exams.attempts.all()).map(({ form }) => form));
		for (const { form, state } of mine.applications)
			if (form && state === 'invited' && !here.has(form) && !begun.has(form)) await exams.keep([await candidate.envelope(form)]);
	}

	return {
		/** Nothing is asked before she applied. Throws `AppError` at the first that does not get through; the rest waits. */
		async send(): Promise<void> {
			if (!(await candidate.who())) return;
			await responses();
			await withdrawals();
			await applications();
			await appeals();
			await news();
		}
	};
}
