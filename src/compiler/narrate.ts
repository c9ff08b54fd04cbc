import { realpathSync } from 'node:fs';
import { Part, parts, voiceBytes, type Voice } from '#core/narration.ts';
import { locales, Locale } from '#core/text.ts';
import { createCrew, type Crew } from './crew.ts';
import { createMeter } from './meter.ts';
import { compiled, make, plan, type Progress, type Wanted } from './voice.ts';

/**
 * Makes the voice of a compiled course in one language and part: clips at `static/packs/files`, the signed voice at
 * `static/packs/<course>/<locale>.<part>.json`. What was made before is not made again, also after a kill. A recording by a
 * person at `content/courses/<course>/voice/<locale>/<clip>.wav` stands in for its clip. `made` counts the clips recorded now.
 * Two programs of its own record at once, or those of a `crew`, which stay for the next voice.
 */
export async function narrate({
	onProgress,
	crew,
	...wanted
}: Wanted & { onProgress?: (progress: Progress) => void; crew?: Crew }): Promise<{ voice: Voice; made: number }> {
	return make(await plan(wanted), onProgress, crew);
}

/** Which voices the words of the command ask for: any course, locale or part that is not named means all. */
function asked(root: string, words: string[]): Wanted[] {
	const packs = compiled(root);
	const locale = words.find((word) => Locale.safeParse(word).success);
	const part = words.find((word) => Part.safeParse(word).success);
	const course = words.find((word) => word !== locale && word !== part);
	if (course && !packs[course]) throw new Error(`there is no compiled course "${course}"; there is ${Object.keys(packs).join(', ')}`);
	return Object.keys(packs)
		.flatMap((name) => locales.flatMap((tag) => Part.options.map((one) => ({ root, course: name, locale: tag, part: one }))))
		.filter((wanted) => (!course || wanted.course === course) && (!locale || wanted.locale === locale) && (!part || wanted.part === part));
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

/** What a learner downloads, by course, language and tier; a tier that is not wholly made is left out. */
function sizes(root: string, voices: Voice[]): string[] {
	return Object.entries(compiled(root)).flatMap(([course, text]) =>
		locales.flatMap((locale) => {
			const own = voices.filter((voice) => voice.course === course && voice.locale === locale);
			const tiers = (['cards', 'everything'] as const).filter(
				(tier) => own.length && parts[tier].every((part) => own.some((voice) => voice.part === part))
			);
			const bytes = (tier: (typeof tiers)[number], sound: 'mp3' | 'ogg') =>
				own.filter((voice) => parts[tier].includes(voice.part)).reduce((sum, voice) => sum + voiceBytes(voice, sound), text.bytes);
			return tiers.map(
				(tier) =>
					`${course}  ${locale}  ${tier.padEnd(10)}  MP3 ${megabytes(bytes(tier, 'mp3'))}, Opus ${megabytes(bytes(tier, 'ogg'))} (text ${megabytes(text.bytes)} included)`
			);
		})
	);
}

const minutes = (voice: Voice) => (voice.recordings.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / 60000).toFixed(1);

/** The command `narrate [course] [locale] [part] [--json]`, in the project that is the working directory. */
async function command(words: string[]): Promise<void> {
	const root = process.cwd();
	const json = words.includes('--json');
	const wanted = asked(
		root,
		words.filter((word) => word !== '--json')
	);
	const plans: { of: number; unread: number }[] = [];
	for (const one of wanted) {
		const { entries, unread } = await plan(one);
		plans.push({ of: entries.length, unread });
	}
	const meter = createMeter(plans, json ? 'json' : process.stdout.isTTY ? 'bar' : 'lines');
	const crew = createCrew();
	const voices: Voice[] = [];
	try {
		for (const [place, one] of wanted.entries()) {
			const { voice, made } = await make(await plan(one), (progress) => meter.step(place, progress), crew);
			voices.push(voice);
			meter.say(
				`${voice.course}  ${voice.locale}  ${voice.part.padEnd(5)}  ${voice.recordings.length} clips, ${made} recorded now, ${minutes(voice)} minutes, ${voice.engine}`
			);
		}
		meter.say(...sizes(root, voices));
	} finally {
		meter.end();
		crew.close();
	}
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename)
	command(process.argv.slice(2)).catch((cause: Error) => {
		console.error(`narrate: ${cause.message}`);
		process.exitCode = 1;
	});
