import { error } from '@sveltejs/kit';

export const prerender = true;

/** The first screen stands before the app is there; the home of one who has started needs it. */
export const load = async ({ parent }) => {
	const { settings, open } = await parent();
	if (!settings.started) return {};
	const [{ app }, { default: Home }] = await Promise.all([open(), import('./Home.svelte').catch(() => error(503))]);
	return { app, Home };
};
