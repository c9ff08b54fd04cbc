import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Settings } from '../settings.ts';
import { createCertification, type Certification } from './app.ts';
import { createBanks } from './banks.ts';
import { readDescribed } from './described.ts';
import { createIssue } from './issue.ts';
import { createProofs } from './proof.ts';
import { createRecords } from './records.ts';
import { createSeal } from './seal.ts';
import { createSealing } from './sealed.ts';

/** Micro-credentials that the Passport is made of. */
const whole = 20;

/** Opens the house of certification by the settings; undefined if there is no seal or no scheme yet, for the build makes both. Then nothing is written. */
export async function openCertification(settings: Settings): Promise<Certification | undefined> {
	const banks = createBanks(resolve(settings.EXAMS));
	if (!existsSync(settings.SEAL_KEY) || !existsSync(resolve(settings.PACKS, 'catalogue.json')) || !banks.scheme()) return undefined;
	const seal = createSeal(resolve(settings.SEAL_KEY), settings.SEAL_CMD);
	const proofs = await createProofs(resolve(settings.BADGE_KEY));
	const described = readDescribed(resolve(settings.PACKS));
	const base = settings.BASE ?? `http://localhost:${settings.PORT}`;
	const courses = Object.values(described)
		.sort((a, b) => a.place - b.place)
		.map(({ course }) => course);
	return createCertification({
		records: createRecords(resolve(settings.CERTIFICATION)),
		banks,
		sealing: createSealing(resolve(settings.EXAM_KEY)),
		seal,
		issue: createIssue({ seal, proofs, described, base, portraits: resolve(settings.PORTRAITS) }),
		base,
		courses: courses.length === whole ? courses : [],
		perAddress: { perMinute: settings.ENROL_RATE, burst: settings.ENROL_BURST },
		perPerson: { perMinute: settings.OFFICE_RATE, burst: settings.OFFICE_BURST },
		proxied: settings.PROXIED === '1'
	});
}
