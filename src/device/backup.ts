import * as z from 'zod/mini';
import { Answer, Uuid } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import type { Answers } from './answers.ts';
import type { Database } from './db.ts';
import { sha256 } from './keys.ts';
import type { Learner } from './learner.ts';
import type { Mirror } from './mirror.ts';
import { Preferences, type PreferenceStore } from './preferences.ts';
import { Place, Sitting, type Records } from './records.ts';

const Content = z.object({
	learner: Uuid,
	at: z.number(),
	answers: z.array(Answer),
	places: z.array(Place),
	sittings: z.array(Sitting),
	preferences: Preferences
});
const Copy = z.object({ passport: z.literal('copy'), version: z.literal(1), sha256: z.string(), content: z.string() });
const Newer = z.object({ passport: z.literal('copy'), version: z.number().check(z.gt(1)) });
const most = 20_000_000;

/** All that the phone keeps about her. */
export type Everything = z.infer<typeof Content> & { device: string };

type Parts = {
	database: Database;
	mirror: Mirror;
	learner: Learner;
	answers: Answers;
	places: Records<Place>;
	sittings: Records<Sitting>;
	preferences: PreferenceStore;
	now: () => number;
	forget: () => void;
};

/** Her things as a file and back, and their end. */
export function createBackup({ database, mirror, learner, answers, places, sittings, preferences, now, forget }: Parts) {
	async function everything(): Promise<Everything> {
		const numbers = await learner.who();
		return {
			...numbers,
			at: now(),
			answers: await answers.all(),
			places: await places.all(),
			sittings: await sittings.all(),
			preferences: preferences.read()
		};
	}

	/** The content of a saved copy. Throws `AppError('copy')` for anything else, `newer` if a newer app made it. */
	async function opened(text: string): Promise<z.infer<typeof Content>> {
		const json = text.length > most ? undefined : parsed(text);
		if (Newer.safeParse(json).success) throw new AppError('newer');
		const copy = Copy.safeParse(json);
		if (!copy.success) throw new AppError('copy', { cause: copy.error });
		if ((await sha256(copy.data.content)) !== copy.data.sha256) throw new AppError('copy', { cause: new Error('the sum does not match') });
		const content = Content.safeParse(parsed(copy.data.content));
		if (!content.success) throw new AppError('copy', { cause: content.error });
		return content.data;
	}

	return {
		everything,
		/** A copy of all that is hers, as text; the phone's own number and key stay here. */
		async copy(): Promise<string> {
			const { device: _, ...own } = await everything();
			const content = JSON.stringify(own satisfies z.infer<typeof Content>);
			return JSON.stringify({ passport: 'copy', version: 1, sha256: await sha256(content), content } satisfies z.infer<typeof Copy>);
		},
		/** Takes what a copy has and the phone lacks; nothing here is lost. Says how many answers were new. Throws `AppError`: `copy` or `newer` for the text, else what the storage says. */
		async restore(text: string): Promise<number> {
			const content = await opened(text);
			const { learner: hers } = await learner.who();
			const blank = !(await answers.all()).some((answer) => answer.learner === hers);
			if (blank) await learner.adopt(content.learner);
			const added = await answers.bring(content.answers);
			await places.bring(content.places);
			await sittings.bring(content.sittings);
			const { sync: _, ...chosen } = content.preferences; // what leaves the phone is decided on each phone
			preferences.write({ ...chosen, ...preferences.read() });
			return added;
		},
		/** Hands a file to the browser to save. */
		save(text: string, name: string): void {
			const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
			const link = document.createElement('a');
			link.href = url;
			link.download = name;
			link.click();
			setTimeout(() => URL.revokeObjectURL(url), 60_000);
		},
		/** Deletes everything: database, mirror, caches, the worker. Works without a network. Throws `AppError`. */
		async erase(): Promise<void> {
			forget();
			mirror.clear();
			for (const name of (await globalThis.caches?.keys()) ?? []) await caches.delete(name);
			const worker = typeof navigator === 'undefined' ? undefined : navigator.serviceWorker;
			for (const registration of (await worker?.getRegistrations()) ?? []) await registration.unregister();
			await database.erase();
		}
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new AppError('copy', { cause });
	}
}
