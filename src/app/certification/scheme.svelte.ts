import type { CertificationDevice } from '#device/certification/index.ts';
import type { I18n } from '../i18n.svelte.ts';

export function createScheme(_device: CertificationDevice, _i18n: I18n) {
	return {};
}
