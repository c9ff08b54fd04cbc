import type { Locale } from '#core/text.ts';
import { languages } from './language.ts';

/** Something wrong in a text, at an offset in UTF-16 units. */
export type Slip = { offset: number; message: string };

type Law = [form: RegExp, message: (found: string) => string];

const quoted = (found: string) => `"${found.replace(/\s+/g, ' ').trim() || found}"`;

/** Refused in every text of every language. */
const everywhere: Law[] = [
	[/["']/g, (found) => `a straight ${found} stands here: use the quotation marks of the language, and ’ as apostrophe`],
	[/[`´\u0384\u1fbd\u02bc\u2032]/g, (found) => `${found} is no apostrophe: use ’`],
	[/[<>]/g, (found) => `a "${found}" stands here: no HTML, write it in words`],
	[/&\w+;|&#\w+;/g, (found) => `${found} is HTML: write the sign itself`],
	[
		/[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\p{Cc}]/gu,
		(found) => `an invisible sign stands here (U+${found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}): remove it`
	],
	[/\p{Extended_Pictographic}/gu, (found) => `${found} cannot be read aloud: write it in words`]
];

/** Refused where a voice reads. */
const spoken: Law[] = [
	[/(?<=[\p{L}\p{N}])\s?\/\s?(?=[\p{L}\p{N}])/gu, () => 'a voice reads "/" as "slash": write it in words'],
	[/https?:\/\/\S*|www\.\S*/g, (found) => `${found} cannot be read aloud: leave the address out`]
];

const plain: Law[] = [
	[/\n/g, () => 'a new line stands in this text: write it as one paragraph'],
	[/\*/g, () => 'a "*" stands here: only study notes may be marked'],
	[/ {2,}| \u00a0|\u00a0 /g, () => 'two spaces stand here: one is enough'],
	[/^\s+|\s+$/g, () => 'a space stands at the start or the end: remove it']
];

/** What a text is for. `voiced`: a voice reads it; `notes`: study notes, whose marks are another law's; `gap`: a sentence with a gap; `dialogue`: what a person in a scene says. */
export type Use = { voiced?: boolean; notes?: boolean; gap?: boolean; dialogue?: boolean };

/** What is wrong with the writing of a text. */
export function spelling(text: string, locale: Locale, { voiced = true, notes = false, gap = false, dialogue = false }: Use = {}): Slip[] {
	if (!/[\p{L}\p{N}]/u.test(text)) return [{ offset: 0, message: 'there are no words here: write them' }];
	const language = languages[locale];
	const terms = [...language.refused, ...(voiced ? language.short : [])].map(law);
	const body = notes ? text.replaceAll('\n', ' ') : text;
	const addressed = dialogue || !language.address ? [] : slips(narration(body, locale), language.address.map(law));
	const found = slips(body, [...everywhere, ...terms, ...(voiced ? spoken : []), ...(notes ? [] : plain)]);
	return [...found, ...addressed, ...gaps(text, gap), ...quotes(text, locale), ...script(text, locale)].sort((a, b) => a.offset - b.offset);
}

const law = ([form, advice]: [RegExp, string]): Law => [form, (found) => `${quoted(found)} ${advice}`];

/** Where a text breaks laws. The look before the search is for speed: nearly every text breaks none. */
const slips = (text: string, laws: Law[]): Slip[] =>
	laws.flatMap(([form, message]) =>
		text.search(form) < 0 ? [] : [...text.matchAll(form)].map((match) => ({ offset: match.index, message: message(match[0]) }))
	);

/** The text with what stands in quotation marks blanked out. */
function narration(text: string, locale: Locale): string {
	const [open, close] = languages[locale].quotes[0]!;
	return text.replace(new RegExp(`${open}[^${open}${close}]*${close}`, 'g'), (part) => ' '.repeat(part.length));
}

/** `___` stands once where a word is to be chosen, and underscores nowhere else. */
function gaps(text: string, gap: boolean): Slip[] {
	const runs = [...text.matchAll(/_+/g)];
	if (!gap) return runs.map(({ index }) => ({ offset: index, message: 'a "_" stands here: remove it' }));
	return runs.length === 1 && runs[0]![0] === '___'
		? []
		: [{ offset: 0, message: 'the gap "___" (three underscores) must stand exactly once in this sentence' }];
}

/** Quotation marks are those of the language, closed, and the inner ones only inside the outer ones. */
function quotes(text: string, locale: Locale): Slip[] {
	const [outer, inner] = languages[locale].quotes as [[string, string], [string, string]];
	const use = `use ${outer[0]} ${outer[1]}, and inside them ${inner[0]} ${inner[1]}`;
	const open: { pair: [string, string]; offset: number }[] = [];
	for (const { 0: sign, index } of text.matchAll(/[“”„«»‘’‚‹›]/g)) {
		const pair = open.at(-1)?.pair;
		const letter = /\p{L}/u;
		if (sign === '’' && (pair?.[1] !== '’' || (letter.test(text[index - 1] ?? '') && letter.test(text[index + 1] ?? '')))) continue;
		const next = open.length === 0 ? outer : open.length === 1 ? inner : undefined;
		if (sign === pair?.[1]) open.pop();
		else if (sign === next?.[0]) open.push({ pair: next, offset: index });
		else return [{ offset: index, message: `a ${sign} stands wrong here: ${use}` }];
		const touching = text[sign === pair?.[1] ? index - 1 : index + 1] ?? '';
		if (/\s/.test(touching)) return [{ offset: index, message: `no space between ${sign} and the words in quotation marks` }];
	}
	return open.slice(0, 1).map(({ pair, offset }) => ({ offset, message: `a ${pair[0]} is not closed: ${use}` }));
}

/** Letters are of the alphabet of the language; a Greek word has no Latin look-alike in it. */
function script(text: string, locale: Locale): Slip[] {
	const composed = text.normalize('NFC');
	const apart =
		composed === text
			? []
			: [
					{
						offset: [...text].findIndex((_, at) => text[at] !== composed[at]),
						message: 'an accent stands apart from its letter, or a sign has another form than usual: type the word anew'
					}
				];
	const foreign = [...text.matchAll(locale === 'el' ? /\p{Script=Cyrillic}/gu : /[\p{Script=Greek}\p{Script=Cyrillic}]/gu)].slice(0, 1);
	const mixed =
		locale === 'el'
			? [...text.matchAll(/[\p{L}\p{M}]+/gu)].filter(
					([word]) => (/\p{Script=Greek}/u.test(word) && /[\p{Script=Latin}µ]/u.test(word)) || /^[oOóH]$/.test(word)
				)
			: [];
	return [
		...apart,
		...foreign.map(({ 0: letter, index }) => ({ offset: index, message: `the letter "${letter}" is of another alphabet: type it anew` })),
		...mixed.map(({ 0: word, index }) => ({
			offset: index,
			message: `"${word}" holds the Latin letter "${word.match(/[\p{Script=Latin}µ]/u)![0]}": type it anew in Greek`
		}))
	];
}
