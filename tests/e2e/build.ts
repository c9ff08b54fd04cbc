import { execSync } from 'node:child_process';

/** Builds the app and the endpoint once, and prepares the voices that the flows listen to. E2E_BUILT=1 takes what is there. */
export default function build(): void {
	if (process.env['E2E_BUILT']) return;
	const run = (command: string) => execSync(command, { stdio: ['ignore', 'ignore', 'inherit'] });
	run('npm run build:app');
	run('npm run narrate -- communication en cards');
}
