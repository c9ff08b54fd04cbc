import type { ErrorCode } from '#core/errors.ts';
import { parts, type Part, type Tier, type Voice } from '#core/narration.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Narration } from './narration.svelte.ts';

/** What can be had, with its exact bytes: `bytes` still to fetch, `total` with what is here. */
export type Offer = {
	state: 'unknown' | 'ready' | 'preparing' | 'absent' | 'installed' | 'error';
	bytes: number;
	total: number;
	preparing?: { done: number; of: number };
	error?: ErrorCode;
};
export type Download = {
	course: string;
	locale: Locale;
	tier: Tier;
	state: 'asking' | 'running' | 'preparing' | 'paused' | 'failed' | 'done';
	done: number;
	of: number;
	preparing?: { done: number; of: number };
	error?: ErrorCode;
};
export type InstalledVoice = { locale: Locale; tier: 'cards' | 'everything'; bytes: number; synthetic: boolean; engine: string };

type Found = Voice | { done: number; of: number } | 'absent' | ErrorCode;

export type Downloads = ReturnType<typeof createDownloads>;

/** Putting courses and voices on the phone: sizes before, progress, pause, going on, and away again. */
export function createDownloads(device: Device, i18n: I18n, courses: Courses, narration: Narration) {
	/** What is known of each voice, by `course/locale/part`. */
	let found = $state.raw<Record<string, Found>>({});
	let sizes = $state.raw<Record<string, number>>({});
	let running = $state.raw<Record<string, Download>>({});
	let looking: AbortController | undefined;
	const stops = new Map<string, AbortController>();

	const name = (course: string, locale: Locale, part: Part) => `${course}/${locale}/${part}`;
	const isVoice = (one: Found | undefined): one is Voice => typeof one === 'object' && 'recordings' in one;
	const set = (course: string, part: Partial<Download>) => void (running = { ...running, [course]: { ...running[course]!, ...part } });

	/** Asks for a voice until it is made; tells how far it is. */
	async function voice(
		course: string,
		locale: Locale,
		part: Part,
		signal: AbortSignal,
		told: (how: { done: number; of: number }) => void
	): Promise<Voice | 'absent' | undefined> {
		while (!signal.aborted) {
			const reply = await device.packs.voice(course, locale, part, signal);
			if (reply === 'absent' || 'recordings' in reply) return reply;
			told(reply.preparing);
			await device.moments.wait(1000, signal);
		}
		return undefined;
	}

	async function measure(course: string): Promise<void> {
		const text = courses.catalogue?.packs[course]?.text;
		if (!text) return;
		const known = (tier: Tier) => parts[tier].map((part) => found[name(course, i18n.locale, part)]).filter(isVoice);
		try {
			const [words, cards, everything] = [
				await device.packs.missing(text, []),
				await device.packs.missing(text, known('cards')),
				await device.packs.missing(text, known('everything'))
			];
			sizes = { ...sizes, [`${course}/text`]: words, [`${course}/cards`]: cards, [`${course}/everything`]: everything };
		} catch (cause) {
			codeOf(cause);
			sizes = {
				...sizes,
				[`${course}/text`]: text.bytes,
				[`${course}/cards`]: device.packs.bytes(text, known('cards')),
				[`${course}/everything`]: device.packs.bytes(text, known('everything'))
			};
		}
	}

	async function seek(course: string, part: Part): Promise<void> {
		const signal = (looking ??= new AbortController()).signal;
		const locale = i18n.locale;
		const key = name(course, locale, part);
		try {
			const reply = await voice(course, locale, part, signal, (how) => void (found = { ...found, [key]: how }));
			if (reply) found = { ...found, [key]: reply };
		} catch (cause) {
			if (signal.aborted) return;
			found = { ...found, [key]: codeOf(cause) };
		}
		await measure(course);
	}

	const here = (course: string, locale: Locale, tier: Tier): boolean => {
		const own = installed[course];
		return !!own && parts[tier].every((part) => own.some((one) => one.locale === locale && one.part === part));
	};
	let installed = $state.raw<Record<string, { locale: Locale; part: Part; bytes: number; engine: string; synthetic: boolean }[]>>({});
	async function refresh(): Promise<void> {
		const all = await device.packs.installed().catch((cause: unknown) => (codeOf(cause), []));
		installed = Object.fromEntries(all.map(({ course, voices }) => [course, voices]));
	}

	async function run(course: string): Promise<void> {
		const wanted = running[course];
		const pack = courses.catalogue?.packs[course];
		if (!wanted || !pack) return;
		const stop = new AbortController();
		stops.set(course, stop);
		const before = courses.text(course);
		set(course, { state: 'running', error: undefined });
		try {
			const voices: Voice[] = [];
			const locales = new Map<string, { locale: Locale; part: Part }>();
			for (const part of parts[wanted.tier]) locales.set(`${wanted.locale}/${part}`, { locale: wanted.locale, part });
			for (const { locale, part } of installed[course] ?? []) locales.set(`${locale}/${part}`, { locale, part });
			for (const { locale, part } of locales.values()) {
				const one = await voice(course, locale, part, stop.signal, (preparing) => set(course, { state: 'preparing', preparing }));
				if (stop.signal.aborted) return void set(course, { state: 'paused' });
				if (one && one !== 'absent') voices.push(one);
			}
			set(course, { state: 'running', of: device.packs.bytes(pack.text, voices) });
			const outcome = await device.packs.install(
				{ course, edition: pack.edition, text: pack.text, voices, locale: wanted.locale, tier: wanted.tier },
				{ signal: stop.signal, onprogress: ({ done, of }) => set(course, { done, of }) }
			);
			if (outcome === 'paused') return void set(course, { state: 'paused' });
			set(course, { state: 'done' });
			await refresh();
			await courses.updated(course, before);
			await courses.open(course);
			await narration.prepare(course);
			void device.disk.persist();
		} catch (cause) {
			if (stop.signal.aborted) set(course, { state: 'paused' });
			else set(course, { state: 'failed', error: codeOf(cause) });
		} finally {
			stops.delete(course);
			await measure(course);
		}
	}

	return {
		refresh,
		/** Downloads that an earlier start did not finish wait, paused. */
		async restore(): Promise<void> {
			await refresh();
			const staged = await device.packs.staged().catch((cause: unknown) => (codeOf(cause), []));
			for (const { course, locale, tier, done, of } of staged)
				running = { ...running, [course]: { course, locale, tier, state: 'paused', done, of } };
		},
		/** Finds the exact sizes for the language of the moment; waits while a voice is being made. */
		look(course: string): void {
			looking?.abort();
			looking = new AbortController();
			void measure(course);
			if (courses.catalogue?.packs[course]) void seek(course, 'cards');
		},
		/** Has the voice of a tier made and measured, where that is done on request. */
		prepare(course: string, tier: Tier): void {
			for (const part of parts[tier]) void seek(course, part);
		},
		leave(): void {
			looking?.abort();
			looking = undefined;
		},
		offers(course: string): Record<Tier, Offer> {
			const text = courses.catalogue?.packs[course]?.text;
			const offer = (tier: Tier): Offer => {
				const asked = parts[tier].map((part) => found[name(course, i18n.locale, part)]);
				const total = text ? device.packs.bytes(text, asked.filter(isVoice)) : 0;
				const base = { bytes: sizes[`${course}/${tier}`] ?? total, total };
				if (installed[course] && here(course, i18n.locale, tier)) return { ...base, state: 'installed' };
				if (!text) return { ...base, state: 'unknown' };
				const failed = asked.find((one): one is ErrorCode => typeof one === 'string' && one !== 'absent');
				if (failed) return { ...base, state: 'error', error: failed };
				if (asked.includes('absent')) return { ...base, state: 'absent' };
				const making = asked.find((one): one is { done: number; of: number } => typeof one === 'object' && !isVoice(one));
				if (making) return { ...base, state: 'preparing', preparing: making };
				return { ...base, state: asked.includes(undefined) ? 'unknown' : 'ready' };
			};
			return { text: offer('text'), cards: offer('cards'), everything: offer('everything') };
		},
		/** Begins a download in the language of the moment; asks first on a line that costs. */
		async start(course: string, tier: Tier): Promise<void> {
			const { bytes, total } = this.offers(course)[tier];
			running = {
				...running,
				[course]: { course, locale: i18n.locale, tier, state: device.net.metered() ? 'asking' : 'running', done: total - bytes, of: total }
			};
			if (running[course]!.state === 'running') await run(course);
		},
		confirm: run,
		pause: (course: string): void => stops.get(course)?.abort(),
		resume: run,
		/** Gives a download up. */
		async cancel(course: string): Promise<void> {
			stops.get(course)?.abort();
			await device.packs.cancel(course).catch(codeOf);
			running = Object.fromEntries(Object.entries(running).filter(([other]) => other !== course));
		},
		/** Fetches the new text and the voices that are here, and changes all at once. */
		async update(course: string): Promise<void> {
			running = { ...running, [course]: { course, locale: i18n.locale, tier: 'text', state: 'running', done: 0, of: 0 } };
			await run(course);
		},
		async removeCourse(course: string): Promise<void> {
			await device.packs.remove(course).catch(codeOf);
			courses.close(course);
			running = Object.fromEntries(Object.entries(running).filter(([other]) => other !== course));
			await Promise.all([refresh(), courses.refresh()]);
			await measure(course);
		},
		async removeVoice(course: string, locale: Locale): Promise<void> {
			await device.packs.removeVoice(course, locale).catch(codeOf);
			await refresh();
			await narration.prepare(course);
			await measure(course);
		},
		of: (course: string): Download | undefined => running[course],
		voices(course: string): InstalledVoice[] {
			const own = installed[course] ?? [];
			return [...new Set(own.map(({ locale }) => locale))].map((locale) => {
				const all = own.filter((one) => one.locale === locale);
				return {
					locale,
					tier: all.length > 1 ? 'everything' : 'cards',
					bytes: all.reduce((sum, one) => sum + one.bytes, 0),
					synthetic: all.some((one) => one.synthetic),
					engine: all[0]!.engine
				};
			});
		}
	};
}
