import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { packKey, signed } from '#compiler/key.ts';
import { Voice } from '#core/narration.ts';
import { Catalogue, Signed, type FileRef } from '#core/pack.ts';
import type { Locale } from '#core/text.ts';
import type { Site } from './site.ts';

const payload = (file: string): unknown => JSON.parse(Signed.parse(JSON.parse(readFileSync(file, 'utf8'))).payload);
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const sealed = async (file: string, value: unknown): Promise<void> =>
	writeFileSync(file, JSON.stringify(await signed(JSON.stringify(value), await packKey('.'))));

/** Puts bytes among the files of a folder of packs. */
function put(packs: string, bytes: Uint8Array, type: FileRef['type']): FileRef {
	const ref: FileRef = { sha256: sha256(bytes), bytes: bytes.length, type };
	writeFileSync(join(packs, 'files', `${ref.sha256}.${type}`), bytes);
	return ref;
}

/** A copy of the packs that were built, for one test to change. */
export function ownPacks(site: Site): string {
	const packs = join(site.folder, 'packs');
	cpSync('build/packs', packs, { recursive: true });
	return packs;
}

export const catalogueOf = (packs: string): Catalogue => Catalogue.parse(payload(join(packs, 'catalogue.json')));
export const voiceOf = (packs: string, locale: Locale): Voice => Voice.parse(payload(join(packs, `communication/${locale}.cards.json`)));

/** Puts a voice of another language beside the English one: as long, in files of its own, signed. Nobody listens to it. */
export async function addVoice(packs: string, locale: Locale): Promise<void> {
	const english = voiceOf(packs, 'en');
	const other = ({ sha256, type }: FileRef): FileRef =>
		put(packs, Buffer.concat([readFileSync(join(packs, 'files', `${sha256}.${type}`)), Buffer.from(locale)]), type);
	const recordings = english.recordings.map((one) => ({ ...one, mp3: other(one.mp3), ogg: other(one.ogg) }));
	await sealed(join(packs, `communication/${locale}.cards.json`), { ...english, locale, recordings });
}

/** Writes the text of the course anew, as another program might, and signs for it. No voice reads the new text. */
export async function rewrite(packs: string, change: (text: string) => string): Promise<void> {
	const catalogue = catalogueOf(packs);
	const own = catalogue.packs['communication']!;
	const before = gunzipSync(readFileSync(join(packs, 'files', `${own.text.sha256}.pack`))).toString();
	const after = change(before);
	if (after === before) throw new Error('nothing was changed');
	const { edition } = (JSON.parse(after) as { course: { edition: number } }).course;
	const text = put(packs, gzipSync(after), 'pack');
	await sealed(join(packs, 'catalogue.json'), { ...catalogue, packs: { ...catalogue.packs, communication: { ...own, edition, text } } });
}

/** Signed by nobody we know: one letter of what a signed file says is another. */
export const forged = (file: string): string => {
	const { payload, signature } = Signed.parse(JSON.parse(readFileSync(file, 'utf8')));
	return JSON.stringify({ payload: payload.replace('"format":1', '"format":1 '), signature });
};
