import type { CertificationDevice } from '#device/certification/index.ts';
import type { Courses } from '../courses.svelte.ts';
import type { I18n } from '../i18n.svelte.ts';
import { createExam } from './exam.svelte.ts';
import { createOffice } from './office.svelte.ts';
import { createPassport } from './passport.svelte.ts';
import { createRenewal } from './renewal.svelte.ts';
import { createScheme } from './scheme.svelte.ts';
import { createVerify } from './verify.svelte.ts';

export { words } from './words.ts';

/** Exam, passport, verification and office: the house of certification, as its screens have it in `data.house`. */
export type Certification = ReturnType<typeof createCertification>;

/** Builds the house. Of learning it takes the catalogue's titles alone. */
export function createCertification(device: CertificationDevice, i18n: I18n, courses: Pick<Courses, 'list' | 'listed'>) {
	const scheme = createScheme(device, i18n);
	const passport = createPassport(device, i18n, courses);
	return {
		scheme,
		exam: createExam(device, i18n, courses, scheme),
		office: createOffice(device, i18n, courses),
		passport,
		renewal: createRenewal(device, passport.collect),
		verify: createVerify(device, i18n, courses)
	};
}
