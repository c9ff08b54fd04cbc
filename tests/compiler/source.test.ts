import { course, planted, replaced, say, told, words, type Slip } from './planted.ts';

planted();

const yaml: Slip[] = [
	['a colon inside a text', words('en'), say('one-idea', 'text', 'She says: go: now'), 'She says: go: now', /quotes/],
	['a text that starts with a star', words('en'), say('one-idea', 'text', '*go'), '*go', /start.*quotes/],
	['a text that starts with &', words('en'), say('one-idea', 'text', '&go now'), '&go', /start with "&".*quotes/],
	['a text that starts with !', words('en'), say('one-idea', 'text', '!go now'), '!go', /start with "!".*quotes/],
	['a text that starts with @', words('en'), say('one-idea', 'text', '@go'), '@go', /start with this sign.*quotes/],
	['words lost after #', words('en'), say('one-idea', 'text', 'Go to room # 5 now.'), 'room # 5', /after " #" would be lost/],
	['a tab as indent', words('en'), replaced('\n  goal:', '\n\tgoal:'), '\tgoal:', /tab/],
	['a quote that is not closed', words('en'), (text) => `${text}zero: "not closed\n`, 'zero: "', /closed|quote/],
	['a key twice', words('en'), replaced('\n  goal:', '\n  title: Again\n  goal:'), 'title: Again', /second time/],
	[
		'a key twice, once nested and once with dots',
		words('en'),
		(text) => `${text}one-e1.scene: Again\n`,
		'one-e1.scene: Again',
		/not asked for|second time/
	],
	['a number', words('en'), say('one-idea', 'text', '12345'), 'text: 12345', /number.*quotes, "12345"/],
	['a yes or no', words('en'), say('one-idea', 'text', 'true'), 'text: true', /boolean.*quotes/],
	['nothing', words('en'), say('one-idea', 'text', ''), /one-idea:\n.*\n.*text:/, /"one-idea.text" has no text/],
	['a list', words('en'), say('one-idea', 'text', '[one, two]'), '[one, two]', /is a list/]
];

const keys: Slip[] = [
	['a missing text', words('it'), replaced(/\n {2}goal:[^\n]*/, ''), 'one:', /"one.goal" is missing: write this text/],
	[
		'an option without feedback',
		words('el'),
		replaced(/(\none-e1:[^]*?\n {2}a:\n {4}text:[^\n]*)\n {4}feedback:[^\n]*/, '$1'),
		/one-e1:\n.*\n.*\n {2}a:/,
		/"one-e1.a.feedback" is missing: write in one or two sentences/
	],
	[
		'a missing item',
		words('pl'),
		replaced(/\none-e1:[^]*?\n(?=one-e2:)/, '\n'),
		/one-e5:[^]*c:\n.*\n {4}feedback:/,
		/"one-e1" is missing: write its 8 texts/
	],
	['a surplus text', words('es'), replaced('\none-idea:', '\none-idea:\n  more: Algo más'), 'Algo más', /"one-idea.more" is not asked for/],
	['a surplus owner', words('es'), (text) => `${text}one-e9:\n  question: Algo más\n`, 'Algo más', /"one-e9.question" is not asked for/]
];

const shapes: Slip[] = [
	['a kind of card that is unknown', course, replaced('kind: idea', 'kind: idee'), 'kind: idee', /must be "idea" or .*not "idee"/],
	['a kind of item that is unknown', course, replaced('kind: order', 'kind: sorted'), 'kind: sorted', /must be "choice" or/],
	[
		'a surplus word in the structure',
		course,
		replaced('    minutes: 12', '    minutes: 12\n    seconds: 1'),
		'seconds: 1',
		/"lessons 1 seconds" is not known here/
	],
	['a name in capitals', course, replaced('  - id: see', '  - id: See'), 'id: See', /small letters, digits and hyphens.*not "See"/],
	['a number where text is needed', course, replaced('source: none', 'source: 5'), 'source: 5', /must be text, not 5: put it in quotes/],
	['a missing value', course, replaced('edition: 1\n', ''), 'id: demo', /"edition" is missing/],
	['too few lessons', course, replaced(/\n {2}- id: four\n[^]*?\nassessment:/, '\nassessment:'), 'lessons:', /"lessons" must hold 4: add/],
	['another id than the folder', course, replaced('id: demo', 'id: other-1'), 'id: other-1', /must be "demo", the name of the folder/]
];

told('YAML', yaml);
told('keys', keys);
told('shape', shapes);
