import type { Slip } from './spelling.ts';

const line = /^(?:## \S.*|- \S.*|\d+\. \S.*|[^\s#>|+*~=-].*)$/;
const kind = (text: string): 'none' | 'heading' | 'list' | 'steps' | 'paragraph' =>
	!text ? 'none' : text.startsWith('## ') ? 'heading' : text.startsWith('- ') ? 'list' : /^\d+\. /.test(text) ? 'steps' : 'paragraph';

/** What in study notes is outside their narrow Markdown: `## ` headings, paragraphs of one line, `- ` and `1. ` lists, **bold**; nothing else. */
export function markdown(notes: string): Slip[] {
	const slips: Slip[] = [];
	let offset = 0;
	let before = '';
	let number = 0;
	for (const text of notes.split('\n')) {
		const no = (message: string) => slips.push({ offset, message });
		const now = kind(text);
		if (text !== text.trim()) no('a space stands at the start or the end of this line: remove it, lists are not nested');
		else if (text && !line.test(text))
			no('this line is no heading "## ", list "- ", list "1. " or paragraph: study notes hold nothing else');
		else if (now === 'paragraph' && kind(before) === 'paragraph')
			no('this line would be a paragraph of its own: put an empty line before it, or join it with the line above');
		number = now === 'steps' ? (kind(before) === 'steps' ? number + 1 : 1) : 0;
		if (now === 'steps' && Number.parseInt(text, 10) !== number) no(`this is number ${number} of its list: write "${number}. "`);
		const bold = text.split('**');
		if (bold.length % 2 === 0) no('a "**" is not closed in this line');
		else if (bold.some((part, at) => part.includes('*') || (at % 2 === 1 && (!part || part !== part.trim()))))
			no('a "*" stands wrong here: bold is **words**, without spaces inside the marks');
		if (/!?\[[^\]]*\]\(/.test(text)) no('links and pictures are not possible in study notes: write the words alone');
		if (/ {2,}/.test(text.trim())) no('two spaces stand here: one is enough');
		before = text;
		offset += text.length + 1;
	}
	return slips;
}
