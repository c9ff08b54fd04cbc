import type { Locale } from '#core/text.ts';

/** A form that is not to be written, and what to write instead. */
type Refused = [form: RegExp, advice: string];

/**
 * What is special to the writing of a language: its quotation marks (outer, inner) and the forms that are refused: `refused` anywhere,
 * `short` where a voice would misread them, `address` where they speak to the reader (people in a scene may say them to each other).
 */
export type Language = { quotes: [string, string][]; refused: Refused[]; short: Refused[]; address?: Refused[] };

/** A word or several, not as a part of another: letters and digits before and after are excluded. */
const whole = (pattern: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, 'giu');
const clock = (marks: string): Refused => [whole(`\\d{1,2}(?:[:.]\\d\\d)?\\s?(?:${marks})`), 'write the time with 24 hours, as 14:30'];
const inFull = 'is an abbreviation that a voice misreads: write it in full';
const all = 'never offer all or none of the options as an option: write a real one';
const brand = 'is a brand name: say what kind of thing it is';

/** Refused in every language. */
const everywhere: Refused[] = [[whole('whats\\s?app|viber|facebook|google|instagram|tik\\s?tok|youtube|gmail|snapchat|linkedin'), brand]];

/** The table of languages. */
export const languages: Record<Locale, Language> = {
	en: {
		quotes: [
			['“', '”'],
			['‘', '’']
		],
		refused: [...everywhere, [whole('microcredentials?'), 'write “micro-credential”'], [whole('(?:all|none|both) of the above'), all]],
		short: [
			clock('[ap]\\.?m\\.?'),
			[whole('e\\.\\s?g\\.?|i\\.\\s?e\\.?|etc\\.?|approx\\.?|vs\\.?|incl\\.|asap|tel\\.|min\\.|hrs?\\.'), inFull]
		]
	},
	el: {
		quotes: [
			['«', '»'],
			['“', '”']
		],
		refused: [
			...everywhere,
			[whole('(?:ηλεκτρονικ\\p{L}+ )?κουπ[οό]νι\\p{L}*'), 'is a coupon: netiquette is «κανόνες συμπεριφοράς στο διαδίκτυο»'],
			[whole('μικρο-?πιστοποι\\p{L}+|μικρο-διαπιστευτ\\p{L}+'), 'write «μικροδιαπιστευτήριο»'],
			[whole('(?:όλα|κανένα από) τα παραπάνω'), all]
		],
		short: [
			clock('π\\.?μ\\.?|μ\\.μ\\.?'),
			[
				whole(
					'π\\.\\s?χ\\.?|κ\\.?\\s?λ\\.?\\s?π\\.?|κ\\.?\\s?τ\\.?\\s?λ\\.?|κ\\.\\s?ά\\.?|δηλ\\.?|τηλ\\.|αρ\\.|αριθ\\.|ωρ\\.|λεπτ\\.|σελ\\.|βλ\\.'
				),
				inFull
			],
			[/(?<![\p{L}\p{N}])[κΚ]\.(?=\s*\p{Lu})/gu, 'is an abbreviation that a voice misreads: write «κύριος» or «κυρία»']
		]
	},
	it: {
		quotes: [
			['«', '»'],
			['“', '”']
		],
		refused: [
			...everywhere,
			[whole('micro-credenzial\\p{L}+|micro credenzial\\p{L}+|microcredential\\p{L}*'), 'write «microcredenziale»'],
			[whole('(?:tutte|nessuna) (?:le|delle) precedenti'), all]
		],
		short: [
			clock('[ap]\\.?m\\.?'),
			[whole('ad es\\.?|p\\. ?es\\.?|ecc\\.?|etc\\.?|sig\\.(?:ra)?|dott\\.(?:ssa)?|tel\\.|n\\. ?\\d+|nr\\.|pag\\.|min\\.'), inFull]
		]
	},
	pl: {
		quotes: [
			['„', '”'],
			['«', '»']
		],
		refused: [
			...everywhere,
			[whole('mikro-?kredyt\\p{L}*'), 'is a loan: write „mikropoświadczenie”'],
			[whole('mikro-poświadcz\\p{L}+'), 'write „mikropoświadczenie”'],
			[whole('(?:wszystkie|żadne z) (?:powyższe|powyższych)'), all]
		],
		short: [
			clock('[ap]\\.?m\\.?'),
			[
				whole('np\\.?|m\\.\\s?in\\.?|itd\\.?|itp\\.?|tj\\.?|tzn\\.?|tzw\\.?|ok\\.(?= ?\\d)|ul\\.|godz\\.|nr|tel\\.|min\\.|str\\.|wg|ws\\.'),
				inFull
			]
		],
		address: [[whole('\\p{L}+(?:łeś|łaś|łbyś|łabyś)'), 'tells the reader’s gender: write it without, as „Udało się!”']]
	},
	es: {
		quotes: [
			['«', '»'],
			['“', '”']
		],
		refused: [
			...everywhere,
			[whole('micro-credencial\\p{L}*|microcredential\\p{L}*'), 'write «microcredencial»'],
			[whole('(?:todas|ninguna de) las anteriores'), all]
		],
		short: [
			clock('[ap]\\.?\\s?m\\.?'),
			[
				whole(
					'p\\. ?ej\\.?|etc\\.?|EE\\. ?UU\\.?|Sr\\.?|Sra\\.?|Srta\\.?|Ud\\.?|Uds\\.?|Vd\\.?|núm\\.?|tel\\.|pág\\.|n\\.º|aprox\\.?|min\\.'
				),
				inFull
			]
		]
	}
};
