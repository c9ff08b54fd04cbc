import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Arguments with which Node runs a TypeScript file as a program of its own; the file's path follows. Programs here make and drop
 * large buffers: with one thread for garbage they take half the CPU time, which leaves the other core to the next program.
 */
export const typescript = ['--single-threaded-gc', '--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
