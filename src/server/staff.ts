import { resolve } from 'node:path';
import { Role, roles } from '#core/office.ts';
import { createRecords } from './certification/records.ts';
import { Settings } from './settings.ts';

/** The people of the certification body, from the command line: there is no other way in, and no account that is there from the start. */
const use = `npm run staff -- add "Name" <role,role> <last day, as 2027-12-31>   prints her key, once
npm run staff -- list
npm run staff -- renew <id> <last day>   prints a new key, once; the old one holds no more
npm run staff -- end <id>
Roles: ${roles.join(', ')}`;

const [command, ...words] = process.argv.slice(2);
const records = createRecords(resolve(Settings.parse(process.env).CERTIFICATION));
const commands: Record<string, (words: string[]) => string | undefined> = { add, list, renew, end };
const said = Object.hasOwn(commands, command ?? '') ? commands[command!]!(words) : undefined;
records.close();
console.log(said ?? use);
if (!said) process.exitCode = 1;

function add([name = '', listed = '', day = '']: string[]): string | undefined {
	const until = endOf(day);
	const named = listed.split(',').map((role) => Role.safeParse(role));
	if (!name.trim() || !(until > Date.now()) || named.some(({ success }) => !success)) return undefined;
	const { id, key, code } = records.staff.add(name.trim(), [...new Set(named.map(({ data }) => data!))], until, Date.now());
	return `${name.trim()} is known until ${day}, as ${id}. Her code as a coach: ${code}\nHer key, which is shown this once: ${key}`;
}

function renew([id = '', day = '']: string[]): string | undefined {
	const until = endOf(day);
	const key = until > Date.now() ? records.staff.renew(id, until, Date.now()) : undefined;
	return key && `${id} is known until ${day}.\nHer key, which is shown this once: ${key}`;
}

function list(): string {
	const rows = records.staff.all().map(({ id, name, roles, until, code, stated }) => {
		const state = until < Date.now() ? 'ended' : `until ${new Date(until).toISOString().slice(0, 10)}`;
		return `${id}  ${code}  ${name}: ${roles.join(', ')}; ${state}${stated ? '' : '; statement not signed'}`;
	});
	return rows.join('\n') || 'Nobody is known yet.';
}

/** The last moment of a day; NaN if it is none. */
function endOf(day: string): number {
	return Date.parse(`${day}T23:59:59Z`);
}

function end([id = '']: string[]): string | undefined {
	return records.staff.end(id, Date.now()) ? `${id} has ended.` : undefined;
}
