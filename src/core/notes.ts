/** A line of study notes: its words, and from where to where they are bold. */
export type Line = { text: string; bold: [start: number, end: number][] };

/** A block of study notes: a heading or paragraph, which has one line, or a list, which has one for each entry. */
export type Block = { kind: 'heading' | 'paragraph' | 'list' | 'steps'; lines: Line[] };

const marks = { heading: /^## (.+)$/, list: /^- (.+)$/, steps: /^\d+\. (.+)$/ };
const kinds = Object.keys(marks) as (keyof typeof marks)[];

function lineOf(markdown: string): Line {
	const line: Line = { text: '', bold: [] };
	markdown.split('**').forEach((part, at) => {
		if (at % 2) line.bold.push([line.text.length, line.text.length + part.length]);
		line.text += part;
	});
	return line;
}

/** Reads the narrow Markdown of study notes: `## ` headings, paragraphs, `- ` and `1. ` lists, `**bold**` words, parted by empty lines. */
export function blocks(markdown: string): Block[] {
	const found: Block[] = [];
	for (const line of markdown.split('\n').map((raw) => raw.trim())) {
		const kind = kinds.find((one) => marks[one].test(line)) ?? 'paragraph';
		const text = kind === 'paragraph' ? line : line.match(marks[kind])![1]!;
		const last = found.at(-1);
		if ((kind === 'list' || kind === 'steps') && last?.kind === kind) last.lines.push(lineOf(text));
		else if (line) found.push({ kind, lines: [lineOf(text)] });
	}
	return found;
}

/** The texts of study notes in reading order, one for each heading, paragraph and list entry. */
export const spokenNotes = (markdown: string): string[] => blocks(markdown).flatMap(({ lines }) => lines.map(({ text }) => text));
