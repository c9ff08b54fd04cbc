import type { Framework } from '#core/course.ts';

/** The colour thread of each framework: a class of `app.css`. */
export const thread: Record<Framework, string> = { lifecomp: 'life', digcomp: 'dig', entrecomp: 'entre', greencomp: 'green' };

/** The frameworks' own names, the same in all languages. */
export const frameworkName: Record<Framework, string> = {
	lifecomp: 'LifeComp',
	digcomp: 'DigComp',
	entrecomp: 'EntreComp',
	greencomp: 'GreenComp'
};
