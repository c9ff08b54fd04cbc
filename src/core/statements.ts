import type { Locale } from './text.ts';

type Said = Record<Locale, string>;

/** What a credential says beyond what the course says of itself, in its five languages. A credential is a document of its own: these words are sealed with it. */
export const statements = {
	passport: {
		en: 'Passport to Employment',
		el: 'Διαβατήριο Απασχόλησης',
		it: 'Passaporto per l’occupazione',
		pl: 'Paszport do zatrudnienia',
		es: 'Pasaporte para el Empleo'
	},
	whole: {
		en: 'All 20 micro-credentials of the Passport to Employment were achieved.',
		el: 'Αποκτήθηκαν και τα 20 μικροδιαπιστευτήρια του Διαβατηρίου Απασχόλησης.',
		it: 'Sono state ottenute tutte e 20 le microcredenziali del Passaporto per l’occupazione.',
		pl: 'Uzyskano wszystkie 20 mikropoświadczeń Paszportu do zatrudnienia.',
		es: 'Se han obtenido las 20 microcredenciales del Pasaporte para el Empleo.'
	},
	exam: {
		en: 'Certification exam',
		el: 'Εξέταση πιστοποίησης',
		it: 'Esame di certificazione',
		pl: 'Egzamin certyfikacyjny',
		es: 'Examen de certificación'
	},
	supervision: {
		en: 'The exam was sat on site and under supervision. The invigilator saw the identity document.',
		el: 'Η εξέταση έγινε με φυσική παρουσία και επιτήρηση. Ο επιτηρητής είδε το έγγραφο ταυτότητας.',
		it: 'L’esame si è svolto in presenza e con sorveglianza. Chi sorvegliava ha visto il documento d’identità.',
		pl: 'Egzamin odbył się na miejscu i pod nadzorem. Osoba nadzorująca widziała dokument tożsamości.',
		es: 'El examen se hizo de forma presencial y con vigilancia. La persona que vigilaba vio el documento de identidad.'
	},
	participation: {
		en: 'Form of participation',
		el: 'Μορφή συμμετοχής',
		it: 'Modalità di partecipazione',
		pl: 'Forma uczestnictwa',
		es: 'Forma de participación'
	},
	quality: {
		en: 'Quality assurance',
		el: 'Διασφάλιση ποιότητας',
		it: 'Garanzia della qualità',
		pl: 'Zapewnianie jakości',
		es: 'Garantía de la calidad'
	},
	stackability: {
		en: 'Integration and stackability',
		el: 'Ενσωμάτωση και σώρευση',
		it: 'Integrazione e cumulabilità',
		pl: 'Integracja i możliwość łączenia',
		es: 'Integración y acumulación'
	},
	provisional: {
		en: 'Provisional: the project has not yet published the level and the workload of this micro-credential.',
		el: 'Προσωρινό: το έργο δεν έχει δημοσιεύσει ακόμα το επίπεδο και τον φόρτο εργασίας αυτού του μικροδιαπιστευτηρίου.',
		it: 'Provvisorio: il progetto non ha ancora pubblicato il livello e il carico di lavoro di questa microcredenziale.',
		pl: 'Wstępne: projekt nie opublikował jeszcze poziomu i nakładu pracy tego mikropoświadczenia.',
		es: 'Provisional: el proyecto aún no ha publicado el nivel ni la carga de trabajo de esta microcredencial.'
	},
	seal: {
		en: 'Development only: the seal on this file is not a qualified electronic seal, and no certification body stands behind it.',
		el: 'Μόνο για ανάπτυξη: η σφραγίδα αυτού του αρχείου δεν είναι εγκεκριμένη ηλεκτρονική σφραγίδα και δεν την εγγυάται φορέας πιστοποίησης.',
		it: 'Solo per sviluppo: il sigillo di questo file non è un sigillo elettronico qualificato e nessun ente di certificazione lo garantisce.',
		pl: 'Tylko do celów rozwojowych: pieczęć tego pliku nie jest kwalifikowaną pieczęcią elektroniczną i nie stoi za nią żadna instytucja certyfikująca.',
		es: 'Solo para desarrollo: el sello de este archivo no es un sello electrónico cualificado y ninguna entidad de certificación lo respalda.'
	}
} satisfies Record<string, Said>;

/** The grade, of percent. */
export const grade = (percent: number): Said => ({
	en: `Passed, with ${percent} % of the points`,
	el: `Επιτυχία, με το ${percent} % των μονάδων`,
	it: `Superato, con il ${percent} % dei punti`,
	pl: `Zaliczone, ${percent} % punktów`,
	es: `Superado, con el ${percent} % de los puntos`
});

/** Under which scheme it was certified. */
export const schemeLine = ({ id, version, edition }: { id: string; version: number; edition: string }): Said => ({
	en: `Certification scheme ${id}, version ${version}, after ${edition}`,
	el: `Σχήμα πιστοποίησης ${id}, έκδοση ${version}, κατά το ${edition}`,
	it: `Schema di certificazione ${id}, versione ${version}, secondo ${edition}`,
	pl: `Program certyfikacji ${id}, wersja ${version}, według ${edition}`,
	es: `Esquema de certificación ${id}, versión ${version}, según ${edition}`
});

/** That a micro-credential of a Passport is also sealed by itself. */
export const ownFile = (number: string, id: string): Said => ({
	en: `Also sealed as a credential of its own: certificate ${number}, ${id}`,
	el: `Έχει σφραγιστεί και ως ξεχωριστό διαπιστευτήριο: πιστοποιητικό ${number}, ${id}`,
	it: `Sigillata anche come credenziale a sé: certificato ${number}, ${id}`,
	pl: `Opieczętowane także jako osobne poświadczenie: certyfikat ${number}, ${id}`,
	es: `Sellada también como credencial propia: certificado ${number}, ${id}`
});
