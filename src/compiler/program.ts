import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Arguments with which Node runs a TypeScript file as a program of its own; the file's path follows. */
export const typescript = ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
