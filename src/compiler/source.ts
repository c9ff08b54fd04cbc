import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
	LineCounter,
	isAlias,
	isMap,
	isScalar,
	isSeq,
	parseDocument,
	visit,
	type Document,
	type Node,
	type YAMLError,
	type YAMLMap
} from 'yaml';

/** A place in a file of the project: its path from the root, with `/`, and the line from 1. */
export type Place = { file: string; line: number };

/** What a writer has to correct, and where. An error stops the build, a warning does not. */
export type Problem = Place & { message: string; severity: 'error' | 'warning' };

export const refuse = ({ file, line }: Place, message: string): Problem => ({ file, line, message, severity: 'error' });
export const warn = ({ file, line }: Place, message: string): Problem => ({ file, line, message, severity: 'warning' });

export type Path = readonly PropertyKey[];

/** A YAML or JSON file that could be read. `at` is the place of the node at a path, or of the nearest one above it. */
export type Source = {
	file: string;
	text: string;
	value: unknown;
	contents: YAMLMap;
	lineAt: (offset: number) => number;
	at: (path?: Path) => Place;
};

const advice: Partial<Record<YAMLError['code'], string>> = {
	BLOCK_AS_IMPLICIT_KEY:
		'a ": " stands inside this text, or the line is indented too far: put the whole text in quotes "…", or correct the indent',
	MULTILINE_IMPLICIT_KEY:
		'this line is neither a key with ": " nor part of the text above: correct the indent, or put the text in quotes "…"',
	BAD_SCALAR_START: 'a text cannot start with this sign: put the whole text in quotes "…"',
	BAD_ALIAS: 'a text cannot start with "*": put the whole text in quotes "…"',
	TAG_RESOLVE_FAILED: 'a text cannot start with "!": put the whole text in quotes "…"',
	DUPLICATE_KEY: 'this key stands here for the second time: remove one of the two',
	TAB_AS_INDENT: 'a tab indents this line: use spaces',
	MISSING_CHAR: 'a quote or bracket is opened here and not closed, or a key lacks its ":": close it',
	UNEXPECTED_TOKEN: 'something stands after the end of a text in quotes or in { }: put the whole text in one pair of quotes "…"',
	MULTIPLE_DOCS: 'a line "---" starts a second document: remove it',
	BAD_DQ_ESCAPE: 'a "\\" in double quotes needs another one: write "\\\\", or leave it out'
};

type Read = { source?: Source; problems: Problem[] };

/** The last reading of each file: what did not change since is not parsed again, which is most of the work of a check. */
const readings = new Map<string, Read & { text: string }>();

/** Reads a YAML (or JSON) file of the project. What cannot be read is told as problems, one a line, with what to do. */
export function read(root: string, file: string): Read {
	let text: string;
	try {
		text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path.join(root, file)));
	} catch (cause) {
		const absent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
		return {
			problems: [refuse({ file, line: 1 }, absent ? 'this file is missing: write it' : 'this file is not UTF-8 text: save it as UTF-8')]
		};
	}
	const before = readings.get(file);
	const found = before?.text === text ? before : { text, ...parsed(file, text) };
	readings.set(file, found);
	return { ...found, problems: [...found.problems] }; // who reads adds to them
}

function parsed(file: string, text: string): Read {
	const lines = new LineCounter();
	const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
	const lineAt = (offset: number) => lines.linePos(Math.min(offset, text.length)).line;
	const slips = [...document.errors, ...document.warnings].map((error) =>
		refuse(
			{ file, line: lineAt(error.code === 'MISSING_CHAR' ? opening(document, error.pos[0]) : error.pos[0]) },
			advice[error.code] ?? error.message
		)
	);
	visit(document, {
		Node(_, node) {
			const place = { file, line: lineAt(node.range?.[0] ?? 0) };
			if (isAlias(node)) slips.push(refuse(place, advice.BAD_ALIAS!));
			else if ('anchor' in node && node.anchor) slips.push(refuse(place, 'a text cannot start with "&": put the whole text in quotes "…"'));
		}
	});
	const problems = slips
		.filter((slip, index) => slips.findIndex(({ line }) => line === slip.line) === index)
		.sort((a, b) => a.line - b.line);
	if (problems.length) return { problems };
	const { contents } = document;
	if (!isMap(contents)) return { problems: [refuse({ file, line: 1 }, 'this file must hold keys with values, as "key: value"')] };
	return {
		source: {
			file,
			text,
			get value(): unknown {
				return document.toJS();
			},
			contents: contents as YAMLMap,
			lineAt,
			at: (path = []) => ({ file, line: lineAt(offset(contents, path)) })
		},
		problems
	};
}

/** Where the text in quotes, or in brackets, starts that runs on to an offset. */
function opening(document: Document, end: number): number {
	let found = end;
	visit(document, {
		Node(_, node) {
			const [from, to] = node.range ?? [end, end];
			const open = isScalar(node) ? node.type?.startsWith('QUOTE') : 'flow' in node && node.flow;
			if (open && from < end && to >= end) found = from;
		}
	});
	return found;
}

/** Where the node at a path starts: for an entry of a map, its key. */
function offset(root: Node, path: Path): number {
	let node: unknown = root;
	let found = root.range?.[0] ?? 0;
	for (const name of path) {
		if (isMap(node)) {
			const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name));
			if (!pair) break;
			found = (pair.key as Node).range?.[0] ?? found;
			node = pair.value;
		} else if (isSeq(node) && typeof name === 'number' && node.items[name]) {
			node = node.items[name];
			found = (node as Node).range?.[0] ?? found;
		} else break;
	}
	return found;
}
