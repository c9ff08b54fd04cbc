import { defineConfig } from '@playwright/test';
import { chromiumArgs, chromiumPath } from './tests/e2e/chromium.ts';

export default defineConfig({
	testDir: 'tests/e2e',
	testMatch: '*.spec.ts',
	globalSetup: './tests/e2e/build.ts',
	outputDir: 'test-results',
	workers: 3, // a page waits now and then: three keep two cores busy
	fullyParallel: true,
	retries: 1, // sounds and service workers on a busy machine; what needs it is told as flaky
	timeout: 180_000,
	expect: { timeout: 15_000 },
	forbidOnly: true,
	reporter: [['list']],
	use: {
		viewport: { width: 360, height: 640 },
		hasTouch: true,
		serviceWorkers: 'allow',
		trace: 'off',
		launchOptions: { executablePath: await chromiumPath(), args: chromiumArgs }
	}
});
