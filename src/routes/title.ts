import type { App } from '#app/index.ts';

/** What the screen of a route is called, for the tab and for a screen reader that has just arrived there. */
export function title(app: App, route: string | null, { course = '', lesson }: { course?: string; lesson?: string }): string {
	const { t } = app.i18n;
	const named = app.courses.listed(course)?.plain ?? t('tabs.courses');
	switch (route) {
		case '/':
			return t(app.settings.started ? 'home.title' : 'start.title');
		case '/courses':
			return t('catalogue.title');
		case '/courses/[course]':
			return named;
		case '/courses/[course]/[lesson]':
			return app.courses.lessons.find((one) => one.lesson.id === lesson)?.title ?? named;
		case '/courses/[course]/assessment':
			return t('assessment.title');
		case '/review':
			return t('review.title');
		case '/passport':
			return t('tabs.passport');
		case '/settings':
			return t('settings.title');
		case '/settings/sync':
			return t('sync.title');
		case '/settings/data':
			return t('data.title');
		case '/settings/space':
			return t('disk.title');
		case '/settings/about':
			return t('about.title');
		default:
			return t('error.title');
	}
}
