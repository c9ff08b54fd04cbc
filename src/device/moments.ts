/** What happens to the phone while the app is open. */
export type Moment = 'online' | 'focus' | 'hidden';

export type Moments = ReturnType<typeof createMoments>;

/** Tells of moments and of time. `events` is the window; `wait` keeps time. */
export function createMoments(
	events: EventTarget | undefined,
	wait: (milliseconds: number, signal?: AbortSignal) => Promise<void> = waited
) {
	const target = events ?? (typeof window === 'undefined' ? undefined : window);
	const visible = () => typeof document === 'undefined' || document.visibilityState === 'visible';

	return {
		/** Calls `then` whenever it happens, until the returned function is called. `focus` is also coming back to a tab that was hidden. */
		on(moment: Moment, then: () => void): () => void {
			const [name, holds] =
				moment === 'online'
					? ['online', () => true]
					: moment === 'focus'
						? ['visibilitychange', visible]
						: ['visibilitychange', () => !visible()];
			const heard = () => holds() && then();
			target?.addEventListener(name, heard);
			return () => target?.removeEventListener(name, heard);
		},
		/** Resolves after some milliseconds, or at once when the signal says so. */
		wait
	};
}

function waited(milliseconds: number, signal?: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		if (signal?.aborted) return resolve();
		const timer = setTimeout(resolve, milliseconds);
		signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true });
	});
}
