/** A name as it is compared: without accents, and capitals as small letters. */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Whether somebody is who was looked for: every word stands in her name or number, written with or without accents. */
export function fits(looked: string, { person, number }: { person: { name: string }; number: string }): boolean {
	const all = plain(`${person.name} ${number}`);
	return plain(looked)
		.split(/\s+/)
		.every((word) => all.includes(word));
}
