import type { Locale } from './text.ts';

type Labels = Record<Locale, string>;

/** A value of a controlled vocabulary, as the European Learning Model writes it. */
export type Concept = {
	id: string;
	type: 'Concept';
	inScheme: { id: string; type: 'ConceptScheme' };
	prefLabel: Partial<Labels>;
};

const concept = (inScheme: string, id: string, prefLabel: Partial<Labels>): Concept => ({
	id,
	type: 'Concept',
	inScheme: { id: inScheme, type: 'ConceptScheme' },
	prefLabel
});
const europass = (vocabulary: string, code: string, prefLabel: Partial<Labels>) =>
	concept(`http://data.europa.eu/snb/${vocabulary}/25831c2`, `http://data.europa.eu/snb/${vocabulary}/${code}`, prefLabel);
const authority = (vocabulary: string, code: string, prefLabel: Partial<Labels>) =>
	concept(
		`http://publications.europa.eu/resource/authority/${vocabulary}`,
		`http://publications.europa.eu/resource/authority/${vocabulary}/${code}`,
		prefLabel
	);
const everywhere = (label: string): Labels => ({ en: label, el: label, it: label, pl: label, es: label });

/** Codes of the vocabularies of Europass (data.europa.eu/snb) that a micro-credential uses. */
export const concepts = {
	generic: europass('credential', 'e34929035b', { en: 'Generic', el: 'Γενικό', it: 'Generico', pl: 'Ogólne', es: 'Genérico' }),
	base64: europass('encoding', '6146cde7dd', everywhere('base64')),
	png: authority('file-type', 'PNG', everywhere('PNG')),
	shortProgramme: europass('learning-opportunity', '74a4a268e8', {
		en: 'Short learning programme',
		el: 'Σύντομο πρόγραμμα μάθησης',
		it: 'Programma di apprendimento breve',
		pl: 'Krótki program nauki',
		es: 'Programa de aprendizaje breve'
	}),
	nonFormal: europass('learning-setting', 'e207a81fc7', {
		en: 'non-formal learning',
		el: 'μη τυπική μάθηση',
		it: 'apprendimento non formale',
		pl: 'uczenie się pozaformalne',
		es: 'aprendizaje no formal'
	}),
	online: europass('learning-assessment', '920fbb3cbe', {
		en: 'Online',
		el: 'Διαδικτυακά',
		it: 'Online',
		pl: 'Online',
		es: 'En línea'
	}),
	presential: europass('learning-assessment', '9191af2ed9', {
		en: 'Presential',
		el: 'Με φυσική παρουσία',
		it: 'In presenza',
		pl: 'Stacjonarnie',
		es: 'Presencial'
	}),
	writtenExam: europass('assessment', '6e6cb2cc78', {
		en: 'written examination',
		el: 'γραπτή εξέταση',
		it: 'esame scritto',
		pl: 'egzamin pisemny',
		es: 'examen escrito'
	}),
	supervised: europass('supervision-verification', '70be69aaf9', {
		en: 'Supervised with ID Verification',
		el: 'Με επιτήρηση και έλεγχο ταυτότητας',
		it: 'Con sorveglianza e verifica dell’identità',
		pl: 'Pod nadzorem, z weryfikacją tożsamości',
		es: 'Con supervisión y verificación de identidad'
	}),
	transversal: europass('skill-reuse-level', 'transversal', {
		en: 'transversal skills and competences',
		el: 'εγκάρσιες δεξιότητες και ικανότητες',
		it: 'abilità e competenze trasversali',
		pl: 'umiejętności i kompetencje przekrojowe',
		es: 'capacidades y competencias transversales'
	}),
	knowledge: europass('skill-type', 'knowledge', {
		en: 'knowledge',
		el: 'γνώσεις',
		it: 'conoscenza',
		pl: 'wiedza',
		es: 'conocimientos'
	}),
	skill: europass('skill-type', 'skill', { en: 'skill', el: 'δεξιότητα', it: 'abilità', pl: 'umiejętność', es: 'capacidad' })
} as const;

/** A level of the European Qualifications Framework. */
export const eqfLevel = (level: number): Concept =>
	europass('eqf', `${level}`, {
		en: `Level ${level}`,
		el: `Επίπεδο ${level}`,
		it: `Livello ${level}`,
		pl: `Poziom ${level}`,
		es: `Nivel ${level}`
	});

/** Each language by its code in the EU's list of languages. */
export const languages: Record<Locale, Concept> = {
	en: authority('language', 'ENG', { en: 'English', el: 'αγγλικά', it: 'inglese', pl: 'angielski', es: 'inglés' }),
	el: authority('language', 'ELL', { en: 'Greek', el: 'ελληνικά', it: 'greco', pl: 'grecki', es: 'griego' }),
	it: authority('language', 'ITA', { en: 'Italian', el: 'ιταλικά', it: 'italiano', pl: 'włoski', es: 'italiano' }),
	pl: authority('language', 'POL', { en: 'Polish', el: 'πολωνικά', it: 'polacco', pl: 'polski', es: 'polaco' }),
	es: authority('language', 'SPA', { en: 'Spanish', el: 'ισπανικά', it: 'spagnolo', pl: 'hiszpański', es: 'español' })
};

const countries: Record<string, Labels> = {
	CYP: { en: 'Cyprus', el: 'Κύπρος', it: 'Cipro', pl: 'Cypr', es: 'Chipre' },
	ESP: { en: 'Spain', el: 'Ισπανία', it: 'Spagna', pl: 'Hiszpania', es: 'España' },
	GRC: { en: 'Greece', el: 'Ελλάδα', it: 'Grecia', pl: 'Grecja', es: 'Grecia' },
	ITA: { en: 'Italy', el: 'Ιταλία', it: 'Italia', pl: 'Włochy', es: 'Italia' },
	POL: { en: 'Poland', el: 'Πολωνία', it: 'Polonia', pl: 'Polska', es: 'Polonia' }
};

/** A country by its ISO 3166-1 alpha-3 code; one outside the partnership has its code as name. */
export const country = (code: string): Concept => authority('country', code, countries[code] ?? everywhere(code));
