/** What each figure of a path command is: along x, along y, a size, or a flag. The kinds repeat for as long as figures follow. */
const figuresOf: Record<string, string> = {
	m: 'xy',
	l: 'xy',
	t: 'xy',
	h: 'x',
	v: 'y',
	c: 'xyxyxy',
	s: 'xyxy',
	q: 'xyxy',
	a: 'rrrffxy',
	z: ''
};

type Point = { x: number; y: number };
type Segment = { letter: string; figures: number[] };

/** A path (the `d` of SVG) as its segments, one for each point. Undefined if it is not written as the standard says. */
function segments(path: string): Segment[] | undefined {
	const found: Segment[] = [];
	const token = /[\s,]*(?:([a-zA-Z])|([+-]?(?:\d*\.\d+|\d+\.?)(?:e[+-]?\d+)?))/y;
	const flag = /[\s,]*([01])/y;
	let at = 0;
	let letter = '';
	const next = (form: RegExp): RegExpExecArray | undefined => {
		form.lastIndex = at;
		const match = form.exec(path) ?? undefined;
		if (match) at = form.lastIndex;
		return match;
	};
	while (path.slice(at).trim()) {
		const before = at;
		const command = next(token)?.[1];
		if (command) letter = command;
		else at = before;
		const kinds = figuresOf[letter.toLowerCase()];
		if (kinds === undefined || (!command && !kinds)) return undefined;
		const figures = [...kinds].map((kind) => Number(kind === 'f' ? next(flag)?.[1] : next(token)?.[2]));
		if (figures.some((figure) => Number.isNaN(figure))) return undefined;
		found.push({ letter, figures });
		if (letter === 'm') letter = 'l';
		if (letter === 'M') letter = 'L';
	}
	return found;
}

/**
 * A path with coordinates of `digits` decimals. Errors do not add up: every point is rounded to where it truly is, not from where the one
 * before was drawn. A path that cannot be read stays as it is.
 */
export function coarse(path: string, digits: number): string {
	const parts = segments(path);
	if (!parts) return path;
	const unit = 10 ** digits;
	const round = (figure: number) => Math.round(figure * unit) / unit;
	const origin: Point = { x: 0, y: 0 };
	let real = origin;
	let drawn = origin;
	let start = { real, drawn };
	let out = '';
	let last = '';
	for (const { letter, figures } of parts) {
		const small = letter.toLowerCase();
		const kinds = figuresOf[small]!;
		const relative = letter === small;
		const [from, to] = relative ? [real, drawn] : [origin, origin];
		const values = figures.map((figure, at) => {
			const kind = kinds[at]!;
			return kind === 'f'
				? figure
				: kind === 'r'
					? round(figure) || figure
					: round(from[kind as 'x' | 'y'] + figure - to[kind as 'x' | 'y']);
		});
		const end = (point: Point, base: Point, list: number[]): Point => ({
			x: kinds.includes('x') ? base.x + list[kinds.lastIndexOf('x')]! : point.x,
			y: kinds.includes('y') ? base.y + list[kinds.lastIndexOf('y')]! : point.y
		});
		if (small === 'z') ({ real, drawn } = start);
		else [real, drawn] = [end(real, from, figures), end(drawn, to, values)];
		if (small === 'm') start = { real, drawn };
		if (letter !== last || small === 'm' || small === 'z') out += letter;
		for (const value of values) {
			const written = String(value).replace(/^(-?)0\./, '$1.');
			out += (/[a-z]$/i.test(out) || written.startsWith('-') ? '' : ' ') + written;
		}
		last = small === 'm' ? (relative ? 'l' : 'L') : letter;
	}
	return out;
}
