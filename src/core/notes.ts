/** A block of study notes: a heading, a paragraph, or a list with its entries. All plain text. */
export type Block = { kind: 'heading' | 'paragraph'; text: string } | { kind: 'list' | 'steps'; entries: string[] };

const entry = { list: /^- (.+)$/, steps: /^\d+\. (.+)$/ };

/** Reads the narrow Markdown of study notes: `## ` headings, paragraphs, `- ` and `1. ` lists, parted by empty lines. The marks of bold words are left out: they are neither shown nor said. */
export function blocks(markdown: string): Block[] {
	const found: Block[] = [];
	for (const line of markdown.split('\n').map((raw) => raw.replaceAll('**', '').trim())) {
		const last = found.at(-1);
		const heading = line.match(/^## (.+)$/);
		const kind = entry.list.test(line) ? 'list' : entry.steps.test(line) ? 'steps' : undefined;
		if (heading) found.push({ kind: 'heading', text: heading[1]! });
		else if (kind) {
			const text = line.match(entry[kind])![1]!;
			if (last?.kind === kind) last.entries.push(text);
			else found.push({ kind, entries: [text] });
		} else if (line) found.push({ kind: 'paragraph', text: line });
	}
	return found;
}

/** The texts of study notes in reading order, one for each heading, paragraph and list entry. */
export const spokenNotes = (markdown: string): string[] =>
	blocks(markdown).flatMap((block) => ('entries' in block ? block.entries : [block.text]));
