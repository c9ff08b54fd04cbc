import type { HandleClientError } from '@sveltejs/kit';

/** A bug: told to the console, nothing leaves the phone. The screen says what to do next. */
export const handleError: HandleClientError = ({ error, message }) => {
	console.error(error);
	return { message };
};
