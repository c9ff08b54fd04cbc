import { expect, test } from 'vitest';
import { checked, listed } from '#compiler/laws.ts';

test('the courses keep every law of writing', () => {
	const { courses, problems } = checked('content');
	expect(courses.map(({ id }) => id)).toContain('communication');
	expect(listed(problems.filter(({ severity }) => severity === 'error'))).toBe('');
});
