import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** What the unit tests write lies in one folder, which goes with them. */
export default function temporary(): () => void {
	const folder = mkdtempSync(path.join(tmpdir(), 'passport-unit-'));
	process.env['TMPDIR'] = folder;
	return () => rmSync(folder, { recursive: true, force: true });
}
