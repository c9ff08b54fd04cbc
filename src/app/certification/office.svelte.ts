import type { CertificationDevice } from '#device/certification/index.ts';
import type { Courses } from '../courses.svelte.ts';
import type { I18n } from '../i18n.svelte.ts';

export function createOffice(_device: CertificationDevice, _i18n: I18n, _courses: Pick<Courses, 'list' | 'listed'>) {
	return {};
}
