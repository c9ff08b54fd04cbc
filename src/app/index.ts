import type { Device } from '#device/index.ts';
import { createAssessment } from './assessment.svelte.ts';
import { createCourses } from './courses.svelte.ts';
import { createData } from './data.svelte.ts';
import { createDownloads } from './downloads.svelte.ts';
import type { I18n } from './i18n.svelte.ts';
import { createLesson } from './lesson.svelte.ts';
import { createNarration } from './narration.svelte.ts';
import { createReview } from './review.svelte.ts';
import { createSettings, type Settings } from './settings.svelte.ts';
import { createSync } from './sync.svelte.ts';

type Draft = Parameters<Device['answers']['record']>[0];
type Kept = Awaited<ReturnType<Device['answers']['record']>>['kept'];

/** Keeps an answer and tells everybody; where it is kept is the reply. */
export type Record = (answer: Omit<Draft, 'locale' | 'identity'>) => Promise<Kept>;

export type App = ReturnType<typeof createApp>;

/** Builds the app on a device. `start` repairs what was lost, asks for the catalogue and begins to send; no screen waits for it. */
export function createApp(device: Device, i18n: I18n, settings: Settings = createSettings(device)) {
	const courses = createCourses(device, i18n);
	const sync = createSync(device);
	const narration = createNarration(device, i18n, settings, courses);
	const downloads = createDownloads(device, i18n, courses, narration);

	const record: Record = async (answer) => {
		const { identities } = courses.opened?.id === answer.course ? courses.opened.pack : courses.outline(answer.course)!;
		const { answer: recorded, kept } = await device.answers.record({ ...answer, identity: identities[answer.item]!, locale: i18n.locale });
		courses.took(recorded);
		sync.took();
		return kept;
	};
	/** Fills the database and its mirror from each other, whichever was lost. */
	async function repair(): Promise<void> {
		await device.answers.repair();
		await Promise.all([device.places.repair(), device.sittings.repair()]);
		await settings.repair();
		const { locale } = device.preferences.read();
		if (locale && locale !== i18n.locale) await i18n.change(locale);
		await courses.refresh();
	}
	const review = createReview(device, i18n, courses, narration, sync, record);
	let ends: (() => void)[] = [];

	return {
		i18n,
		settings,
		courses,
		downloads,
		narration,
		sync,
		lesson: createLesson(device, courses, sync, record),
		assessment: createAssessment(device, courses, sync, record),
		review,
		data: createData(device, settings, courses, sync),
		async start(): Promise<void> {
			ends.push(
				device.moments.on('online', () => {
					downloads.online();
					if (courses.offline) void courses.load();
				}),
				device.moments.on('focus', () => {
					void courses.refresh();
					void review.load();
				})
			);
			await courses.show();
			const listed = courses.load();
			await repair();
			await downloads.restore();
			await Promise.all([sync.start(), listed]);
		},
		/** Ends what `start` began. */
		stop(): void {
			for (const end of ends) end();
			ends = [];
			narration.stop();
			void sync.stop();
		}
	};
}
