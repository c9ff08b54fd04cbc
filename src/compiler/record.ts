import { readFile } from 'node:fs/promises';
import { sentences, type Locale } from '#core/text.ts';
import { sha256, type Recorded } from './cache.ts';
import { guessed, sentenceCues, shownWords } from './cues.ts';
import type { Engine, Heard } from './engine.ts';
import { levelled, loudness, target } from './loudness.ts';
import { resample } from './resample.ts';
import { joined, milliseconds, mp3, ogg, rate } from './sound.ts';
import type { Speech } from './speech.ts';
import { readWav } from './wav.ts';

/** A clip to record into the cache of a project: its texts as shown and as said. With `human`, the path of a WAV file in which a person reads them all. */
export type Job = { root: string; key: string; locale: Locale; texts: (Speech & { text: string; speaker: 0 | 1 | 2 })[]; human?: string };

const silence = { title: 600, text: 350 };

/** The texts of a clip as an engine reads them; none if a person does. */
export const read = (job: Job, engine: Engine): Promise<Heard[]> =>
	Promise.all(
		(job.human ? [] : job.texts).map(({ said, speaker }) =>
			said.trim() ? engine.read(said, job.locale, speaker) : { samples: new Float32Array(), rate, words: [] }
		)
	);

/** Records a clip from what `read` gave: its sounds, and its cues in milliseconds. */
export async function record(job: Job, heard: Heard[]): Promise<{ recorded: Recorded; sounds: { mp3: Uint8Array; ogg: Uint8Array } }> {
	const { samples, ...cues } = job.human ? await byPerson(job, job.human) : byEngine(job, heard);
	const comment = job.human ? undefined : 'synthetic voice';
	const sounds = { mp3: await mp3(samples, comment), ogg: await ogg(samples, comment) };
	const ref = <T extends 'mp3' | 'ogg'>(type: T) => ({ sha256: sha256(sounds[type]), bytes: sounds[type].length, type });
	return {
		recorded: {
			kind: job.human ? 'human' : 'synthetic',
			milliseconds: milliseconds(samples.length),
			mp3: ref('mp3'),
			ogg: ref('ogg'),
			...cues
		},
		sounds
	};
}

type Cued = { samples: Float32Array; sentences: Recorded['sentences']; words: Recorded['words'] };

function byEngine({ texts, locale }: Job, heard: Heard[]): Cued {
	const sounds = even(heard.map((sound, at) => ({ samples: resample(sound.samples, sound.rate, rate), speaker: texts[at]!.speaker })));
	const { samples, starts } = joined(
		sounds.map((sound, at) => ({ samples: sound, silence: at === 0 || !sound.length ? 0 : at === 1 ? silence.title : silence.text }))
	);
	const cues: Cued = { samples: levelled(samples, rate), sentences: [], words: [] };
	texts.forEach((speech, at) => {
		const start = milliseconds(starts[at]!);
		const { words } = heard[at]!;
		const own = words && shownWords(speech.text, speech, words);
		const lengths = sentences(speech.text, locale).map((sentence) => sentence.end - sentence.start);
		const begins = own ? sentenceCues(speech.text, locale, own, milliseconds(sounds[at]!.length)) : guessed(lengths, sounds[at]!, rate);
		begins.forEach((begin, sentence) => cues.sentences.push([at, sentence, start + begin]));
		own?.forEach(([offset, begin]) => cues.words.push([at, offset, start + begin]));
	});
	return cues;
}

/** Speakers made equally loud: one gain for all that one of them says. */
function even(sounds: { samples: Float32Array; speaker: number }[]): Float32Array[] {
	const gains = new Map(
		[...new Set(sounds.map(({ speaker }) => speaker))].map((speaker) => {
			const level = loudness(
				joined(sounds.filter((sound) => sound.speaker === speaker).map(({ samples }) => ({ samples, silence: 0 }))).samples,
				rate
			);
			return [speaker, Number.isFinite(level) ? 10 ** ((target - level) / 20) : 1];
		})
	);
	return sounds.map(({ samples, speaker }) => samples.map((sample) => sample * gains.get(speaker)!));
}

async function byPerson({ texts, locale }: Job, file: string): Promise<Cued> {
	const sound = readWav(await readFile(file), file);
	const samples = levelled(resample(sound.samples, sound.rate, rate), rate);
	const places = texts.flatMap(({ text }, at) =>
		sentences(text, locale).map(({ start, end }, sentence) => ({ at, sentence, characters: end - start }))
	);
	const begins = guessed(
		places.map(({ characters }) => characters),
		samples,
		rate
	);
	return { samples, sentences: places.map(({ at, sentence }, index) => [at, sentence, begins[index]!]), words: [] };
}
