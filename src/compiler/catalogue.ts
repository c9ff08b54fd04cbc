import * as z from 'zod/mini';
import { Credential } from '#core/course.ts';
import { locales, type Key } from '#core/text.ts';
import { readWords, type Written, type WrittenCourse } from './content.ts';
import { keys } from './keys.ts';
import { icons } from './picture.ts';
import { shape } from './shape.ts';
import { read, refuse, type Problem } from './source.ts';
import { wording } from './wording.ts';

/** The twenty and whatever joins them later, as `content/catalogue.yaml` lists them. */
const Shelf = z.strictObject({ credentials: z.array(Credential).check(z.minLength(20)) });
type Shelf = z.infer<typeof Shelf>;

const credentialKeys = (id: string): Key[] => ['title', 'plain', 'promise'].map((name) => `${id}.${name}`);

/** Reads the catalogue of a project and its words, and checks them: names and pictures used once, words in every language, the courses among them. */
export function readCatalogue(root: string, courses: WrittenCourse[]): { catalogue?: Written<Shelf>; problems: Problem[] } {
	const { source, problems } = read(root, 'content/catalogue.yaml');
	if (!source) return { problems };
	const { value, problems: unfit } = shape(source, Shelf);
	if (!value) return { problems: unfit };
	const { credentials } = value;
	const expected = credentials.flatMap(({ id }) => credentialKeys(id));
	const words = Object.fromEntries(
		locales.map((locale) => [locale, readWords(root, `content/catalogue`, { [locale]: expected }, problems, locales)])
	) as Written<Shelf>['words'];
	const twice = (name: 'id' | 'picture') =>
		credentials.flatMap((one, at) =>
			credentials.findIndex((other) => other[name] === one[name]) < at
				? [refuse(source.at(['credentials', at, name]), `the ${name} "${one[name]}" is used above: choose another`)]
				: []
		);
	problems.push(
		...twice('id'),
		...twice('picture'),
		...credentials.flatMap(({ picture }, at) =>
			icons().has(picture)
				? []
				: [
						refuse(
							source.at(['credentials', at, 'picture']),
							`the picture "${picture}" is not in the licensed set (@iconify-json/fluent-emoji-flat): choose another`
						)
					]
		),
		...locales.flatMap((locale) => [...keys(words[locale]), ...wording(words[locale], words.en, locale)]),
		...courses.flatMap(({ id, course }) => {
			const credential = credentials.find((one) => one.id === id);
			if (!credential) return [refuse(course.place(['id']), `"${id}" is not in content/catalogue.yaml: add it there, or correct the name`)];
			const { level } = course.structure.descriptor.eqf;
			return level === credential.eqf
				? []
				: [
						refuse(
							course.place(['descriptor', 'eqf', 'level']),
							`the level is ${level} here and ${credential.eqf} in content/catalogue.yaml: make them agree`
						)
					];
		})
	);
	return { catalogue: { structure: value, place: source.at, words }, problems };
}
