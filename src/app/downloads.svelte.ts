import { AppError, type ErrorCode } from '#core/errors.ts';
import { same } from '#core/pack.ts';
import { parts, type Tier, type Voice } from '#core/narration.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';
import { createInstalled } from './installed.svelte.ts';
import type { Narration } from './narration.svelte.ts';
import { createOffers, type Making } from './offers.svelte.ts';

export type Download = {
	course: string;
	locale: Locale;
	tier: Tier;
	state: 'asking' | 'running' | 'preparing' | 'paused' | 'failed' | 'done';
	done: number;
	of: number;
	preparing?: Making;
	error?: ErrorCode;
};

export type Downloads = ReturnType<typeof createDownloads>;

/** Putting courses and voices on the phone: what can be had, progress, pause, going on, and away again. */
export function createDownloads(device: Device, i18n: Pick<I18n, 'locale'>, courses: Courses, narration: Narration) {
	const here = createInstalled(device);
	const offers = createOffers(device, i18n, courses, here);
	let downloads = $state.raw<Record<string, Download>>({});
	const work = new Map<string, { stop: AbortController; end: Promise<void> }>();

	const set = (course: string, part: Partial<Download>) =>
		void (downloads[course] && (downloads = { ...downloads, [course]: { ...downloads[course], ...part } }));
	const drop = (course: string) => void (downloads = Object.fromEntries(Object.entries(downloads).filter(([other]) => other !== course)));
	const offered = (course: string) => courses.catalogue?.packs[course];

	/** One installation; false if it was paused. */
	async function install(course: string, voices: Voice[], signal: AbortSignal): Promise<boolean> {
		const { locale, tier } = downloads[course]!;
		const pack = offered(course)!;
		const before = here.of(course)?.outline;
		set(course, { state: 'running', preparing: undefined });
		const onprogress = ({ done, of }: Making) => set(course, { done, of });
		const outcome = await device.packs.install({ course, pack, voices, locale, tier }, { signal, onprogress });
		if (outcome === 'paused') return false;
		const own = here.of(course);
		const changed = !own || !same(own, pack);
		await here.refresh();
		if (changed) await courses.updated(course, before);
		if (!courses.opened || courses.opened.id === course) await courses.open(course); // another course that she is in stays open
		return true;
	}

	/** A new course has its text first, so that she can begin; all else comes in one piece. False if it was paused. */
	async function fetch(course: string, signal: AbortSignal): Promise<boolean> {
		const { locale, tier } = downloads[course]!;
		if (!here.of(course) && !(await install(course, [], signal))) return false;
		const own = here.of(course);
		if (!own || (own.memory && tier !== 'text')) throw new AppError(own ? 'storage-full' : 'storage', { cause: new Error(course) });
		const update = !same(own, offered(course)!);
		const held = own.voices.map((one) => ({ locale: one.locale, part: one.part }));
		const asked = parts[tier]
			.map((part) => ({ locale, part }))
			.filter((one) => !held.some((own) => own.locale === one.locale && own.part === one.part));
		const voices: Voice[] = [];
		for (const one of update ? [...held, ...asked] : asked) {
			const reply = await offers.voice(course, one.locale, one.part, signal, (preparing) => set(course, { state: 'preparing', preparing }));
			if (!reply) return false;
			if (reply !== 'absent') voices.push(reply);
			else if (!update) throw new AppError('not-found', { cause: new Error(`${course} ${one.locale} ${one.part}`) });
		}
		return !update && !voices.length ? true : install(course, voices, signal);
	}

	/** The end is told last: from then on a tap goes on. */
	async function attempt(course: string, signal: AbortSignal): Promise<void> {
		let end: Partial<Download>;
		try {
			end = (await fetch(course, signal)) ? { state: 'done' } : { state: 'paused', preparing: undefined };
		} catch (cause) {
			const error = codeOf(cause);
			end = signal.aborted ? { state: 'paused', preparing: undefined } : { state: 'failed', error, preparing: undefined };
		}
		void device.disk.persist();
		await here.refresh();
		await offers.measure(course);
		work.delete(course);
		set(course, end);
	}

	/** Begins or goes on. */
	async function run(course: string): Promise<void> {
		if (!downloads[course] || !offered(course) || work.has(course)) return;
		const stop = new AbortController();
		set(course, { state: 'running', error: undefined });
		const end = attempt(course, stop.signal).finally(() => work.delete(course)); // also after a bug
		work.set(course, { stop, end });
		await end;
	}

	async function halt(course: string): Promise<void> {
		const now = work.get(course);
		now?.stop.abort();
		await now?.end;
	}

	async function begin(course: string, tier: Tier, bytes: number, total: number): Promise<void> {
		if (work.has(course)) return;
		const asks = device.net.metered();
		downloads = {
			...downloads,
			[course]: { course, locale: i18n.locale, tier, state: asks ? 'asking' : 'running', done: total - bytes, of: total }
		};
		if (!asks) await run(course);
	}

	return {
		refresh: here.refresh,
		/** Downloads that an earlier start did not finish wait, paused; one that lost the network goes on when it is back. */
		async restore(): Promise<void> {
			await here.refresh();
			const staged = await device.packs.staged().catch((cause: unknown) => (codeOf(cause), []));
			for (const { course, locale, tier, done, of } of staged)
				if (!downloads[course]) downloads = { ...downloads, [course]: { course, locale, tier, state: 'paused', done, of } };
		},
		/** Goes on with what failed for want of a network, and asks again for what could not be asked. */
		online(): void {
			offers.again();
			for (const { course, state, error } of Object.values(downloads))
				if (state === 'failed' && (error === 'offline' || error === 'timeout')) void run(course);
		},
		look: offers.look,
		/** Has the voice of a tier made and measured, where that is done on request. */
		prepare: offers.prepare,
		/** The page is left: no more questions. */
		leave: offers.leave,
		/** What can be had in the language of the moment. */
		offers: offers.all,
		/** Begins a download in the language of the moment; asks first on a line that costs. */
		async start(course: string, tier: Tier): Promise<void> {
			const { bytes, total } = offers.all(course)[tier];
			await begin(course, tier, bytes, total);
		},
		/** Goes on although it costs. */
		confirm: run,
		pause: (course: string): void => work.get(course)?.stop.abort(),
		resume: run,
		/** Gives a download up, and what it has fetched. */
		async cancel(course: string): Promise<void> {
			await halt(course);
			await device.packs.cancel(course).catch(codeOf);
			drop(course);
			await offers.measure(course);
		},
		/** The bytes that an update fetches; undefined until all voices that come with it are known. */
		updateSize(course: string): number | undefined {
			const { bytes, known } = offers.update(course);
			return known ? bytes : undefined;
		},
		/** Fetches the new text and the voices that are here, and changes all at once. */
		async update(course: string): Promise<void> {
			const { bytes } = offers.update(course);
			await begin(course, 'text', bytes, bytes);
		},
		/** Takes a course off the phone; answers stay. */
		async removeCourse(course: string): Promise<void> {
			await halt(course);
			await device.packs.remove(course).catch(codeOf);
			courses.close(course);
			drop(course);
			await Promise.all([here.refresh(), courses.refresh()]);
			if (!courses.opened) await narration.prepare(course);
			await offers.measure(course);
		},
		async removeVoice(course: string, locale: Locale): Promise<void> {
			await halt(course);
			if (downloads[course]?.locale === locale) {
				await device.packs.cancel(course).catch(codeOf);
				drop(course);
			}
			await device.packs.removeVoice(course, locale).catch(codeOf);
			await here.refresh();
			if (courses.opened?.id === course) await narration.prepare(course);
			await offers.measure(course);
		},
		of: (course: string): Download | undefined => downloads[course],
		/** The voices of a course that are here, by language. */
		voices: here.voices
	};
}
