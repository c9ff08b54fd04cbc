import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { sealFile } from '#compiler/seal.ts';
import { openCertification } from '#server/certification/open.ts';
import { createRecords } from '#server/certification/records.ts';
import { Settings } from '#server/settings.ts';
import { folder } from '../endpoint.ts';
import { program } from '../program.ts';
import { scheme } from './house.ts';

const built = await program('staff');

/** The command, as a person types it. */
function staff(at: string, ...words: string[]) {
	const { stdout, status } = spawnSync(process.execPath, [built, ...words], {
		env: { ...process.env, CERTIFICATION: join(at, 'certification.db') },
		encoding: 'utf8'
	});
	return { said: stdout, status };
}

it('makes people known from the command line, prints a key once, lists them without it, and ends them', () => {
	const at = folder();
	expect(staff(at, 'list').said).toBe('Nobody is known yet.\n');
	const { said } = staff(at, 'add', 'Eleni Georgiou', 'invigilator,decider', '2099-12-31');
	const [, key] = /once: ([\w-]{32})\n/.exec(said)!;
	const listed = staff(at, 'list').said;
	expect(listed).toContain('Eleni Georgiou: invigilator, decider; until 2099-12-31; statement not signed');
	expect(listed).not.toContain(key);
	const records = createRecords(join(at, 'certification.db'));
	onTestFinished(records.close);
	const found = records.staff.byKey(key!)!;
	expect(found).toMatchObject({ name: 'Eleni Georgiou', roles: ['invigilator', 'decider'], stated: undefined });
	const [, renewed] = /once: ([\w-]{32})\n/.exec(staff(at, 'renew', found.id, '2098-06-30').said)!;
	expect(records.staff.byKey(key!)).toBeUndefined();
	expect(records.staff.byKey(renewed!)).toMatchObject({ id: found.id, code: found.code, until: Date.parse('2098-06-30T23:59:59Z') });
	expect(staff(at, 'end', found.id).status).toBe(0);
	expect(records.staff.state(found.id, Date.now())).toBe('expired');
	for (const wrong of [
		['add', 'X', 'king', '2099-12-31'],
		['add', 'X', 'coach', '2001-01-01'],
		['renew', found.id, '2001-01-01'],
		['renew', 'nobody', '2099-12-31'],
		['toString'],
		['end', 'nobody']
	]) {
		const { said, status } = staff(at, ...wrong);
		expect(said).toContain('npm run staff -- add');
		expect(status).toBe(1);
	}
}, 60_000);

it('opens the house of certification when the build made a seal and a scheme, and else writes nothing', async () => {
	const at = folder();
	const paths = {
		CERTIFICATION: 'c.db',
		SEAL_KEY: 'seal.json',
		EXAM_KEY: 'exam.json',
		BADGE_KEY: 'badge.json',
		PACKS: 'packs',
		EXAMS: 'exams'
	};
	const settings = Settings.parse(Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, join(at, path)])));
	expect(await openCertification(settings)).toBeUndefined();
	writeFileSync(join(at, 'seal.json'), JSON.stringify(await sealFile(at)));
	for (const name of ['packs', 'exams']) mkdirSync(join(at, name));
	writeFileSync(join(at, 'exams/scheme.json'), JSON.stringify(scheme));
	expect(await openCertification(settings)).toBeUndefined();
	expect(existsSync(join(at, 'c.db'))).toBe(false);
	const catalogue = { format: 2, release: 1, credentials: [], packs: {}, words: {} };
	writeFileSync(join(at, 'packs/catalogue.json'), JSON.stringify({ payload: JSON.stringify(catalogue), signature: '' }));
	await expect(openCertification(settings)).rejects.toThrow('build the app first');
});
