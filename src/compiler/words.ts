import { isMap, isScalar, isSeq, Scalar, type Node } from 'yaml';
import type { Key } from '#core/text.ts';
import { refuse, type Place, type Problem, type Source } from './source.ts';

/** A text where it stands. `at` is the place of its key, or of one of its characters (offset in UTF-16 units). */
export type Text = { key: Key; text: string; at: (offset?: number) => Place };

/** The texts of one file by key, and the line of every key in it, those of owners (`listen-e1`, `listen-e1.a`) included. */
export type WordsFile = { file: string; texts: Map<Key, Text>; lines: Map<string, number> };

/** The texts of a words file: nested keys joined by dots. A value that is no text is a problem that says what to do. */
export function flatten(source: Source): { words: WordsFile; problems: Problem[] } {
	const { file } = source;
	const words: WordsFile = { file, texts: new Map(), lines: new Map() };
	const problems: Problem[] = [];
	const walk = (node: unknown, key: Key, line: number) => {
		const place = { file, line };
		if (isMap(node)) {
			for (const pair of node.items) {
				const name = isScalar(pair.key) ? String(pair.key.value) : '?';
				const inner = source.lineAt((pair.key as Node).range![0]);
				const path = key ? `${key}.${name}` : name;
				if (words.lines.has(path))
					problems.push(
						refuse(
							{ file, line: inner },
							`"${path}" stands here for the second time (first in line ${words.lines.get(path)}): remove one of the two`
						)
					);
				else {
					words.lines.set(path, inner);
					walk(pair.value, path, inner);
				}
			}
		} else if (isSeq(node)) problems.push(refuse(place, `"${key}" is a list: write one text, or a key for each text`));
		else if (!isScalar(node) || node.value === null)
			problems.push(refuse(place, `"${key}" has no text: write it; if it holds a comma or the word "null", put it in quotes "…"`));
		else if (typeof node.value !== 'string')
			problems.push(
				refuse(place, `"${key}" is read as a ${typeof node.value}, not as text: put it in quotes, "${node.source ?? node.value}"`)
			);
		else {
			if (node.type === Scalar.PLAIN && /^[^\S\n]+#/.test(source.text.slice(node.range![1]).split('\n', 1)[0]!))
				problems.push(
					refuse(
						place,
						`"${key}": the words after " #" would be lost: put the whole text in quotes "…", or the comment on a line of its own`
					)
				);
			const literal = node.type === Scalar.BLOCK_LITERAL;
			const text = literal || node.type === Scalar.BLOCK_FOLDED ? node.value.replace(/\n+$/, '') : node.value;
			const first = source.lineAt(node.range![0]) + 1;
			const at = (offset?: number): Place => ({
				file,
				line: literal && offset !== undefined ? first + text.slice(0, offset).split('\n').length - 1 : line
			});
			words.texts.set(key, { key, text, at });
		}
	};
	walk(source.contents, '', 1);
	return { words, problems };
}
