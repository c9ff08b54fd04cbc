import { realpathSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Part, parts, voiceBytes, type Voice } from '#core/narration.ts';
import { locales, Locale } from '#core/text.ts';
import { createCrew, type Crew } from './crew.ts';
import { createMeter } from './meter.ts';
import { compiled, make, plan, type Progress, type Wanted } from './voice.ts';

/**
 * Makes the voice of a compiled course in one language and part: clips at `<packs>/files`, the signed voice at
 * `<packs>/<course>/<locale>.<part>.json`. What was made before is not made again, also after a kill. A recording by a
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
async function asked(root: string, packs: string, words: string[]): Promise<Wanted[]> {
	const courses = await compiled(packs);
	const locale = words.find((word) => Locale.safeParse(word).success);
	const part = words.find((word) => Part.safeParse(word).success);
	const course = words.find((word) => word !== locale && word !== part);
	if (course && !courses[course]) throw new Error(`there is no compiled course "${course}"; there is ${Object.keys(courses).join(', ')}`);
	return Object.keys(courses)
		.flatMap((name) => locales.flatMap((tag) => Part.options.map((one) => ({ root, packs, course: name, locale: tag, part: one }))))
		.filter((wanted) => (!course || wanted.course === course) && (!locale || wanted.locale === locale) && (!part || wanted.part === part));
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;

/** What a learner downloads, by course, language and tier; a tier that is not wholly made is left out. */
async function sizes(packs: string, voices: Voice[]): Promise<string[]> {
	return Object.entries(await compiled(packs)).flatMap(([course, text]) =>
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

/** The command `narrate [course] [locale] [part] [--json] [--packs <folder>]`, in the project that is the working directory. */
async function command(): Promise<void> {
	const { values, positionals } = parseArgs({
		allowPositionals: true,
		options: { json: { type: 'boolean', default: false }, packs: { type: 'string', default: 'build/packs' } }
	});
	const { json } = values;
	process.stdout.on('error', () => process.exit()); // who asked for the voice is gone; what was recorded is kept
	const root = process.cwd();
	const packs = path.resolve(values.packs);
	const wanted = await asked(root, packs, positionals);
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
		meter.say(...(await sizes(packs, voices)));
	} finally {
		meter.end();
		crew.close();
	}
}

if (process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename)
	command().catch((cause: Error) => {
		console.error(`narrate: ${cause.message}`);
		process.exitCode = 1;
	});
