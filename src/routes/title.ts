import type { Office } from '#app/certification/office.svelte.ts';
import type { App } from '#app/index.ts';

/** The parts of the office, by the first step of their address. */
const desks = {
	applications: 'office.desk.applications',
	sessions: 'office.desk.sessions',
	attempts: 'office.attempts.title',
	appeals: 'office.appeals.title',
	credentials: 'office.credentials.title',
	items: 'office.items.title',
	register: 'office.register.title'
} as const;

/** What the screen of a route is called, for the tab and for a screen reader that has just arrived there. */
export function title(
	app: App,
	route: string | null,
	params: { course?: string; lesson?: string; attempt?: string },
	office?: Pick<Office, 'named'>
): string {
	const { course = '', lesson, attempt } = params;
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
		case '/(certification)/passport':
			return t('tabs.passport');
		case '/(certification)/passport/share':
			return t('passport.share-title');
		case '/(certification)/passport/phone':
			return t('passport.phone.title');
		case '/(certification)/passport/[credential]':
			return t('passport.title-label');
		case '/(certification)/print/certificate/[credential]':
			return t('passport.print');
		case '/(certification)/print/poster':
			return t('settings.poster');
		case '/(certification)/print/booklet':
			return t('passport.paper.booklet');
		case '/(certification)/verify':
			return t('verify.title');
		case '/(certification)/scheme':
			return t('passport.scheme.title');
		case '/(certification)/exam':
		case '/(certification)/exam/[form]':
			return t('exam.title');
		case '/(certification)/exam/apply':
			return t('exam.apply');
		case '/(certification)/exam/result/[attempt]':
			return t('exam.result.title');
		case '/(certification)/exam/appeal':
			return t(`exam.appeal.${attempt ? 'appeal' : 'complaint'}`);
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
		case '/(certification)/office':
			return t('office.title');
		default: {
			const desk = /^\/\(certification\)\/office\/(\w+)/.exec(route ?? '')?.[1];
			return desk === undefined ? t('error.title') : (office?.named(params) ?? t(desks[desk as keyof typeof desks]));
		}
	}
}
