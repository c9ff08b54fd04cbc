import type { Environment } from 'vitest/runtime';

/** Node, with the code as a browser gets it: runes are the signals of the browser, not those of a server. */
export default { name: 'browser', viteEnvironment: 'client', setup: () => ({ teardown: () => undefined }) } satisfies Environment;
