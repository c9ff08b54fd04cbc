import type { Device } from '#device/index.ts';
import { createAssessment } from './assessment.svelte.ts';
import { createCourses } from './courses.svelte.ts';
import { createData } from './data.svelte.ts';
import { createDownloads } from './downloads.svelte.ts';
import type { I18n } from './i18n.svelte.ts';
import { createLesson } from './lesson.svelte.ts';
import { createNarration } from './narration.svelte.ts';
import { createReview } from './review.svelte.ts';
import { createSettings } from './settings.svelte.ts';
import { createSync } from './sync.svelte.ts';

export type App = ReturnType<typeof createApp>;

/** Builds the app on a device. `start` repairs what was lost, asks for the catalogue and begins to send; no screen waits for it. */
export function createApp(device: Device, i18n: I18n) {
	const settings = createSettings(device);
	const courses = createCourses(device, i18n);
	const sync = createSync(device);
	const narration = createNarration(device, i18n, settings, courses);
	const downloads = createDownloads(device, i18n, courses, narration);
	const record = async (draft: Parameters<Device['answers']['record']>[0]) => {
		const { answer, kept } = await device.answers.record(draft);
		courses.took(answer);
		await sync.count();
		return kept;
	};
	return {
		i18n,
		settings,
		courses,
		downloads,
		narration,
		sync,
		lesson: createLesson(device, i18n, courses, sync, record),
		assessment: createAssessment(device, i18n, courses, sync, record),
		review: createReview(device, i18n, courses, sync, record),
		data: createData(device, courses, sync),
		async start(): Promise<void> {
			await device.answers.repair();
			await Promise.all([device.places.repair(), device.sittings.repair()]);
			await courses.load();
			await downloads.restore();
			await sync.start();
		}
	};
}

/** Keeps an answer and tells everybody; where it is kept is the reply. */
export type Record = (draft: Parameters<Device['answers']['record']>[0]) => Promise<'database' | 'mirror' | 'memory'>;
