import type { Certification } from '#app/certification/index.ts';
import type { App as PassportApp } from '#app/index.ts';
import type { Shell } from '#app/shell.svelte.ts';
import type { Pinned } from '#core/verification.ts';

declare global {
	/** The public key that signs packs, as a JWK; put in by the build. */
	const __PACK_KEY__: JsonWebKey;
	/** The origin of the endpoint, or '' for the app's own; put in by the build from PUBLIC_ENDPOINT. */
	const __ENDPOINT__: string;
	/** The issuers whose seals the app knows; put in by the build. */
	const __ISSUERS__: Pinned[];
	namespace App {
		interface PageData {
			app: PassportApp;
			shell: Shell;
			begin: () => void;
			/** Builds what exam, passport, verification and office need; for the screens under `(certification)`, which have it as `data.house`. */
			certify: () => Promise<Certification>;
			house?: Certification;
		}
	}
}

export {};
