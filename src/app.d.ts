import type { App as PassportApp } from '#app/index.ts';

declare global {
	/** The public key that signs packs, as a JWK; put in by the build. */
	const __PACK_KEY__: JsonWebKey;
	namespace App {
		interface PageData {
			app: PassportApp;
		}
	}
}

export {};
