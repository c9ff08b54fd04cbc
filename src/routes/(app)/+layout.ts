/** Every screen but the first has the app as `data.app`; it is built with the first of them. */
export const load = async ({ parent }) => await (await parent()).open();
