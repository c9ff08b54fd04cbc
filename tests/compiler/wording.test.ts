import { describe, expect, test } from 'vitest';
import { listed } from '#compiler/laws.ts';
import { after, many, planted, replaced, say, told, words, type Edit, type Slip } from './planted.ts';

planted();

const writing: Slip[] = [
	['a sentence of 21 words', words('en'), say('one-e1', 'a.feedback', `Now ${many(20)}.`), many(20), /a sentence has 21 words, at most 20/],
	[
		'a long sentence in the notes',
		words('it'),
		replaced('\n    - ', `\n    - Ecco ${many(20, 'parola')}.\n    - `),
		many(20, 'parola'),
		/"one.notes": a sentence has 21 words/
	],
	[
		'a card of 46 words',
		words('pl'),
		say('one-idea', 'text', `${many(16, 'a')}. ${many(15, 'b')}. ${many(15, 'c')}.`),
		many(16, 'a'),
		/card "one-idea" has 46 words, at most 45/
	],
	[
		'a card of 6 sentences',
		words('es'),
		say('one-idea', 'text', 'A uno. B dos. C tres. D cuatro. E cinco. F seis.'),
		'F seis',
		/has 6 sentences, at most 5/
	],
	[
		'a step of a scenario without a question',
		words('el', 'two'),
		replaced(/(s2:\n\s+question: [^;\n]*);/, '$1.'),
		/question: [^;\n]*\.(?=\n)/,
		/s2\.question" asks nothing/
	],
	['straight quotes', words('en'), say('one-idea', 'text', `'She says "go" now.'`), 'says "go"', /straight " stands here/],
	['a straight apostrophe', words('it'), say('one-idea', 'text', `"Prendi l'ordine."`), "l'ordine", /straight '.*’ as apostrophe/],
	[
		'quotes of another language',
		words('pl'),
		say('one-idea', 'text', 'Anna mówi “tak” teraz.'),
		'“tak”',
		/a “ stands wrong here: use „ ”, and inside them « »/
	],
	['quotes of another language in Greek', words('el'), say('one-idea', 'text', 'Λέει “ναι” τώρα.'), '“ναι”', /use « »/],
	['a quote that is not closed', words('es'), say('one-idea', 'text', 'Dice «sí y se va.'), '«sí', /a « is not closed/],
	['a Latin o in a Greek word', words('el'), say('one-idea', 'text', 'Διαβάζει τo βιβλίο.'), 'τo', /"τo" holds the Latin letter "o"/],
	['a Latin article in Greek', words('el'), say('one-idea', 'text', 'O Μάρεκ διαβάζει.'), 'O Μάρεκ', /"O" holds the Latin letter/],
	['a Cyrillic letter', words('en'), say('one-idea', 'text', 'She asks оne question.'), 'оne', /another alphabet/],
	['a Greek letter in Polish', words('pl'), say('one-idea', 'text', 'Αnna czyta.'), 'Αnna', /another alphabet/],
	['an accent apart', words('es'), say('one-idea', 'text', 'Anna lee mas despue\u0301s.'), 'despue', /accent stands apart/],
	[
		'a loan for a credential',
		words('pl'),
		say('one-idea', 'text', 'To jest mikrokredyt.'),
		'mikrokredyt',
		/is a loan: write „mikropoświadczenie”/
	],
	['a coupon for netiquette', words('el'), say('one-idea', 'text', 'Ηλεκτρονικό κουπόνι για όλους.'), 'κουπόνι', /is a coupon/],
	[
		'the reader’s gender in Polish',
		words('pl'),
		say('one-e1', 'a.feedback', 'Dobrze zrobiłeś, teraz wiesz więcej.'),
		'zrobiłeś',
		/tells the reader’s gender/
	],
	['an English abbreviation', words('en'), say('one-idea', 'text', 'Take tools, e.g. a broom.'), 'e.g.', /"e\.g\." is an abbreviation/],
	['a Greek abbreviation', words('el'), say('one-idea', 'text', 'Πάρτε εργαλεία, π.χ. μια σκούπα.'), 'π.χ.', /"π\.χ\." is an abbreviation/],
	['an Italian abbreviation', words('it'), say('one-idea', 'text', 'Prendi la scopa, i guanti ecc.'), 'ecc.', /"ecc\." is an abbreviation/],
	['a Polish abbreviation', words('pl'), say('one-idea', 'text', 'Weź sprzęt, np. miotłę.'), 'np.', /"np\." is an abbreviation/],
	[
		'a Spanish abbreviation',
		words('es'),
		say('one-idea', 'text', 'Toma algo, p. ej. una escoba.'),
		'p. ej.',
		/"p\. ej\." is an abbreviation/
	],
	['a time with pm', words('en'), say('one-idea', 'text', 'Start at 2 pm today.'), '2 pm', /24 hours/],
	['a slash', words('en'), say('one-idea', 'text', 'Ask him/her today.'), 'him/her', /slash/],
	['bold outside notes', words('en'), say('one-idea', 'text', 'Go **now** please.'), '**now**', /"\*" stands here/],
	['HTML', words('en'), say('one-idea', 'text', 'Go <b>now</b> please.'), '<b>', /no HTML/],
	['an underscore', words('en'), say('one-idea', 'text', 'Go ___ please.'), 'Go ___', /"_" stands here/],
	['two spaces', words('en'), say('one-idea', 'text', 'Go  now please.'), 'Go  now', /two spaces/],
	['a space at the end', words('en'), say('one-idea', 'text', '"Go now please. "'), 'please. "', /space stands at the start or the end/],
	['a new line in a spoken text', words('en'), say('one-idea', 'text', '"Go now.\\nPlease."'), 'Go now.', /new line/],
	[
		'a gap that is missing',
		words('en'),
		say('one-e5', 'sentence', 'She asks one question.'),
		'She asks one question',
		/gap "___".* exactly once/
	],
	['two gaps', words('en'), say('one-e5', 'sentence', 'She ___ one ___ now.'), 'She ___ one ___', /exactly once/],
	['a heading of another level in the notes', words('en'), replaced('\n    ## ', '\n    ### '), '### ', /no heading "## "/],
	[
		'a paragraph over two lines',
		words('en'),
		replaced(/(\n {4}List before work[^.]*\.) /, '$1\n    '),
		/## The list before 00035.\n.*\n/,
		/paragraph of its own/
	],
	['bold that is not closed', words('en'), replaced(/\.\*\*\n/, '.\n'), /work and 00044.\n.*/, /"\*\*" is not closed/],
	['a link in the notes', words('en'), replaced('\n    - ', '\n    - See [this](that).\n    - '), '[this]', /links and pictures/],
	[
		'notes of 100 words',
		words('en'),
		replaced(/(\n {4}## The list before 00046)[^]*?(\n {2}try:)/, '$2'),
		'notes:',
		/notes of "one" have \d+ words: write 250 to 350/
	],
	[
		'an English text in Italian',
		words('it'),
		say('one-e1', 'scene', 'And Marek asks one question Anna reads the 00105.'),
		'00105',
		/is the English text: translate it/
	],
	['feedback that only judges', words('en'), say('one-e1', 'a.feedback', 'Correct.'), 'Correct.', /does not explain/],
	[
		'feedback of four sentences',
		words('en'),
		say('one-e1', 'a.feedback', 'One thing. Two things. Three things. Four things.'),
		'Four things',
		/has 4 sentences/
	],
	[
		'two options that read alike',
		words('en'),
		say('one-e1', 'b.text', 'Asks one question, Anna reads 00107!'),
		'00107!',
		/"one-e1.b.text" reads like "one-e1.a.text"/
	],
	['a brand', words('es'), say('one-idea', 'text', 'Escribe por WhatsApp hoy.'), 'WhatsApp', /brand/]
];

told('wording', writing);

describe('what is fine stays', () => {
	const fine: [string, string, Edit][] = [
		[
			'an apostrophe and quotes in quotes',
			words('en'),
			say('one-idea', 'text', 'She says: “It’s ‘room 5’, isn’t it?”'.replace(/^/, '"') + '"')
		],
		['Greek quotes, with others inside', words('el'), say('one-idea', 'text', '"Λέει: «Διάβασα το “ναι” σας.»"')],
		['Polish quotes, with others inside', words('pl'), say('one-idea', 'text', '"Mówi: „Na tablicy jest «tak».”"')],
		['what one person in a Polish scene says to another', words('pl'), say('one-e1', 'a.text', '„Czemu nie zapytałeś wcześniej?”')],
		['a Latin word in a Greek text', words('el'), say('one-idea', 'text', 'Στείλτε ένα email ή ένα CV.')],
		['a comment on a line of its own', words('en'), replaced('\n  goal:', '\n  # a note to translators\n  goal:')],
		[
			'names and figures that are the same in all languages',
			words('it'),
			say('one-dialogue', 'speaker-1', 'Anna and Marek asks one 00081.')
		],
		['a text over several lines', words('en'), say('one-idea', 'text', '>-\n    She asks\n    one question.')],
		['a gap with its word', words('en'), say('one-e5', 'sentence', 'She ___ one question.')],
		['a time', words('en'), say('one-idea', 'text', 'She starts at 14:30.')]
	];
	test.each(fine)('%s', (_, file, edit) => expect(listed(after(file, edit).problems)).toBe(''));
});
