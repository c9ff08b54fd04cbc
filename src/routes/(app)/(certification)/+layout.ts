/** Every screen of certification has the house as `data.house`; it is built with the first of them. */
export const load = async ({ parent }) => ({ house: await (await parent()).certify() });
