import { course, exam, planted, replaced, shelf, told, type Slip } from './planted.ts';

planted();

const structures: Slip[] = [
	[
		'a right option that is none',
		course,
		replaced(/(id: one-e1\n[^]*?)right: a/, '$1right: d'),
		'right: d',
		/"one-e1": "d" names no option: use one of a, b, c/
	],
	[
		'a right group that is none',
		course,
		replaced('c: now', 'c: soon'),
		/groups:\n.*\n.*\n\s+right:(?=\n\s+a: now\n\s+b: later\n\s+c: soon)/,
		/names no group/
	],
	['a target that is missing', course, replaced(/\n\s+c: x/, ''), /right:(?=\n\s+a: y\n\s+b: z\n(?!\s+c:))/, /c has no target/],
	['two options with one name', course, replaced(/(id: one-e1\n[^]*?)- b/, '$1- a'), /id: one-e1\n[^]*?options:/, /stands here twice/],
	['a choice between two', course, replaced(/(id: one-e1\n[^]*?)\n\s+- c/, '$1'), /id: one-e1\n[^]*?options:/, /2 options: give 3 or 4/],
	[
		'an order that is shown sorted',
		course,
		replaced(/(id: one-e3\n[^]*?right:\n)\s+- c\n\s+- a\n\s+- b/, '$1          - a\n          - b\n          - c'),
		/id: one-e3\n[^]*?options:/,
		/"one-e3": the options are shown almost in the right order/
	],
	[
		'two mistakes with one figure',
		course,
		replaced('twice: 20', 'twice: 20\n          again: 20'),
		'again: 20',
		/figure of another mistake/
	],
	['a mistake that is right', course, replaced('twice: 20', 'twice: 10'), 'twice: 10', /counts as right/],
	[
		'an outcome that is none',
		course,
		replaced(/(id: one-e1\n\s+outcome:) see/, '$1 sea'),
		'outcome: sea',
		/"sea" is no outcome of the course/
	],
	[
		'an outcome without exercise',
		course,
		replaced(/(-e\d\n\s+outcome:) see/g, '$1 ask'),
		'- id: see',
		/"see" has 0 of at least 1 exercise/
	],
	[
		'an outcome with 3 self-assessment items',
		course,
		(text) => {
			let n = 0;
			return text.replace(/(-a\d+\n\s+outcome:) see/g, (all, head: string) => (n++ < 3 ? `${head} ask` : all));
		},
		'- id: see',
		/"see" has 3 of at least 4 self-assessment items/
	],
	[
		'an outcome with no exam item',
		exam,
		(text) => text.replaceAll('outcome: see', 'outcome: ask'),
		/outcomes:\n {2}- id: see/,
		/"see" has 0 of at least 4 exam items/,
		course
	],
	[
		'a name used twice',
		course,
		replaced('id: one-story', 'id: one-idea'),
		/picture:\n\s+- hotel\n\s+kind: idea\n\s+- id: one-idea/,
		/"one-idea" is already the name of something in content\/courses\/demo\/course.yaml:\d+/
	],
	['an exam item with the name of an exercise', exam, replaced('id: one-x0', 'id: one-e1'), 'id: one-e1', /"one-e1" is already the name/],
	['a card named after nothing', course, replaced('id: one-story', 'id: story'), 'id: story', /let its name start with "one-"/],
	['a picture that does not exist', course, replaced('- hotel', '- hotell'), '- hotell', /"hotell" is not in the licensed set/],
	[
		'a drawing that does not exist',
		course,
		replaced('- hotel', '- drawn-hotel'),
		'- drawn-hotel',
		/"drawn-hotel" is not in content\/drawings/
	],
	[
		'a drawing beside an icon',
		course,
		replaced('- hotel', '- drawn-rota\n          - hotel'),
		'- drawn-rota',
		/a drawing fills the picture of "one-idea"/
	],
	[
		'a picture twice in a lesson',
		course,
		replaced('- key', '- hotel'),
		/id: one-story\n\s+picture:/,
		/picture of "one-story" is already that of "one-idea"/
	],
	[
		'nine cards',
		course,
		replaced('      - id: one-summary', '      - id: one-more\n        picture: [sun]\n        kind: idea\n      - id: one-summary'),
		/id: one\n.*\n\s+cards:/,
		/has 9 cards: it must have 8/
	],
	[
		'no summary at the end',
		course,
		replaced(/(id: one-summary\n[^]*?kind:) summary\n\s+points: 3/, '$1 think'),
		'id: one-summary',
		/last card of "one" must be of the kind "summary"/
	],
	['a lesson of 20 minutes', course, replaced('minutes: 12', 'minutes: 20'), 'minutes: 20', /plan it for 12 to 15/],
	[
		'right options in one place',
		course,
		(text) => text.replace(/right: [abc]\n/g, 'right: a\n'),
		'lessons:',
		/the right option is \d+ times the 1\., 0 times the 2\./
	],
	[
		'right options of the exam in one place',
		exam,
		(text) => text.replace(/right: [abc]\n/g, 'right: b\n'),
		'items:',
		/the right option is 0 times the 1\./
	],
	['too few scenes', course, (text) => text.replaceAll(/\n\s+scene: true/g, ''), 'lessons:', /items start from a scene: at least half must/]
];

const catalogues: Slip[] = [
	[
		'a credential twice',
		shelf,
		replaced('id: other-2', 'id: other-1'),
		/id: other-1\n[^]*?id: other-1(?=\n)/,
		/the id "other-1" is used above/
	],
	[
		'a picture twice',
		shelf,
		replaced('picture: key', 'picture: hotel'),
		/picture: hotel\n[^]*picture: hotel/,
		/the picture "hotel" is used above/
	],
	['a picture that does not exist', shelf, replaced('picture: key', 'picture: keyy'), 'picture: keyy', /not in the licensed set/],
	[
		'a course that is not listed',
		shelf,
		replaced('id: demo', 'id: other-99'),
		'id: demo',
		/"demo" is not in content\/catalogue.yaml/,
		course
	],
	['another level than the course', shelf, replaced('eqf: 4', 'eqf: 5'), 'level: 4', /the level is 4 here and 5 in/, course],
	['a missing promise', 'content/catalogue/pl.yaml', replaced(/\n {2}promise:[^\n]*/, ''), 'demo:', /"demo.promise" is missing/]
];

told('structure', structures);
told('catalogue', catalogues);
