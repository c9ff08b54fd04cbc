import type { createShell as createDeviceShell, Place } from '#device/shell.ts';

type DeviceShell = ReturnType<typeof createDeviceShell>;

export type Shell = ReturnType<typeof createShell>;

/** Installing and updating the app, as the screens show it. */
export function createShell(shell: DeviceShell) {
	let place = $state<Place>(shell.place());
	let offered = $state(false);
	let updateReady = $state(false);
	let offlineReady = $state(false);

	shell.watchInstall({
		offered: () => (offered = true),
		installed: () => {
			offered = false;
			place = 'installed';
		}
	});

	return {
		/** How this phone can install the app: by a button, by hand on an iPhone, not inside another app; undefined when there is nothing to do. */
		get way(): 'button' | 'ios' | 'inside' | undefined {
			return place === 'ios' || place === 'inside' ? place : place === 'tab' && offered ? 'button' : undefined;
		},
		get updateReady() {
			return updateReady;
		},
		get offlineReady() {
			return offlineReady;
		},
		start: (): Promise<void> => shell.register({ offlineReady: () => (offlineReady = true), updateReady: () => (updateReady = true) }),
		/** Uses the waiting version: every tab reloads at the place it is. */
		update: () => shell.update(),
		async install(): Promise<void> {
			offered = false; // the browser lets it be asked once
			await shell.install();
		},
		copyAddress: () => shell.copyAddress()
	};
}
