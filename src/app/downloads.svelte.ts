import { AppError, type ErrorCode } from '#core/errors.ts';
import { same } from '#core/pack.ts';
import { parts, type Part, type Tier, type Voice } from '#core/narration.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Narration } from './narration.svelte.ts';

/** How far the making of a voice is, in clips. */
export type Making = { done: number; of: number };
/** What can be had, with its exact bytes: `bytes` still to fetch, `total` with what is here. */
export type Offer = {
	state: 'unknown' | 'ready' | 'preparing' | 'absent' | 'installed' | 'error';
	bytes: number;
	total: number;
	preparing?: Making;
	error?: ErrorCode;
};
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
export type InstalledVoice = { locale: Locale; tier: 'cards' | 'everything'; bytes: number; synthetic: boolean; engine: string };

type Found = Voice | Making | 'absent' | ErrorCode;
type Own = Awaited<ReturnType<Device['packs']['installed']>>[number];

export type Downloads = ReturnType<typeof createDownloads>;

const poll = 1000;
const isVoice = (one: Found | undefined): one is Voice => typeof one === 'object' && 'recordings' in one;
const isMaking = (one: Found | undefined): one is Making => typeof one === 'object' && !('recordings' in one);
const tiers: Tier[] = ['text', 'cards', 'everything'];

/** Putting courses and voices on the phone: sizes before, progress, pause, going on, and away again. */
export function createDownloads(device: Device, i18n: Pick<I18n, 'locale'>, courses: Courses, narration: Narration) {
	/** What is known of each voice, by `course/locale/part`. */
	let found = $state.raw<Record<string, Found>>({});
	/** Bytes still to fetch, by `course/locale/tier`, and for an update by `course/update`. */
	let sizes = $state.raw<Record<string, number>>({});
	let downloads = $state.raw<Record<string, Download>>({});
	let installed = $state.raw<Record<string, Own>>({});
	let looking = new AbortController();
	/** The course whose offers are on the screen. */
	let looked: string | undefined;
	const work = new Map<string, { stop: AbortController; end: Promise<void> }>();

	const set = (course: string, part: Partial<Download>) =>
		void (downloads[course] && (downloads = { ...downloads, [course]: { ...downloads[course], ...part } }));
	const drop = (course: string) => void (downloads = Object.fromEntries(Object.entries(downloads).filter(([other]) => other !== course)));
	const offered = (course: string) => courses.catalogue?.packs[course];
	/** What is known of the voices of a tier; one for another text than the one that is offered is not known. */
	const voicesOf = (all: typeof found, course: string, locale: Locale, tier: Tier): (Found | undefined)[] =>
		parts[tier].map((part) => {
			const one = all[`${course}/${locale}/${part}`];
			return isVoice(one) && one.text !== offered(course)?.text.sha256 ? undefined : one;
		});

	/** What is known of the voices that are here and come anew with an update. */
	const renewed = (all: typeof found, course: string): (Found | undefined)[] =>
		(installed[course]?.voices ?? []).map(
			({ locale, part }) => voicesOf(all, course, locale, 'everything')[parts.everything.indexOf(part)]
		);

	async function refresh(): Promise<void> {
		const all = await device.packs.installed().catch((cause: unknown) => (codeOf(cause), []));
		installed = Object.fromEntries(all.map((own) => [own.course, own]));
	}

	/** The voice for the text that is offered; undefined if the signal came first. While it is being made, `told` hears how far it is. */
	async function voice(
		course: string,
		locale: Locale,
		part: Part,
		signal: AbortSignal,
		told: (making: Making) => void
	): Promise<Voice | 'absent' | undefined> {
		while (!signal.aborted) {
			const reply = await device.packs.voice(course, locale, part, signal);
			if (reply === 'absent') return reply;
			if ('recordings' in reply) return reply.text === offered(course)?.text.sha256 ? reply : 'absent';
			told(reply.preparing);
			await device.moments.wait(poll, signal);
		}
		return undefined;
	}

	/** Weighs what can be had. What was found just now is shown with its weight, never before it. */
	async function measure(course: string, locale: Locale, news: typeof found = {}): Promise<void> {
		const pack = offered(course);
		const weighed: typeof sizes = {};
		let known: typeof found;
		do {
			known = found;
			const all = { ...known, ...news };
			const weigh = async (name: string, voices: (Found | undefined)[]) => {
				const wanted = voices.filter(isVoice);
				weighed[`${course}/${name}`] = await device.packs
					.missing(pack, wanted)
					.catch((cause: unknown) => (codeOf(cause), device.packs.bytes(pack, wanted)));
			};
			for (const tier of pack ? tiers : []) await weigh(`${locale}/${tier}`, voicesOf(all, course, locale, tier));
			if (pack && installed[course]) await weigh('update', renewed(all, course));
		} while (known !== found); // another voice was found meanwhile
		found = { ...found, ...news };
		sizes = { ...sizes, ...weighed };
	}

	async function seek(course: string, locale: Locale, part: Part): Promise<void> {
		const { signal } = looking;
		const note = (one: Found) => ({ [`${course}/${locale}/${part}`]: one });
		try {
			const reply = await voice(course, locale, part, signal, (making) => void (found = { ...found, ...note(making) }));
			await measure(course, locale, reply && note(reply));
		} catch (cause) {
			const code = codeOf(cause);
			await measure(course, locale, signal.aborted ? {} : note(code));
		}
	}

	/** Finds the exact sizes for the language of the moment; waits while a voice is being made. */
	function look(course: string): void {
		looking.abort();
		looking = new AbortController();
		looked = course;
		void refresh().then(async () => {
			await measure(course, i18n.locale);
			const [own, pack] = [installed[course], offered(course)];
			if (looked !== course || !own || !pack || same(own, pack)) return;
			for (const { locale, part } of own.voices) if (locale !== i18n.locale || part !== 'cards') void seek(course, locale, part);
		});
		if (offered(course)) void seek(course, i18n.locale, 'cards');
	}

	/** One installation; false if it was paused. */
	async function install(course: string, voices: Voice[], signal: AbortSignal): Promise<boolean> {
		const { locale, tier } = downloads[course]!;
		const pack = offered(course)!;
		const before = installed[course]?.outline;
		set(course, { state: 'running', preparing: undefined });
		const onprogress = ({ done, of }: Making) => set(course, { done, of });
		const outcome = await device.packs.install({ course, pack, voices, locale, tier }, { signal, onprogress });
		if (outcome === 'paused') return false;
		const own = installed[course];
		const changed = !own || !same(own, pack);
		await refresh();
		if (changed) await courses.updated(course, before);
		if (!courses.opened || courses.opened.id === course) await courses.open(course); // another course that she is in stays open
		return true;
	}

	/** A new course has its text first, so that she can begin; all else comes in one piece. False if it was paused. */
	async function fetch(course: string, signal: AbortSignal): Promise<boolean> {
		const { locale, tier } = downloads[course]!;
		if (!installed[course] && !(await install(course, [], signal))) return false;
		const own = installed[course];
		if (!own || (own.memory && tier !== 'text')) throw new AppError(own ? 'storage-full' : 'storage', { cause: new Error(course) });
		const update = !same(own, offered(course)!);
		const held = own.voices.map((one) => ({ locale: one.locale, part: one.part }));
		const asked = parts[tier]
			.map((part) => ({ locale, part }))
			.filter((one) => !held.some((own) => own.locale === one.locale && own.part === one.part));
		const voices: Voice[] = [];
		for (const one of update ? [...held, ...asked] : asked) {
			const reply = await voice(course, one.locale, one.part, signal, (preparing) => set(course, { state: 'preparing', preparing }));
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
		await refresh();
		await measure(course, i18n.locale);
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

	function offer(course: string, tier: Tier): Offer {
		const pack = offered(course);
		const own = installed[course];
		const asked = voicesOf(found, course, i18n.locale, tier);
		const total = pack ? device.packs.bytes(pack, asked.filter(isVoice)) : 0;
		const base = { bytes: sizes[`${course}/${i18n.locale}/${tier}`] ?? total, total };
		if (own && parts[tier].every((part) => own.voices.some((one) => one.locale === i18n.locale && one.part === part)))
			return { ...base, state: 'installed' };
		if (!pack) return { ...base, state: 'unknown' };
		const failed = asked.find((one): one is ErrorCode => typeof one === 'string' && one !== 'absent');
		if (failed) return { ...base, state: 'error', error: failed };
		if (asked.includes('absent')) return { ...base, state: 'absent' };
		const making = asked.find(isMaking);
		if (making) return { ...base, state: 'preparing', preparing: making };
		return { ...base, state: asked.includes(undefined) ? 'unknown' : 'ready' };
	}

	const offers = (course: string): Record<Tier, Offer> => ({
		text: offer(course, 'text'),
		cards: offer(course, 'cards'),
		everything: offer(course, 'everything')
	});

	return {
		refresh,
		/** Downloads that an earlier start did not finish wait, paused; one that lost the network goes on when it is back. */
		async restore(): Promise<void> {
			await refresh();
			const staged = await device.packs.staged().catch((cause: unknown) => (codeOf(cause), []));
			for (const { course, locale, tier, done, of } of staged)
				if (!downloads[course]) downloads = { ...downloads, [course]: { course, locale, tier, state: 'paused', done, of } };
		},
		/** Goes on with what failed for want of a network, and asks again for what could not be asked. */
		online(): void {
			const failed = looked && Object.values(offers(looked)).some(({ state }) => state === 'error');
			if (looked && failed) look(looked);
			for (const { course, state, error } of Object.values(downloads))
				if (state === 'failed' && (error === 'offline' || error === 'timeout')) void run(course);
		},
		look,
		/** Has the voice of a tier made and measured, where that is done on request. */
		prepare(course: string, tier: Tier): void {
			for (const part of parts[tier]) void seek(course, i18n.locale, part);
		},
		/** The page is left: no more questions. */
		leave(): void {
			looking.abort();
			looked = undefined;
		},
		/** What can be had in the language of the moment. */
		offers,
		/** Begins a download in the language of the moment; asks first on a line that costs. */
		async start(course: string, tier: Tier): Promise<void> {
			const { bytes, total } = offer(course, tier);
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
			await measure(course, i18n.locale);
		},
		/** The bytes that an update fetches; undefined until all voices that come with it are known. */
		updateSize(course: string): number | undefined {
			return renewed(found, course).every((one) => one !== undefined && !isMaking(one)) ? sizes[`${course}/update`] : undefined;
		},
		/** Fetches the new text and the voices that are here, and changes all at once. */
		async update(course: string): Promise<void> {
			const bytes = sizes[`${course}/update`] ?? offer(course, 'text').total;
			await begin(course, 'text', bytes, bytes);
		},
		/** Takes a course off the phone; answers stay. */
		async removeCourse(course: string): Promise<void> {
			await halt(course);
			await device.packs.remove(course).catch(codeOf);
			courses.close(course);
			drop(course);
			await Promise.all([refresh(), courses.refresh()]);
			if (!courses.opened) await narration.prepare(course);
			await measure(course, i18n.locale);
		},
		async removeVoice(course: string, locale: Locale): Promise<void> {
			await halt(course);
			if (downloads[course]?.locale === locale) {
				await device.packs.cancel(course).catch(codeOf);
				drop(course);
			}
			await device.packs.removeVoice(course, locale).catch(codeOf);
			await refresh();
			if (courses.opened?.id === course) await narration.prepare(course);
			await measure(course, i18n.locale);
		},
		of: (course: string): Download | undefined => downloads[course],
		/** The voices of a course that are here, by language. */
		voices(course: string): InstalledVoice[] {
			const own = installed[course]?.voices ?? [];
			return [...new Set(own.map(({ locale }) => locale))].map((locale) => {
				const all = own.filter((one) => one.locale === locale);
				const bytes = all.reduce((sum, one) => sum + one.bytes, 0);
				return {
					locale,
					tier: all.length > 1 ? 'everything' : 'cards',
					bytes,
					synthetic: all.some((one) => one.synthetic),
					engine: all[0]!.engine
				};
			});
		}
	};
}
