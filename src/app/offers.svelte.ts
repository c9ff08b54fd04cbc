import type { ErrorCode } from '#core/errors.ts';
import { parts, type Part, type Tier, type Voice } from '#core/narration.ts';
import { same } from '#core/pack.ts';
import type { Locale } from '#core/text.ts';
import type { Device } from '#device/index.ts';
import type { Courses } from './courses.svelte.ts';
import { codeOf } from './failure.ts';
import type { I18n } from './i18n.svelte.ts';
import type { Installed } from './installed.svelte.ts';

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

type Found = Voice | Making | 'absent' | ErrorCode;

const poll = 1000;
const isVoice = (one: Found | undefined): one is Voice => typeof one === 'object' && 'recordings' in one;
const isMaking = (one: Found | undefined): one is Making => typeof one === 'object' && !('recordings' in one);
const tiers: Tier[] = ['text', 'cards', 'everything'];

/** What can be had: the tiers of a course in a language, and updates, each with its exact bytes before anything is fetched. */
export function createOffers(device: Pick<Device, 'packs' | 'moments'>, i18n: Pick<I18n, 'locale'>, courses: Courses, here: Installed) {
	/** What is known of each voice, by `course/locale/part`. */
	let found = $state.raw<Record<string, Found>>({});
	/** Bytes still to fetch, by `course/locale/tier`, and for an update by `course/update`. */
	let sizes = $state.raw<Record<string, number>>({});
	let looking = new AbortController();
	/** The course whose offers are on the screen. */
	let looked: string | undefined;
	const offered = (course: string) => courses.catalogue?.packs[course];
	/** What is known of the voices of a tier; one for another text than the one that is offered is not known. */
	const voicesOf = (all: typeof found, course: string, locale: Locale, tier: Tier): (Found | undefined)[] =>
		parts[tier].map((part) => {
			const one = all[`${course}/${locale}/${part}`];
			return isVoice(one) && one.text !== offered(course)?.text.sha256 ? undefined : one;
		});

	/** What is known of the voices that are here and come anew with an update. */
	const renewed = (all: typeof found, course: string): (Found | undefined)[] =>
		(here.of(course)?.voices ?? []).map(({ locale, part }) => voicesOf(all, course, locale, 'everything')[parts.everything.indexOf(part)]);

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
			if (pack && here.of(course)) await weigh('update', renewed(all, course));
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
		void here.refresh().then(async () => {
			await measure(course, i18n.locale);
			const [own, pack] = [here.of(course), offered(course)];
			if (looked !== course || !own || !pack || same(own, pack)) return;
			for (const { locale, part } of own.voices) if (locale !== i18n.locale || part !== 'cards') void seek(course, locale, part);
		});
		if (offered(course)) void seek(course, i18n.locale, 'cards');
	}

	function offer(course: string, tier: Tier): Offer {
		const pack = offered(course);
		const own = here.of(course);
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

	const all = (course: string): Record<Tier, Offer> => ({
		text: offer(course, 'text'),
		cards: offer(course, 'cards'),
		everything: offer(course, 'everything')
	});

	return {
		look,
		/** Asks again for what could not be asked, for the course whose offers are on the screen. */
		again(): void {
			const failed = looked && Object.values(all(looked)).some(({ state }) => state === 'error');
			if (looked && failed) look(looked);
		},
		/** Has the voice of a tier made and measured, where that is done on request. */
		prepare(course: string, tier: Tier): void {
			for (const part of parts[tier]) void seek(course, i18n.locale, part);
		},
		/** The page is left: no more questions. */
		leave(): void {
			looking.abort();
			looked = undefined;
		},
		/** Weighs again what can be had in the language of the moment. */
		measure: (course: string): Promise<void> => measure(course, i18n.locale),
		voice,
		/** What can be had in the language of the moment. */
		all,
		/** The bytes that an update fetches, as far as the voices that come with it are known, and whether all are. */
		update(course: string): { bytes: number; known: boolean } {
			const size = sizes[`${course}/update`];
			const known = renewed(found, course).every((one) => one !== undefined && !isMaking(one));
			return { bytes: size ?? offer(course, 'text').total, known: known && size !== undefined };
		}
	};
}
