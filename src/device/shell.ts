import type { Workbox } from 'workbox-window';

/** What kind of place the app runs in: installed, or a tab of a browser that can install it by a button, by hand (iPhone), or not at all (inside another app). */
export type Place = 'installed' | 'tab' | 'ios' | 'inside';

type InstallPrompt = Event & { prompt: () => Promise<void>; userChoice: Promise<{ outcome: 'accepted' | 'dismissed' }> };

/** The app's shell on this phone: registration, updates, installing. `changed` is told when something of it changes. */
export function createShell() {
	let worker: Workbox | undefined;
	let prompt: InstallPrompt | undefined;

	/** The script's address in the form that Trusted Types ask for where the browser has them. */
	function scriptUrl(): string {
		const policy = (
			globalThis as {
				trustedTypes?: {
					createPolicy: (
						name: string,
						rules: { createScriptURL: (url: string) => string }
					) => { createScriptURL: (url: string) => unknown };
				};
			}
		).trustedTypes?.createPolicy('passport-worker', {
			createScriptURL: (url) => {
				if (url !== '/service-worker.js') throw new TypeError(url);
				return url;
			}
		});
		return (policy?.createScriptURL('/service-worker.js') ?? '/service-worker.js') as string;
	}

	return {
		/** Where the app runs, by display mode and user agent. */
		place(): Place {
			const agent = navigator.userAgent;
			if (matchMedia('(display-mode: standalone)').matches || (navigator as { standalone?: boolean }).standalone) return 'installed';
			if (/FBAN|FBAV|FB_IAB|Instagram|Messenger|Line\/|MicroMessenger|TikTok|; wv\)/.test(agent)) return 'inside';
			const ios = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
			return ios ? 'ios' : 'tab';
		},
		/** Registers the service worker; tells when the shell is complete on the phone and when a newer one waits. */
		async register(told: { offlineReady: () => void; updateReady: () => void }): Promise<void> {
			if (!('serviceWorker' in navigator)) return;
			const library = await import('workbox-window').catch(() => undefined); // after the first screen; where it does not come, the next start has it
			if (!library) return;
			const workbox = new library.Workbox(scriptUrl(), { type: 'classic', updateViaCache: 'none' });
			worker = workbox;
			workbox.addEventListener('installed', (event) => !event.isUpdate && told.offlineReady());
			workbox.addEventListener('waiting', () => told.updateReady());
			let controlled = !!navigator.serviceWorker.controller;
			navigator.serviceWorker.addEventListener('controllerchange', () => {
				if (controlled) location.reload();
				controlled = true;
			});
			document.addEventListener('visibilitychange', () => {
				if (document.visibilityState === 'visible') workbox.update().catch(() => undefined);
			});
			await workbox.register().catch(() => undefined);
			void navigator.serviceWorker.ready.then(({ active }) => active?.postMessage({ type: 'KEEP_HOUSE' }));
		},
		/** Takes the waiting shell into use in all tabs, which reload. */
		update: () => worker?.messageSkipWaiting(),
		/** Keeps the browser's offer to install for later; tells when it comes and when the app was installed. */
		watchInstall(told: { offered: () => void; installed: () => void }): void {
			addEventListener('beforeinstallprompt', (event) => {
				event.preventDefault();
				prompt = event as InstallPrompt;
				told.offered();
			});
			addEventListener('appinstalled', () => {
				prompt = undefined;
				told.installed();
			});
		},
		/** Shows the browser's install question; true if it was accepted. */
		async install(): Promise<boolean> {
			const asked = prompt;
			prompt = undefined;
			await asked?.prompt();
			return (await asked?.userChoice)?.outcome === 'accepted';
		},
		/** Loads the app anew, after `before`, if its host can be reached; false if not: the browser's own page would come instead. */
		async restart(before: () => void): Promise<boolean> {
			const reached = await fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
				({ ok }) => ok,
				() => false
			);
			if (reached) {
				before();
				location.reload();
			}
			return reached;
		},
		/** Copies the app's address, to be pasted into a browser; false where that is not allowed. */
		copyAddress: (): Promise<boolean> =>
			navigator.clipboard?.writeText(location.origin).then(
				() => true,
				() => false
			) ?? Promise.resolve(false)
	};
}
