import { expect, test } from 'vitest';
import { listed } from '#compiler/laws.ts';
import { after, planted, say, told, words } from './planted.ts';

planted();

told('agreement of words and key', [
	[
		'feedback that names another place than the key',
		words('en'),
		say('one-e3', 'a.feedback', '"First: Anna reads the list."'),
		'First: Anna',
		/"one-e3\.a\.feedback" names place 1, and the key has it at 2: mend the words or the key/
	],
	[
		'feedback that calls the first the last',
		words('el'),
		say('one-e3', 'c.feedback', '"Τελευταίο βήμα: η Άννα διαβάζει."'),
		'Τελευταίο',
		/"one-e3\.c\.feedback" names place 3, and the key has it at 1/
	],
	[
		'a question for more answers than the key has',
		words('pl'),
		say('one-e2', 'question', 'Które dwie odpowiedzi pasują?'),
		'Które dwie',
		/"one-e2\.question" asks for 2, and the key has 1/
	]
]);

test('feedback that names the place of the key stays', () => {
	expect(listed(after(words('es'), say('one-e3', 'b.feedback', '"Último paso: Anna lee la lista."')).problems)).toBe('');
	expect(listed(after(words('it'), say('one-e3', 'c.feedback', '"Primo: Anna legge la lista."')).problems)).toBe('');
});
