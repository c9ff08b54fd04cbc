import * as z from 'zod/mini';
import { Uuid } from '#core/answer.ts';
import { AppError } from '#core/errors.ts';
import { signatureBase, type PublicKey } from '#core/wire.ts';
import type { Database } from './db.ts';
import { base64, createPair, digest, publicKey, signText } from './keys.ts';
import type { Mirror } from './mirror.ts';

const Numbers = z.object({ learner: Uuid, device: Uuid });
/** Two random numbers: hers, the same on all her phones, and this phone's. Nothing else says who she is. */
export type Numbers = z.infer<typeof Numbers>;

/** A request ready to go: the headers that sign it. */
export type Signature = { 'content-digest': string; 'signature-input': string; signature: string };

export type Learner = ReturnType<typeof createLearner>;

/** Who she is to the endpoint: random numbers, and a key that cannot leave the phone. */
export function createLearner({
	database,
	mirror,
	random
}: {
	database: Database;
	mirror: Mirror;
	random: (length: number) => Uint8Array;
}) {
	/** What the database says. */
	let known: Numbers | undefined;
	/** Made while the database could not be asked and the mirror was empty; they count until it can. */
	let guess: Numbers | undefined;
	let loading: Promise<Numbers> | undefined;
	let pair: { device: string; loading: Promise<CryptoKeyPair> } | undefined;

	const keep = (chosen: Numbers): Numbers => (mirror.write('learner', chosen), chosen);
	const mirrored = () => Numbers.safeParse(mirror.read('learner')).data;
	const made = (learner = uuid(random(16))): Numbers => ({ learner, device: uuid(random(16)) });

	/** The learner's number survives in the mirror when the database is lost; the key does not, so the phone gets a new number. */
	async function load(): Promise<Numbers> {
		const second = mirrored();
		try {
			known = await database.use((db) =>
				db.transaction('rw', db.settings, async () => {
					const kept = Numbers.safeParse((await db.settings.get('learner'))?.value).data;
					if (kept) return kept;
					const value = guess ?? made(second?.learner);
					await db.settings.put({ name: 'learner', value });
					return value;
				})
			);
			guess = undefined;
			return keep(known);
		} catch (cause) {
			if (!(cause instanceof AppError)) throw cause;
			return second ?? known ?? guess ?? keep((guess = made()));
		}
	}

	async function loadPair(device: string): Promise<CryptoKeyPair> {
		const name = `key/${device}`;
		const kept = await database.use((db) => db.settings.get(name));
		if (kept) return kept.value as CryptoKeyPair;
		const made = await createPair();
		return database.use((db) =>
			db.transaction('rw', db.settings, async () => {
				const other = await db.settings.get(name); // another tab may have been quicker
				if (other) return other.value as CryptoKeyPair;
				await db.settings.put({ name, value: made });
				return made;
			})
		);
	}

	async function who(): Promise<Numbers> {
		const told = mirrored();
		if (known && told?.learner === known.learner && told.device === known.device) return known;
		return (loading ??= load().finally(() => (loading = undefined))); // another tab may have changed or erased them
	}
	async function keys(device: string): Promise<CryptoKeyPair> {
		if (pair?.device !== device) pair = { device, loading: loadPair(device) };
		const mine = pair;
		mine.loading.catch(() => pair === mine && (pair = undefined));
		return mine.loading;
	}
	async function become(value: Numbers): Promise<Numbers> {
		await database.use((db) => db.settings.put({ name: 'learner', value }));
		return keep((known = value));
	}

	return {
		/** Her numbers; made on first use. Never fails: without storage they live as long as the tab. */
		who,
		/** The public half of the phone's key. Throws `AppError`. */
		publicKey: async (): Promise<PublicKey> => publicKey(await keys((await who()).device)),
		/** Signs a request as `core/wire` says; `created` is the endpoint's time in milliseconds. Throws `AppError`. */
		async sign(method: string, path: string, body: Uint8Array<ArrayBuffer>, created: number): Promise<Signature> {
			const hash = base64(await digest(body));
			const { device } = await who();
			const { text, input } = signatureBase(method, path, hash, Math.floor(created / 1000), device);
			return {
				'content-digest': `sha-256=:${hash}:`,
				'signature-input': `sig=${input}`,
				signature: `sig=:${await signText(await keys(device), text)}:`
			};
		},
		/** Takes the number of a saved copy, so that this phone and the one of the copy are one learner; the phone's own, which the endpoint may know as somebody else's, is new. Throws `AppError`. */
		adopt: async (learner: string): Promise<Numbers> => (learner === (await who()).learner ? who() : become(made(learner))),
		/** New numbers and a new key: for the endpoint she is somebody else from now on. Throws `AppError`. */
		renew: (): Promise<Numbers> => become(made()),
		/** Forgets what is in memory, after everything was erased. */
		forget(): void {
			known = guess = loading = pair = undefined;
		}
	};
}

/** A random UUID (version 4) of 16 random bytes. */
function uuid(random: Uint8Array): string {
	const bytes = random.slice(0, 16);
	bytes[6] = 0x40 | (bytes[6]! & 0x0f);
	bytes[8] = 0x80 | (bytes[8]! & 0x3f);
	const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
