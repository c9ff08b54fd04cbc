const prefix = 'passport.';

/** The second store, for small things that must not be lost: localStorage, one key for each. */
export type Mirror = ReturnType<typeof createMirror>;

/** A mirror over a `Storage`; without one, or when it refuses, `write` says false and `read` finds nothing. */
export function createMirror(given: Storage | undefined) {
	const storage = (): Storage | undefined => {
		try {
			return given ?? globalThis.localStorage;
		} catch {
			return undefined; // the browser forbids it: there is no mirror, and that is no failure
		}
	};

	return {
		/** The value of a name; undefined if there is none or it is not readable. */
		read(name: string): unknown {
			try {
				const text = storage()?.getItem(prefix + name);
				return text ? JSON.parse(text) : undefined;
			} catch {
				return undefined; // a damaged mirror is an empty mirror
			}
		},
		/** Keeps a value; false if there is no room or no storage. */
		write(name: string, value: unknown): boolean {
			try {
				const into = storage();
				into?.setItem(prefix + name, JSON.stringify(value));
				return into !== undefined;
			} catch {
				return false;
			}
		},
		remove(name: string): void {
			try {
				storage()?.removeItem(prefix + name);
			} catch {
				return; // nothing can be kept there, so nothing is
			}
		},
		/** The names that begin so. */
		names(start: string): string[] {
			try {
				const from = storage();
				const keys = Array.from({ length: from?.length ?? 0 }, (_, at) => from!.key(at)!);
				return keys.filter((key) => key.startsWith(prefix + start)).map((key) => key.slice(prefix.length));
			} catch {
				return [];
			}
		},
		/** Empties all storage of the site that is not the database: this one and that of the tab. */
		clear(): void {
			try {
				storage()?.clear();
				globalThis.sessionStorage?.clear();
			} catch {
				return; // forbidden storage holds nothing
			}
		}
	};
}
