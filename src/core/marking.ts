import type { Item, Response } from './item.ts';
import type { Key } from './text.ts';

/** The result of one response: `score` 0 to 1, `verdicts` by option (or figure, or `<step>.<option>`), the texts that explain it. */
export type Mark = { right: boolean; score: number; verdicts: Record<string, 'right' | 'wrong' | 'missed'>; feedback: Key[] };

const isList = (response: Response): response is string[] => Array.isArray(response);
const isMap = (response: Response): response is Record<string, string> => typeof response === 'object' && !Array.isArray(response);

/** Whether a response fits the item: known options, each at most once, complete where the kind needs it. */
export function fits(item: Item, response: Response): boolean {
	const complete = (map: Record<string, string>, options: string[], values: string[]) =>
		Object.keys(map).length === options.length && options.every((option) => values.includes(map[option] ?? ''));
	switch (item.kind) {
		case 'choice':
		case 'gap':
			return typeof response === 'string' && item.options.includes(response);
		case 'multiple':
			return (
				isList(response) &&
				response.length > 0 &&
				new Set(response).size === response.length &&
				response.every((option) => item.options.includes(option))
			);
		case 'order':
			return isList(response) && response.length === item.options.length && item.options.every((option) => response.includes(option));
		case 'match':
			return isMap(response) && complete(response, item.options, item.targets);
		case 'sort':
			return isMap(response) && complete(response, item.options, item.groups);
		case 'number':
			return typeof response === 'number' && Number.isFinite(response);
		case 'scenario':
			return (
				isList(response) && response.length === item.steps.length && item.steps.every((step, at) => step.options.includes(response[at]!))
			);
	}
}

const marked = (verdicts: Mark['verdicts'], feedback: Key[]): Mark => {
	const all = Object.values(verdicts);
	const right = all.every((verdict) => verdict === 'right');
	return { right, score: right ? 1 : all.filter((verdict) => verdict === 'right').length / all.length, verdicts, feedback };
};

/** Marks a response that fits its item. The same on the phone and on the endpoint. */
export function mark(item: Item, response: Response): Mark {
	const explain = (option: string) => `${item.id}.${option}.feedback`;
	switch (item.kind) {
		case 'choice':
		case 'gap': {
			const right = response === item.right;
			return {
				right,
				score: right ? 1 : 0,
				verdicts: { [item.right]: right ? 'right' : 'missed', ...(right ? {} : { [String(response)]: 'wrong' }) },
				feedback: [explain(String(response))]
			};
		}
		case 'multiple': {
			const chosen = isList(response) ? response : [];
			const wrong = chosen.filter((option) => !item.right.includes(option));
			const missed = item.right.filter((option) => !chosen.includes(option));
			const verdicts = Object.fromEntries([
				...chosen.map((option) => [option, wrong.includes(option) ? 'wrong' : 'right'] as const),
				...missed.map((option) => [option, 'missed'] as const)
			]);
			const hits = item.right.length - missed.length;
			const right = !wrong.length && !missed.length;
			return {
				right,
				score: right ? 1 : Math.max(0, (hits - wrong.length) / item.right.length),
				verdicts,
				feedback: item.options.filter((option) => option in verdicts).map(explain)
			};
		}
		case 'order': {
			const given = isList(response) ? response : [];
			return marked(
				Object.fromEntries(item.right.map((option, at) => [option, given[at] === option ? 'right' : 'wrong'])),
				item.right.map(explain)
			);
		}
		case 'match':
		case 'sort': {
			const given = isMap(response) ? response : {};
			return marked(
				Object.fromEntries(item.options.map((option) => [option, given[option] === item.right[option] ? 'right' : 'wrong'])),
				item.options.map(explain)
			);
		}
		case 'number': {
			const value = Number(response);
			const near = (figure: number) => Math.abs(value - figure) <= (item.tolerance ?? 0) + 1e-9;
			if (near(item.right)) return { right: true, score: 1, verdicts: { right: 'right' }, feedback: [explain('right')] };
			const mistake = Object.keys(item.mistakes).find((name) => near(item.mistakes[name]!)) ?? 'other';
			return { right: false, score: 0, verdicts: { [mistake]: 'wrong' }, feedback: [explain(mistake)] };
		}
		case 'scenario': {
			const given = isList(response) ? response : [];
			const verdicts: Mark['verdicts'] = {};
			item.steps.forEach((step, at) => (verdicts[`${step.id}.${given[at]}`] = given[at] === step.right ? 'right' : 'wrong'));
			return marked(
				verdicts,
				item.steps.map((step, at) => `${item.id}.${step.id}.${given[at]}.feedback`)
			);
		}
	}
}

/** Reads a figure as people type it: spaces ignored, comma or point for decimals, thousands marks dropped. Undefined if it is none. */
export function figure(typed: string): number | undefined {
	const compact = typed
		.replace(/[\s\u00a0\u202f]/g, '')
		.replace(/[.,](?=\d{3}(?:[.,]|$))/g, '')
		.replace(',', '.');
	return /^[+-]?\d+(\.\d+)?$/.test(compact) ? Number(compact) : undefined;
}
