import type { App as PassportApp } from '#app/index.ts';
import type { Shell } from '#app/shell.svelte.ts';

declare global {
	/** The public key that signs packs, as a JWK; put in by the build. */
	const __PACK_KEY__: JsonWebKey;
	/** The origin of the endpoint, or '' for the app's own; put in by the build from PUBLIC_ENDPOINT. */
	const __ENDPOINT__: string;
	namespace App {
		interface PageData {
			app: PassportApp;
			shell: Shell;
			begin: () => void;
		}
	}
}

export {};
