import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import jsonld from 'jsonld';
import { contexts as published } from '@digitalbazaar/credentials-context';
import rdf from '@zazuko/env';
import { Parser, Store, DataFactory } from 'n3';
import ShaclValidator from 'rdf-validate-shacl';
import { Validator } from 'shacl-engine';

/** Where the official shapes, context and code lists lie (European Commission, EUPL-1.2); they are not copied into the project. */
export const official = '../shared/edc';
/** Why tests of conformity are skipped, if they are. */
export const missing = existsSync(join(official, 'EDC-generic-full.ttl'))
	? undefined
	: `the official shapes are not there (${official}), so that nothing is said here about conformity to them`;

const credential = 'http://data.europa.eu/snb/model/elm/EuropeanDigitalCredential';
const type = DataFactory.namedNode('http://www.w3.org/1999/02/22-rdf-syntax-ns#type');

const context = () => JSON.parse(readFileSync(join(official, 'edc-ap-context.jsonld'), 'utf8')) as object;
const contexts = (): Map<string, unknown> =>
	new Map<string, unknown>([...published, ['http://data.europa.eu/snb/model/context/edc-ap', context()]]);

/** The quads of a credential, by JSON-LD in its safe mode, which refuses what would be dropped in silence. No context is fetched. */
export async function quads(document: object): Promise<Store> {
	const known = contexts();
	const documentLoader = async (url: string) => {
		if (!known.has(url)) throw new Error(`${url} is not a context that a credential may use`);
		return { contextUrl: undefined, documentUrl: url, document: known.get(url) as object };
	};
	const nquads = (await jsonld.toRDF(document, {
		format: 'application/n-quads',
		safe: true,
		documentLoader
	} as object)) as unknown as string;
	return new Store(new Parser({ format: 'N-Quads' }).parse(nquads));
}

/** The shapes of both files; blank nodes of each have names of their own. */
function shapes(): Store {
	const store = new Store();
	for (const [at, file] of ['EDC-generic-no-cv.ttl', 'EDC-generic-full.ttl'].entries()) {
		const parsed = new Parser({ blankNodePrefix: `_:file${at}` }).parse(readFileSync(join(official, file), 'utf8'));
		store.addQuads(parsed.filter(({ predicate }) => predicate.value !== 'http://www.w3.org/2002/07/owl#imports'));
	}
	return store;
}

let loaded: { engine: Validator; other: ShaclValidator } | undefined;
function engines() {
	if (loaded) return loaded;
	const store = shapes();
	return (loaded = {
		engine: new Validator(store, { factory: DataFactory }),
		other: new ShaclValidator(rdf.dataset([...store]) as never, { factory: rdf as never })
	});
}

export type Judgement = { credentials: number; conforms: boolean; violations: string[] };
type Found = { path?: unknown; focusNode?: { value?: string; term?: { value: string } } | null; constraintComponent?: unknown };
const listed = (results: Iterable<unknown>): string[] => [...results].map((one) => JSON.stringify(told(one as Found)));
const told = ({ path, focusNode }: Found) => ({ node: focusNode?.value ?? focusNode?.term?.value, path });

/** What both engines say of a credential by the official shapes, and how many credentials they saw: of none, anything conforms. */
export async function judged(document: object): Promise<Judgement[]> {
	const data = await quads(document);
	const credentials = data.countQuads(null, type, DataFactory.namedNode(credential), null);
	const { engine, other } = engines();
	const one = await engine.validate({ dataset: data });
	const two = await other.validate(rdf.dataset([...data]) as never);
	return [
		{ credentials, conforms: one.conforms, violations: listed(one.results) },
		{ credentials, conforms: two.conforms, violations: listed(two.results) }
	];
}

/** Every value of the code lists. */
export const codes = (): Set<string> =>
	new Set(
		readdirSync(join(official, 'codes')).flatMap((file) =>
			[...readFileSync(join(official, 'codes', file), 'utf8').matchAll(/<xs:enumeration value="([^"]+)"/g)].map((match) => match[1]!)
		)
	);
