/** What is on this device is opened before the first screen of the office. */
export const load = async ({ parent }) => {
	const { house } = await parent();
	await house.office.start();
};
