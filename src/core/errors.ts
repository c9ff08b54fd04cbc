/** What can go wrong in the world. Each code is the key of its sentence in `locales`: `error.<code>`. */
export type ErrorCode =
	| 'offline' // no answer from the network
	| 'timeout' // the network answered too late
	| 'server' // the other side answered with an error
	| 'not-found' // the other side does not have it
	| 'corrupt' // bytes do not match their hash, or are not what they should be
	| 'signature' // the signature is missing or not by a known key
	| 'older' // an older edition than the one on the phone
	| 'newer' // made for a newer app than this one
	| 'storage-full' // no room on the phone
	| 'storage' // the phone's storage refuses
	| 'voice' // the narration cannot be played
	| 'copy' // a file that is no saved copy of progress
	| 'preparing' // the voice is still being made
	| 'camera-refused' // the camera may not be used here
	| 'camera-none' // there is no camera, or it is in use
	| 'unknown';

/** The world failed. `device` throws it, `app` catches it and makes it state, a screen says `error.<code>`. */
export class AppError extends Error {
	readonly code: ErrorCode;
	constructor(code: ErrorCode, options?: ErrorOptions) {
		super(code, options);
		this.name = 'AppError';
		this.code = code;
	}
}
