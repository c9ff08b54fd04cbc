import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portraits } from '../src/compiler/portrait.ts';
import { sealFile } from '../src/compiler/seal.ts';
import { readDescribed } from '../src/server/certification/described.ts';
import { createIssue } from '../src/server/certification/issue.ts';
import { createProofs } from '../src/server/certification/proof.ts';
import { createSeal } from '../src/server/certification/seal.ts';
import { award, base, issued, packs, passportAward } from '../tests/core/certified.ts';
import { figure, report } from './report.ts';

/**
 * How many credentials a second are issued and sealed, each in its three formats, one after the other as decisions come: at least 50, which is
 * at most 20 ms each. `npx tsx bench/issue.ts [credentials of a run]`; prints JSON. Uses `build/packs` and `build/portraits` if they are there.
 */
const [count = 200] = process.argv.slice(2).map(Number);
const runs = 5;
const root = mkdtempSync(join(tmpdir(), 'issue-bench-'));
try {
	const { issuer } = await sealFile(root);
	const folder = await packs();
	const drawn = existsSync('build/portraits/passport.en.png') ? 'build/portraits' : join(root, 'portraits');
	if (drawn !== 'build/portraits') await portraits(folder, drawn, issuer);
	const described = readDescribed(folder);
	const courses = Object.keys(described);
	const proofs = await createProofs(join(root, '.keys/badge.json'));
	const seal = createSeal(join(root, '.keys/seal.json'));
	const { issue, passport } = createIssue({ seal, proofs, described, base, portraits: drawn });
	const awards = courses.map((course, at) => award(course, 1 + at));

	const bytes = { edc: 0, badge: 0, qr: 0 };
	for (const own of awards) {
		const { edc, badge, qr } = await issue(own, issued);
		Object.assign(bytes, {
			edc: Math.max(bytes.edc, edc.length),
			badge: Math.max(bytes.badge, badge.length),
			qr: Math.max(bytes.qr, qr.length)
		});
	}
	const seconds: number[] = [];
	for (let run = 0; run < runs; run++) {
		const begin = performance.now();
		for (let n = 0; n < count; n++) await issue(award(courses[n % courses.length]!, 1 + n), issued);
		seconds.push((performance.now() - begin) / 1000);
	}
	const whole: number[] = [];
	for (let run = 0; run < runs; run++) {
		const begin = performance.now();
		await passport(passportAward(), awards, issued);
		whole.push(performance.now() - begin);
	}
	report(
		'issue',
		[
			figure(
				'one credential in three formats',
				'ms',
				20,
				seconds.map((each) => (each * 1000) / count)
			),
			figure('the Passport of twenty', 'ms', 1000, whole)
		],
		{ credentialsPerSecond: seconds.map((each) => Math.round(count / each)), bound: 50, count, largest: bytes }
	);
} finally {
	rmSync(root, { recursive: true });
}
