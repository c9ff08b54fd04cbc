import type { CertificationDevice } from '#device/certification/index.ts';
import type { Courses } from '../courses.svelte.ts';
import type { I18n } from '../i18n.svelte.ts';
import type { createScheme } from './scheme.svelte.ts';

export function createExam(
	_device: CertificationDevice,
	_i18n: I18n,
	_courses: Pick<Courses, 'list' | 'listed'>,
	_scheme: ReturnType<typeof createScheme>
) {
	return {};
}
