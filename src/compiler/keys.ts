import type { Words } from './content.ts';
import { refuse, type Problem } from './source.ts';

/** Every language has exactly the texts that the structure asks for: what is missing, at the nearest key above it, and what is too much. */
export function keys({ files }: Words): Problem[] {
	return files.flatMap(({ file, keys, words }) => {
		if (!words) return [];
		const expected = new Set(keys);
		const owner = (key: string) => key.split('.')[0]!;
		const gone = [...new Set(keys.map(owner).filter((id) => !words.lines.has(id)))];
		const last = Math.max(1, ...words.lines.values());
		const missing = keys.filter((key) => !words.lines.has(key) && words.lines.has(owner(key)));
		const extra = [...words.texts.values()].filter(({ key }) => !expected.has(key));
		const above = (key: string): number => words.lines.get(key) ?? (key.includes('.') ? above(key.slice(0, key.lastIndexOf('.'))) : 1);
		return [
			...gone.map((id) => {
				const own = keys.filter((key) => owner(key) === id);
				return refuse(
					{ file, line: last },
					`"${id}" is missing: write its ${own.length === 1 ? 'text' : `${own.length} texts`} (${own
						.slice(0, 4)
						.map((key) => key.slice(id.length + 1))
						.join(', ')}${own.length > 4 ? ', …' : ''})`
				);
			}),
			...missing.map((key) =>
				refuse(
					{ file, line: above(key) },
					`"${key}" is missing: ${key.endsWith('.feedback') ? 'write in one or two sentences what this answer shows' : 'write this text'}`
				)
			),
			...extra.map(({ key, at }) =>
				refuse(at(), `"${key}" is not asked for by the structure: remove it, or correct the spelling of its name`)
			)
		];
	});
}
