import type { ExamItem } from '#core/exam.ts';
import type { Item, Response } from '#core/item.ts';
import { figure, fits } from '#core/marking.ts';

/** The response that a half-made answer comes to; undefined while something is missing. What fits an item needs no key. */
export function made(item: ExamItem, half: Response | undefined): Response | undefined {
	const response = item.kind === 'number' ? figure(String(half ?? '')) : item.kind === 'scenario' ? decisions(item, half) : half;
	return response !== undefined && fits(item as Item, response) ? response : undefined;
}

const decisions = ({ steps }: ExamItem & { kind: 'scenario' }, half: Response | undefined): Response | undefined =>
	typeof half === 'object' && !Array.isArray(half) ? steps.map(({ id }) => half[id] ?? '') : undefined;
