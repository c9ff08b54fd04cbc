import type { HandleClientError } from '@sveltejs/kit';

/** A bug: told to the console, nothing leaves the phone. The screen says what to do next. An address that is not there is no bug. */
export const handleError: HandleClientError = ({ error, status, message }) => {
	if (status !== 404 && status !== 503) console.error(error);
	return { message };
};
