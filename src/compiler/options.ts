import type { PlacedItem } from './content.ts';
import { refuse, type Path, type Problem } from './source.ts';

/** Names that stand for something else among the words of an item. */
const textNames = ['text', 'feedback', 'scene', 'question', 'sentence', 'unit', 'right', 'other'];

/** An item's key names its options, completely, and leaves something to decide. */
export function options({ item, place }: PlacedItem): Problem[] {
	const problems: Problem[] = [];
	const no = (path: Path, message: string) => void problems.push(refuse(place(path), `"${item.id}": ${message}`));
	const named = (path: Path, given: string[], known: string[], what: string) =>
		given.filter((id) => !known.includes(id)).forEach((id) => no(path, `"${id}" names no ${what}: use one of ${known.join(', ')}`));
	const once = (path: Path, given: string[]) => {
		if (new Set(given).size < given.length) no(path, 'a name stands here twice: use each once');
		given.filter((id) => textNames.includes(id)).forEach((id) => no(path, `an option cannot be called "${id}": choose another name`));
	};
	const choose = (path: Path, options: string[], right: string) => {
		once([...path, 'options'], options);
		if (options.length < 3 || options.length > 4) no([...path, 'options'], `${options.length} options: give 3 or 4`);
		named([...path, 'right'], [right], options, 'option');
	};
	const placing = (targets: string[], right: Record<string, string>, options: string[], what: string) => {
		once(['options'], [...options, ...targets]);
		named(['right'], Object.keys(right), options, 'option');
		named(['right'], Object.values(right), targets, what);
		const free = options.filter((option) => !Object.hasOwn(right, option));
		if (free.length) no(['right'], `${free.join(', ')} has no ${what}: write one for each option`);
	};
	switch (item.kind) {
		case 'choice':
		case 'gap':
			choose([], item.options, item.right);
			break;
		case 'scenario':
			if (new Set(item.steps.map(({ id }) => id)).size < item.steps.length) no(['steps'], 'two steps have one name: use each once');
			item.steps.forEach((step, at) => choose(['steps', at], step.options, step.right));
			break;
		case 'multiple':
			once(['options'], item.options);
			once(['right'], item.right);
			named(['right'], item.right, item.options, 'option');
			if (item.right.length >= item.options.length) no(['right'], 'every option is right: at least one must be wrong');
			break;
		case 'order': {
			once(['options'], item.options);
			once(['right'], item.right);
			named(['right'], item.right, item.options, 'option');
			if (item.right.length !== item.options.length) no(['right'], 'name every option once, in the right order');
			else if (item.options.filter((option, at) => option === item.right[at]).length > item.options.length / 2)
				no(['options'], 'the options are shown almost in the right order: mix them');
			break;
		}
		case 'match':
			placing(item.targets, item.right, item.options, 'target');
			break;
		case 'sort':
			placing(item.groups, item.right, item.options, 'group');
			item.groups
				.filter((group) => !Object.values(item.right).includes(group))
				.forEach((group) => no(['groups'], `nothing belongs to the group "${group}": remove it, or sort an option into it`));
			break;
		case 'number': {
			const near = (a: number, b: number) => Math.abs(a - b) <= (item.tolerance ?? 0) + 1e-9;
			const mistakes = Object.entries(item.mistakes);
			mistakes.forEach(([name, figure], at) => {
				if (near(figure, item.right)) no(['mistakes', name], `${figure} counts as right: a mistake needs another figure`);
				if (mistakes.slice(0, at).some(([, other]) => near(figure, other)))
					no(['mistakes', name], `${figure} is the figure of another mistake: use one of them`);
				if (textNames.includes(name)) no(['mistakes', name], `a mistake cannot be called "${name}": choose another name`);
			});
			if (!mistakes.length) no(['mistakes'], 'no known mistake: give at least one figure that people reach by a mistake');
		}
	}
	return problems;
}
