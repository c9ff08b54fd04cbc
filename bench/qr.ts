import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { encodeQR } from 'qr';
import type { Award } from '#core/award.ts';
import { fromBase45 } from '#core/base45.ts';
import { claims, qr } from '#core/cwt.ts';
import { figure, report } from './report.ts';

/**
 * What a code takes: signs of its text, bytes under them, and the version of the QR code at error correction M, for one micro-credential and
 * for a whole Passport; `longest` has a name of 60 Greek letters, and status bits in two lists in turn. `npx tsx bench/qr.ts`; prints JSON.
 */
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const certificate = createHash('sha256').update('certificate').digest();
const described = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`course-${at + 1}`, { place: at + 1, eqf: 4 as const }]));

const award = (place: number, longest: boolean): Award => ({
	id: 'urn:uuid:0190a0a0-1111-7222-8333-444455556666',
	number: `C-${String(place).padStart(6, '0')}`,
	course: `course-${place}`,
	edition: 1,
	holder: { name: longest ? 'Ω'.repeat(60) : 'Maria Papadopoulou', born: '1990-02-03' },
	issued: Date.UTC(2026, 9, 1) + place * 9 * 86_400_000,
	until: Date.UTC(2031, 9, 1),
	score: 85,
	scheme: { id: 'passport', version: 1, edition: '2012' },
	status: longest ? { list: String(1 + (place % 2)), index: place % 2 ? 131_071 : 0 } : { list: '1', index: (place * 77_777) % 131_072 }
});

async function code(count: number, longest = false) {
	const awards = Array.from({ length: count }, (_, at) => award(at + 1, longest));
	const said = claims({ ...awards[0]!, awards }, described, { identifier: 'VATEL-123456789' }, certificate);
	const text = await qr(said, certificate, async (input) => sign('sha256', input, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
	const side = encodeQR(text, 'raw', { ecc: 'medium', border: 1 }).length - 2;
	return { text: text.length, bytes: fromBase45(text.slice(5))!.length, version: (side - 17) / 4 };
}

const [one, all, longestOne, longestAll] = [await code(1), await code(20), await code(1, true), await code(20, true)];
report('qr', [figure('text of one credential', 'bytes', 300, [one.text]), figure('text of a whole Passport', 'bytes', 800, [all.text])], {
	versions: { one: one.version, all: all.version, bounds: { one: 13, all: 23 } },
	cose: { one: one.bytes, all: all.bytes },
	longest: { one: longestOne, all: longestAll }
});
