/** What tests use of packages that come without types. */
declare module '@digitalbazaar/credentials-context' {
	export const contexts: Map<string, object>;
}

declare module 'shacl-engine' {
	export class Validator {
		constructor(shapes: object, options: { factory: object });
		validate(data: { dataset: object }): Promise<{ conforms: boolean; results: Iterable<unknown> }>;
	}
}
