import { expect, test } from 'vitest';
import { check } from '#compiler/check.ts';
import { listed } from '#compiler/laws.ts';

test('the courses keep every law of writing', { timeout: 180_000 }, async () => {
	const { table, problems } = await check(process.cwd());
	expect(table).toMatch(/^communication +pl /m);
	expect(listed(problems.filter(({ severity }) => severity === 'error'))).toBe('');
});
