import { AppError, type ErrorCode } from '#core/errors.ts';

/** The code of what the world refused; a bug flies on. */
export function codeOf(cause: unknown): ErrorCode {
	if (cause instanceof AppError) return cause.code;
	throw cause;
}
