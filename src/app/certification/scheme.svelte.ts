import type { ErrorCode } from '#core/errors.ts';
import { schemeParts, type SchemePage } from '#core/scheme.ts';
import type { CertificationDevice } from '#device/certification/index.ts';
import { codeOf } from '../failure.ts';
import type { I18n } from '../i18n.svelte.ts';

export type SchemeState = ReturnType<typeof createScheme>;

/** The rules of the exams, as the public reads them. */
export function createScheme({ scheme: shelf }: Pick<CertificationDevice, 'scheme'>, i18n: I18n) {
	let page = $state.raw<SchemePage>();
	let error = $state<ErrorCode>();
	let offline = $state(false);

	const parts = $derived.by(() => {
		if (!page) return [];
		const words = page.words[i18n.locale];
		return schemeParts.map((name) => ({ name, title: words[`${name}.title`] ?? '', text: words[`${name}.text`] ?? '' }));
	});

	return {
		/** The scheme in force, as far as this phone knows. */
		get current() {
			return page?.scheme;
		},
		/** Its texts in reading order, in the language of the moment. */
		get parts() {
			return parts;
		},
		/** Why there is nothing to read. */
		get error() {
			return page ? undefined : error;
		},
		/** What is shown was kept; the network gave none. */
		get offline() {
			return offline;
		},
		/** Shows what is kept, then asks the network for the newest. */
		async load(): Promise<void> {
			error = undefined;
			page ??= await shelf.kept();
			try {
				page = await shelf.refresh();
				offline = false;
			} catch (cause) {
				error = codeOf(cause);
				offline = error === 'offline' || error === 'timeout';
			}
		}
	};
}
