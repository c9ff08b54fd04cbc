import type { Office } from '#app/certification/office.svelte.ts';
import type { App } from '#app/index.ts';
import type { I18n } from '#app/i18n.svelte.ts';
import type { Settings } from '#app/settings.svelte.ts';

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
	{ i18n, settings }: { i18n: I18n; settings: Settings },
	route: string | null,
	params: { course?: string; lesson?: string; attempt?: string },
	app?: App,
	office?: Pick<Office, 'named'>
): string {
	const { course = '', lesson, attempt } = params;
	const { t } = i18n;
	const named = app?.courses.listed(course)?.plain ?? t('tabs.courses');
	const screen = route?.replace(/\/\(\w+\)/g, '');
	switch (screen) {
		case '/':
			return t(settings.started ? 'home.title' : 'start.title');
		case '/courses':
			return t('catalogue.title');
		case '/courses/[course]':
			return named;
		case '/courses/[course]/[lesson]':
			return app?.courses.lessons.find((one) => one.lesson.id === lesson)?.title ?? named;
		case '/courses/[course]/assessment':
			return t('assessment.title');
		case '/review':
			return t('review.title');
		case '/passport':
			return t('tabs.passport');
		case '/passport/share':
			return t('passport.share-title');
		case '/passport/phone':
			return t('passport.phone.title');
		case '/passport/[credential]':
			return t('passport.title-label');
		case '/print/certificate/[credential]':
			return t('passport.print');
		case '/print/poster':
			return t('settings.poster');
		case '/print/booklet':
			return t('passport.paper.booklet');
		case '/verify':
			return t('verify.title');
		case '/scheme':
			return t('passport.scheme.title');
		case '/exam':
		case '/exam/[form]':
			return t('exam.title');
		case '/exam/apply':
			return t('exam.apply');
		case '/exam/result/[attempt]':
			return t('exam.result.title');
		case '/exam/appeal':
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
		case '/office':
			return t('office.title');
		default: {
			const desk = /^\/office\/(\w+)/.exec(screen ?? '')?.[1];
			return desk === undefined ? t('error.title') : (office?.named(params) ?? t(desks[desk as keyof typeof desks]));
		}
	}
}
