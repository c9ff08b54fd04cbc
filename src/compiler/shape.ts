import * as z from 'zod/mini';
import { refuse, type Path, type Problem, type Source } from './source.ts';

type Issue = z.core.$ZodIssue;
const english = z.locales.en().localeError;
const kebab = 'small letters, digits and hyphens, starting with a letter, as "listen-e1"';

/** The content of a file in the shape of a schema; where it does not fit, problems at the line of the value that is wrong. */
export function shape<T extends z.core.$ZodType>(source: Source, schema: T): { value?: z.infer<T>; problems: Problem[] } {
	const result = z.safeParse(schema, source.value, { error: english });
	if (result.success) return { value: result.data, problems: [] };
	const told = (issue: Issue): Problem[] => {
		if (issue.code === 'unrecognized_keys')
			return issue.keys.map((key) =>
				refuse(source.at([...issue.path, key]), `"${name([...issue.path, key])}" is not known here: remove it, or correct its spelling`)
			);
		return [refuse(source.at(issue.path), `"${name(issue.path)}" ${reason(issue, inside(source.value, issue.path))}`)];
	};
	return { problems: result.error.issues.flatMap(told) };
}

/** `lessons[0].cards[2].kind`, counted from 1 as people do: `lessons 1 cards 3 kind`. */
const name = (path: Path): string => path.map((part) => (typeof part === 'number' ? part + 1 : String(part))).join(' ') || 'the file';

const inside = (value: unknown, path: Path): unknown =>
	path.reduce((found: unknown, part) => (found as Record<PropertyKey, unknown> | undefined)?.[part], value);

/** What an issue means to a writer, and what to do. */
function reason(issue: Issue, value: unknown): string {
	if (value === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_union' || issue.code === 'invalid_value'))
		return 'is missing: write it';
	const given = typeof value === 'object' ? '' : `, not ${JSON.stringify(value)}`;
	switch (issue.code) {
		case 'invalid_value':
			return `must be ${list(issue.values)}${given}`;
		case 'invalid_union': {
			const values =
				'options' in issue
					? (issue.options as unknown[])
					: issue.errors.flatMap((errors) => errors.flatMap((inner) => (inner.code === 'invalid_value' ? inner.values : [])));
			return values.length ? `must be ${list(values)}${given}` : `does not fit: ${issue.message}`;
		}
		case 'invalid_format':
			return `must be ${issue.format === 'regex' ? kebab : issue.format}${given}`;
		case 'invalid_key':
			return `must be named with ${kebab}`;
		case 'too_small':
			return `must ${bound(issue)} ${'exact' in issue && issue.exact ? '' : 'at least '}${issue.minimum}: add what is missing`;
		case 'too_big':
			return `must ${bound(issue)} ${'exact' in issue && issue.exact ? '' : 'at most '}${issue.maximum}: shorten it`;
		case 'invalid_type':
			return issue.expected === 'string' ? `must be text${given}: put it in quotes "…"` : `must be of the type ${issue.expected}${given}`;
		default:
			return issue.message;
	}
}

const bound = (issue: { origin: string }): string =>
	issue.origin === 'array' ? 'hold' : issue.origin === 'string' ? 'have a length of' : 'be';
const list = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join(' or ');
