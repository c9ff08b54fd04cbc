import { expect, test } from 'vitest';
import { check } from '#compiler/check.ts';
import { readCourses } from '#compiler/content.ts';
import { bank } from '#compiler/exams.ts';
import { listed } from '#compiler/laws.ts';
import { readScheme } from '#compiler/scheme.ts';
import { createCode, sealForm } from '#server/certification/envelope.ts';
import { createForm } from '#server/certification/form.ts';

test('the courses keep every law of writing', { timeout: 180_000 }, async () => {
	const { table, problems } = await check(process.cwd());
	expect(table).toMatch(/^communication +pl /m);
	expect(listed(problems.filter(({ severity }) => severity === 'error'))).toBe('');
});

test('an exam form of every course that is written takes at most 60 kB, sealed', { timeout: 120_000 }, async () => {
	const { courses } = readCourses(process.cwd());
	const { scheme } = readScheme(process.cwd(), courses);
	expect(courses.length).toBe(20);
	const [id, session, candidate, application] = Array.from({ length: 4 }, () => crypto.randomUUID());
	const about = { id: id!, session: session!, candidate: candidate!, application: application!, scheme: scheme!.structure };
	for (const course of courses) {
		const { form } = createForm({ ...about, bank: bank(course)!, granted: [], seal: { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'y'.repeat(43) }, exposure: {} });
		const envelope = await sealForm(form, createCode(), 0);
		expect(JSON.stringify(envelope).length, course.id).toBeLessThanOrEqual(60_000);
	}
});
