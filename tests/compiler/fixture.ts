import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { Course, ExamBank, files, itemKeys } from '#core/course.ts';
import { itemKinds, type Item } from '#core/item.ts';
import { schemeKeys } from '#core/scheme.ts';
import { locales, type Locale } from '#core/text.ts';
import { makeScheme } from '../core/make.ts';

/** A course that keeps every law and says nothing: `demo`, four lessons, in five languages, made by counting. */
const lessons = ['one', 'two', 'three', 'four'];
const outcomes = ['see', 'ask', 'tell', 'mend'];
const icons = ['hotel', 'key', 'ear', 'bed', 'door', 'package', 'memo', 'broom'];
const cardKinds = ['idea', 'story', 'dialogue', 'steps', 'compare', 'example', 'think', 'summary'];
const letters = ['a', 'b', 'c'];

const bags: Record<Locale, string[]> = {
	en: ['Anna', 'reads', 'the', 'list', 'before', 'work', 'and', 'Marek', 'asks', 'one', 'question'],
	el: ['Άννα', 'διαβάζει', 'τη', 'λίστα', 'πριν', 'από', 'δουλειά', 'και', 'Μάρεκ', 'ρωτά', 'κάτι'],
	it: ['Anna', 'legge', 'la', 'lista', 'prima', 'del', 'lavoro', 'e', 'Marek', 'chiede', 'qualcosa'],
	pl: ['Anna', 'czyta', 'listę', 'przed', 'pracą', 'a', 'Marek', 'zadaje', 'jedno', 'proste', 'pytanie'],
	es: ['Anna', 'lee', 'la', 'lista', 'antes', 'del', 'trabajo', 'y', 'Marek', 'hace', 'preguntas']
};

function item(id: string, at: number): Item {
	const kind = itemKinds[at % itemKinds.length]!;
	const right = letters[(at + Math.floor(at / 8)) % 3]!;
	const base = { id, outcome: outcomes[at % 4]!, ...(kind === 'match' || kind === 'sort' ? {} : { scene: true }) };
	switch (kind) {
		case 'choice':
		case 'gap':
			return { ...base, kind, options: letters, right };
		case 'multiple':
			return { ...base, kind, options: letters, right: [right] };
		case 'order':
			return { ...base, kind, options: letters, right: ['c', 'a', 'b'] };
		case 'match':
			return { ...base, kind, options: letters, targets: ['x', 'y', 'z'], right: { a: 'y', b: 'z', c: 'x' } };
		case 'sort':
			return { ...base, kind, options: letters, groups: ['now', 'later'], right: { a: 'now', b: 'later', c: 'now' } };
		case 'number':
			return { ...base, kind, right: 10, mistakes: { twice: 20 } };
		case 'scenario':
			return { ...base, kind, steps: ['s1', 's2'].map((step, n) => ({ id: step, options: letters, right: letters[(at + n) % 3]! })) };
	}
}

const course = Course.parse({
	id: 'demo',
	edition: 1,
	descriptor: { eqf: { level: 4, provisional: true }, workload: { hours: 1, provisional: true }, part: { of: 20, provisional: true } },
	origin: Object.fromEntries(locales.map((locale) => [locale, { drafted: 'person', reviewed: null }])),
	outcomes: outcomes.map((id) => ({ id, type: 'skill', source: 'none' })),
	lessons: lessons.map((id, at) => ({
		id,
		minutes: 12,
		cards: cardKinds.map((kind, n) => ({
			id: `${id}-${kind}`,
			picture: [icons[n]],
			kind,
			...(kind === 'dialogue'
				? { lines: [1, 2] }
				: kind === 'steps' || kind === 'example'
					? { steps: 2 }
					: kind === 'compare'
						? { verdict: 'do-not' }
						: kind === 'summary'
							? { points: 3 }
							: {})
		})),
		exercises: Array.from({ length: 5 }, (_, n) => item(`${id}-e${n + 1}`, at * 5 + n))
	})),
	assessment: Array.from({ length: 24 }, (_, n) => item(`${lessons[n % 4]}-a${n}`, n)),
	glossary: Array.from({ length: 8 }, (_, n) => `word-${n}`)
});
const exam = ExamBank.parse({ course: 'demo', items: Array.from({ length: 30 }, (_, n) => item(`${lessons[n % 4]}-x${n}`, n)) });

const catalogue = {
	credentials: Array.from({ length: 20 }, (_, n) => ({
		id: n ? `other-${n}` : 'demo',
		framework: 'lifecomp',
		competence: 'P1',
		eqf: 4,
		minutes: 60,
		picture: picture(n),
		provisional: true,
		status: 'proposed'
	}))
};
function picture(n: number): string {
	return [
		'hotel',
		'key',
		'ear',
		'bed',
		'door',
		'package',
		'memo',
		'broom',
		'locked',
		'books',
		'e-mail',
		'mirror',
		'rocket',
		'sun',
		'wrench',
		'handshake',
		'seedling',
		'mountain',
		'footprints',
		'shield'
	][n]!;
}

const scheme = makeScheme();

let counter = 0;
/** A sentence of `length` words that no other is like, of one length with its neighbours. */
function sentence(locale: Locale, length = 8): string {
	const bag = bags[locale];
	const number = ++counter;
	const words = Array.from({ length: length - 1 }, (_, at) => bag[(number + at) % bag.length]!);
	const text = `${words.join(' ')} ${String(number).padStart(5, '0')}.`;
	return text[0]!.toUpperCase() + text.slice(1);
}

function text(key: string, locale: Locale): string {
	if (key.endsWith('.notes'))
		return (
			['', 'a', 'b']
				.map(
					() =>
						`## ${sentence(locale, 4)}\n${Array.from({ length: 8 }, () => sentence(locale, 9)).join(' ')}\n\n- ${sentence(locale)}\n- **${sentence(locale)}**`
				)
				.join('\n\n') + '\n'
		);
	if (key.endsWith('.sentence')) return sentence(locale).replace(' ', ' ___ ');
	if (key.endsWith('.question')) return sentence(locale, 6).replace('.', locale === 'el' ? ';' : '?');
	return sentence(locale, key.endsWith('.feedback') || key.endsWith('.scene') ? 9 : 6);
}

function nested(keys: string[], locale: Locale): Record<string, unknown> {
	const tree: Record<string, unknown> = {};
	for (const key of keys) {
		const parts = key.split('.');
		const owner = parts
			.slice(0, -1)
			.reduce<Record<string, unknown>>((inner, part) => (inner[part] ??= {}) as Record<string, unknown>, tree);
		owner[parts.at(-1)!] = text(key, locale);
	}
	return tree;
}

let made: Record<string, string> | undefined;

/** The files of the project, as YAML, by path. The same at every call. */
export const project = (): Record<string, string> => ({ ...(made ??= written()) });

function written(): Record<string, string> {
	const yaml = (value: unknown) => stringify(value, { lineWidth: 0 });
	const found: Record<string, string> = {
		'content/courses/demo/course.yaml': yaml(course),
		'content/exams/demo/exam.yaml': yaml(exam),
		'content/catalogue.yaml': yaml(catalogue),
		'content/scheme.yaml': yaml(scheme)
	};
	for (const locale of locales) {
		counter += 3; // the slips name sentences by their numbers: they stay as they are
		for (const [name, keys] of Object.entries(files(course)))
			found[`content/courses/demo/words/${locale}/${name}.yaml`] = yaml(nested(keys, locale));
		found[`content/exams/demo/words/${locale}/exam.yaml`] = yaml(nested(itemKeys(exam.items), locale));
		found[`content/catalogue/${locale}.yaml`] = yaml(
			nested(
				catalogue.credentials.flatMap(({ id }) => ['title', 'plain', 'promise'].map((name) => `${id}.${name}`)),
				locale
			)
		);
	}
	for (const locale of locales) found[`content/scheme/${locale}.yaml`] = yaml(nested(schemeKeys, locale));
	return found;
}

/** Writes the project into a new temporary folder and returns its path. */
export function temporary(found: Record<string, string> = project()): string {
	const root = mkdtempSync(path.join(tmpdir(), 'content-'));
	for (const [file, text] of Object.entries(found)) put(root, file, text);
	return root;
}

export function put(root: string, file: string, text: string | Uint8Array): void {
	mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
	writeFileSync(path.join(root, file), text);
}

/** The number of the one line that holds a text; for a pattern, of the line in which its one match ends. */
export function lineOf(text: string, part: string | RegExp): number {
	const ends = [
		...text.matchAll(typeof part === 'string' ? new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g') : new RegExp(part, 'g'))
	].map((match) => match.index + match[0].length);
	if (ends.length !== 1) throw new Error(`${part} stands ${ends.length} times in the text`);
	return text.slice(0, ends[0]).split('\n').length;
}

export { course, exam, scheme };
