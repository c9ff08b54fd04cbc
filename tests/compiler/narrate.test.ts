import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { sha256 } from '#compiler/cache.ts';
import { createCrew } from '#compiler/crew.ts';
import { createEngine, type Engine } from '#compiler/engine.ts';
import { genuine, packKey, signed } from '#compiler/key.ts';
import { narrate } from '#compiler/narrate.ts';
import { typescript } from '#compiler/program.ts';
import { Voice, clips, type Recording } from '#core/narration.ts';
import { Signed, TextFile } from '#core/pack.ts';
import { sentences, type Words } from '#core/text.ts';

const roots: string[] = [];
const crew = createCrew();
afterAll(() => {
	crew.close();
	roots.forEach((root) => rmSync(root, { recursive: true, force: true }));
});
afterEach(() => vi.unstubAllEnvs());

const words: Words = {
	'a-floor.title': 'The wrong floor',
	'a-floor.text': 'Guests come at 14:00. “Yes, yes,” says Nadia. Is floor 2 < floor 3 & clean?',
	'a-talk.title': 'At the door',
	'a-talk.line-1': 'Who is there?',
	'a-talk.line-2': 'It is me.',
	'towel.word': 'towel',
	'towel.meaning': 'You dry your hands with it.',
	'a.notes': '## Why\n**Numbers:** repeat them.\n\n- One.\n- Two.',
	'a-e1.question': 'Which word?',
	'a-e1.sentence': 'Can I ___ it?',
	'a-e1.check.text': 'check',
	'a-e1.forget.text': 'forget',
	'a-e1.check.feedback': 'Yes.',
	'a-e1.forget.feedback': 'No.'
};

const greek: Words = { 'a-floor.title': 'Έτοιμοι;', 'a-floor.text': 'Είναι, π.χ., στις 14:00; Ναι, είναι.' };

const lesson = {
	id: 'a',
	minutes: 12,
	cards: [
		{ id: 'a-floor', kind: 'idea', picture: ['hotel'] },
		{ id: 'a-talk', kind: 'dialogue', picture: ['door'], lines: [1, 2] }
	],
	exercises: [{ id: 'a-e1', kind: 'gap', outcome: 'o-1', options: ['check', 'forget'], right: 'check' }]
};
const origin = { drafted: 'person', reviewed: null };
const fixture = {
	format: 1,
	course: {
		id: 'talk',
		edition: 1,
		descriptor: { eqf: { level: 4, provisional: true }, workload: { hours: 1, provisional: true }, part: { of: 20, provisional: true } },
		origin: { en: origin, el: origin, it: origin, pl: origin, es: origin },
		outcomes: ['o-1', 'o-2', 'o-3', 'o-4'].map((id) => ({ id, type: 'skill', source: 'S2' })),
		lessons: [lesson, ...['b', 'c', 'd'].map((id) => ({ ...lesson, id, cards: [], exercises: [] }))],
		assessment: [],
		glossary: ['towel', 'bed', 'door', 'key', 'lift', 'noise', 'shift', 'guest']
	},
	keys: Object.keys(words),
	words: {
		en: Object.values(words),
		el: Object.keys(words).map((key) => greek[key] ?? ''),
		it: [],
		pl: [],
		es: []
	},
	identities: {}
};

/** A project with one small course, compiled. */
async function project(): Promise<string> {
	const root = mkdtempSync(path.join(tmpdir(), 'narrate-test-'));
	roots.push(root);
	cpSync('content/lexicon', path.join(root, 'content', 'lexicon'), { recursive: true });
	const pack = gzipSync(JSON.stringify(TextFile.parse(fixture)));
	const sha256 = createHash('sha256').update(pack).digest('hex');
	const packs = path.join(root, 'build', 'packs');
	mkdirSync(path.join(packs, 'files'), { recursive: true });
	writeFileSync(path.join(packs, 'files', `${sha256}.pack`), pack);
	const catalogue = {
		format: 1,
		credentials: [],
		words: { en: {}, el: {}, it: {}, pl: {}, es: {} },
		packs: {
			talk: { edition: 1, text: { sha256, bytes: pack.length, type: 'pack' }, pictures: { sha256, bytes: pack.length, type: 'pack' } }
		}
	};
	writeFileSync(path.join(packs, 'catalogue.json'), JSON.stringify(await signed(JSON.stringify(catalogue), await packKey(root))));
	return root;
}

const wanted = (root: string) => ({ root, packs: path.join(root, 'build', 'packs'), course: 'talk', locale: 'en', part: 'cards' }) as const;
const file = (root: string, ref: Recording['mp3'] | Recording['ogg']) =>
	readFileSync(path.join(root, 'build', 'packs', 'files', `${ref.sha256}.${ref.type}`));
const voiceFile = (root: string, name: string) => readFileSync(path.join(root, 'build', 'packs', 'talk', name), 'utf8');
const texts = (id: string) => clips(TextFile.parse(fixture).course, words).find((clip) => clip.id === id)!.texts;

/** A tone of 200 Hz that sounds and pauses by turns, in seconds, as a WAV file of 16 bits. */
function tones(seconds: number[], rate = 16000): Buffer {
	const samples = seconds.flatMap((length, turn) =>
		Array.from({ length: length * rate }, (_, at) => (turn % 2 ? 0 : Math.round(9000 * Math.sin((2 * Math.PI * 200 * at) / rate))))
	);
	const bytes = Buffer.alloc(44 + samples.length * 2);
	bytes.write('RIFF', 0, 'latin1');
	bytes.write('WAVEfmt ', 8, 'latin1');
	bytes.writeUInt32LE(16, 16);
	bytes.writeUInt16LE(1, 20);
	bytes.writeUInt16LE(1, 22);
	bytes.writeUInt32LE(rate, 24);
	bytes.writeUInt16LE(16, 34);
	bytes.write('data', 36, 'latin1');
	bytes.writeUInt32LE(samples.length * 2, 40);
	samples.forEach((sample, at) => bytes.writeInt16LE(sample, 44 + at * 2));
	return bytes;
}

/** Runs the command in a project. */
function command(
	root: string,
	words: string[],
	onLine?: (line: string, kill: () => void) => void
): Promise<{ code: number | null; out: string; said: string }> {
	const child = spawn(process.execPath, [...typescript, path.resolve('src/compiler/narrate.ts'), ...words], { cwd: root });
	let [out, said] = ['', ''];
	child.stdout.on('data', (part: Buffer) => {
		out += part.toString();
		onLine?.(out, () => child.kill('SIGKILL'));
	});
	child.stderr.on('data', (part: Buffer) => (said += part.toString()));
	return new Promise((done) => child.on('close', (code) => done({ code, out, said })));
}

test('the same words give the same bytes; what was read once is not read again; a person’s recording wins for its clip', async () => {
	const [root, other] = [await project(), await project()];
	const steps: { done: number; of: number; unread: number }[] = [];
	const { voice, made } = await narrate({ ...wanted(root), onProgress: (step) => steps.push(step), crew });
	expect(made).toBe(10);
	expect(steps.map(({ done, of }) => `${done}/${of}`)).toEqual(Array.from({ length: 10 }, (_, at) => `${at + 1}/10`));
	expect(steps.at(-1)!.unread).toBe(0);

	const signedVoice = Signed.parse(JSON.parse(voiceFile(root, 'en.cards.json')));
	expect(await genuine(signedVoice, (await packKey(root)).publicJwk)).toBe(true);
	expect(Voice.parse(JSON.parse(signedVoice.payload))).toEqual(voice);
	expect(voice.recordings.map(({ id }) => id).slice(0, 3)).toEqual(['a-floor', 'a-talk', 'towel.word']);
	expect(voice.engine).toContain('eSpeak NG');

	for (const { id, sentences: cues, words: spoken, ...recording } of voice.recordings.slice(0, 3)) {
		const own = texts(id);
		expect(cues.map(([text, sentence]) => `${text}.${sentence}`)).toEqual(
			own.flatMap(({ text }, at) => sentences(text, 'en').map((_, sentence) => `${at}.${sentence}`))
		);
		expect(cues[0]).toEqual([0, 0, 0]);
		for (const list of [cues, spoken]) list.forEach((cue, at) => expect(cue[2]).toBeGreaterThanOrEqual(list[at - 1]?.[2] ?? 0));
		expect(cues.at(-1)![2]).toBeLessThan(recording.milliseconds);
		for (const [text, offset] of spoken)
			expect(own[text]!.text.slice(Math.max(0, offset - 1), offset + 1)).toMatch(/^[^\p{L}\p{N}]?[\p{L}\p{N}]/u);
		const mp3 = file(root, recording.mp3);
		expect(mp3.toString('latin1', 0, 3)).toBe('ID3');
		expect(mp3.toString('latin1')).toContain('synthetic voice');
		expect(file(root, recording.ogg).toString('latin1', 0, 4)).toBe('OggS');
		expect(createHash('sha256').update(mp3).digest('hex')).toBe(recording.mp3.sha256);
	}
	const floor = voice.recordings[0]!;
	const said = floor.words.filter(([text]) => text === 1).map(([, offset]) => texts('a-floor')[1]!.text.slice(offset).split(' ')[0]);
	expect(said).toEqual(['Guests', 'come', 'at', '14:00.', 'Yes,', 'yes,”', 'says', 'Nadia.', 'Is', 'floor', '2', 'floor', '3', 'clean?']);
	// 600 ms of silence stand between title and text.
	expect(floor.sentences[1]![2] - floor.words[2]![2]).toBeGreaterThan(600);

	const before = voiceFile(root, 'en.cards.json');
	expect((await narrate(wanted(root))).made).toBe(0); // starts no program
	expect(voiceFile(root, 'en.cards.json')).toBe(before);

	const folder = path.join(other, 'content', 'courses', 'talk', 'voice', 'en');
	mkdirSync(folder, { recursive: true });
	writeFileSync(path.join(folder, 'a-talk.wav'), tones([1, 0.5, 1.2, 0.4, 0.9]));
	const second = await narrate({ ...wanted(other), crew });
	const [first, human, ...rest] = second.voice.recordings;
	expect([first, ...rest]).toEqual(voice.recordings.filter(({ id }) => id !== 'a-talk'));
	expect(human).toMatchObject({ id: 'a-talk', kind: 'human', milliseconds: 4000, words: [] });
	expect(human!.sentences.map(([text]) => text)).toEqual([0, 1, 2]);
	[0, 1500, 3100].forEach((at, index) => expect(Math.abs(human!.sentences[index]![2] - at)).toBeLessThan(100));
	expect(file(other, human!.mp3).toString('latin1')).not.toContain('synthetic voice');

	writeFileSync(path.join(folder, 'a-talk.wav'), 'no sound');
	await expect(narrate({ ...wanted(other), crew })).rejects.toThrow(/talk, en, clip a-talk: .*a-talk\.wav is not a WAV file/);
});

test('a run that is killed goes on where it was; a lost file comes back', async () => {
	const root = await project();
	const killed = await command(root, ['talk', 'en', '--json'], (out, kill) => out.includes('\n') && kill());
	expect(killed.code).toBe(null);
	const [step] = killed.out.split('\n');
	expect(JSON.parse(step!)).toEqual({ done: 1, of: expect.any(Number) });
	expect(readdirSync(path.join(root, 'build', 'packs'))).not.toContain('talk');

	const { voice, made } = await narrate({ ...wanted(root), crew });
	const rest = await narrate({ ...wanted(root), part: 'rest', crew });
	expect(made + rest.made).toBeGreaterThan(0);
	expect(made).toBeLessThan(10);
	expect(voice.recordings).toHaveLength(10);

	const lost = voice.recordings[0]!;
	rmSync(path.join(root, 'build', 'packs', 'files', `${lost.mp3.sha256}.mp3`));
	writeFileSync(path.join(root, '.cache', 'narration', `${lost.ogg.sha256}.ogg`), 'half');
	const again = await narrate({ ...wanted(root), crew });
	expect(again.made).toBe(1);
	expect(again.voice).toEqual(voice);
	expect(file(root, lost.mp3)).toHaveLength(lost.mp3.bytes);
});

test('the command reads all that is named, prints the sizes, and says plainly what is wrong', async () => {
	const root = await project();
	const greek = await command(root, ['el', 'cards']);
	expect(greek).toMatchObject({ code: 0, said: '' });
	expect(greek.out).toMatch(/talk {2}el {2}cards .*10 clips, 10 recorded now/);
	expect(greek.out).toMatch(/talk {2}el {2}cards +MP3 \d+\.\d\d MB, Opus \d+\.\d\d MB/);
	const { recordings } = Voice.parse(JSON.parse(Signed.parse(JSON.parse(voiceFile(root, 'el.cards.json'))).payload));
	// A Greek question mark ends a sentence; an abbreviation's dot and a time have the word that is shown.
	expect(recordings[0]!.sentences.map(([text, sentence]) => [text, sentence])).toEqual([
		[0, 0],
		[1, 0],
		[1, 1]
	]);
	expect(recordings[0]!.words.map(([, offset]) => offset)).toEqual([0, 0, 7, 13, 18, 25, 30]);

	const unknown = await command(root, ['talc']);
	expect(unknown).toMatchObject({ code: 1, said: 'narrate: there is no compiled course "talc"; there is talk\n' });
	rmSync(path.join(root, 'build'), { recursive: true });
	const bare = await command(root, []);
	expect(bare.code).toBe(1);
	expect(bare.said).toMatch(/^narrate: the courses are not compiled yet/);
});

test('notes, questions with a gap and feedback are the rest', async () => {
	const root = await project();
	const { voice } = await narrate({ ...wanted(root), part: 'rest', crew });
	const notes = voice.recordings.find(({ id }) => id === 'a.notes')!;
	expect(notes.words).toHaveLength(6);
	const item = voice.recordings.find(({ id }) => id === 'a-e1')!;
	expect(item.words.filter(([text]) => text === 1)).toHaveLength(3);
	expect(voice.recordings.map(({ id }) => id)).toContain('a-e1.forget.feedback');
});

test('another engine takes over by NARRATE_CMD, and its failure is told', async () => {
	const root = await project();
	const script = path.join(root, 'an engine.sh');
	const sound = path.join(root, 'tones.wav');
	writeFileSync(sound, tones([0.3, 0.2, 0.3, 0.2, 0.3]));
	writeFileSync(script, `[ "$1" = en ] || { echo 'no such voice' >&2; exit 3; }\n[ -s "$2" ] && cp '${sound}' "$3"\n`);
	vi.stubEnv('NARRATE_CMD', `sh "${script}" {lang} {text} {wav}`);
	const own = createCrew(1);
	const { voice } = await narrate({ ...wanted(root), crew: own });
	const [floor] = voice.recordings;
	expect(voice.engine).toBe('sh en');
	expect(floor!.milliseconds).toBe(1300 + 600 + 1300);
	expect(floor!.words).toEqual([]);
	expect(floor!.sentences.slice(0, 2)).toEqual([
		[0, 0, 0],
		[1, 0, 1900]
	]);
	await expect(narrate({ ...wanted(root), locale: 'el', crew: own })).rejects.toThrow(
		/talk, el, clip a-floor: the engine "sh" \(NARRATE_CMD\) ended with code 3: no such voice/
	);
	own.close();
	vi.stubEnv('NARRATE_CMD', 'no-such-program {text} {wav}');
	await expect(narrate(wanted(root))).rejects.toThrow(/"no-such-program" \(NARRATE_CMD\) does not start/);
});

test('a text sounds the same whatever was read before it, and on another day', async () => {
	const heard = async (engine: Engine, ...asked: Parameters<Engine['read']>) => {
		const { samples, words } = await engine.read(...asked);
		return { words, sound: sha256(new Uint8Array(samples.buffer)) };
	};
	const engine = createEngine();
	const alone = await heard(engine, 'Dzień dobry.', 'pl', 0);
	await engine.read('Καλημέρα;', 'el', 2);
	expect(await heard(engine, 'Dzień dobry.', 'pl', 0)).toEqual(alone);
	const higher = await heard(engine, 'Dzień dobry.', 'pl', 1);
	expect(higher.sound).not.toBe(alone.sound);
	const long = 'Read it once, then send it. What do the others need? They need the place, the task and the hour. '.repeat(4);
	const first = await heard(engine, long, 'en', 0);
	expect(first.words).toHaveLength(80);
	for (let again = 0; again < 3; again++) expect(await heard(engine, long, 'en', 0)).toEqual(first);
	await expect(engine.read('a'.repeat(70_000), 'en', 0)).rejects.toThrow(/texts of up to 65536 bytes/);
	expect(await heard(engine, long, 'en', 0)).toEqual(first);
	engine.close();
	const another = createEngine(); // a program of its own, at another time
	expect(await heard(another, 'Dzień dobry.', 'pl', 1)).toEqual(higher);
	another.close();
});
