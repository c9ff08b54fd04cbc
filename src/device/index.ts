import { createAnswers } from './answers.ts';
import { createBackup } from './backup.ts';
import { createBase, type Base } from './base.ts';
import { createCatalogue } from './catalogue.ts';
import { createCourier } from './courier.ts';
import { createDisk } from './disk.ts';
import { createEndpoint } from './endpoint.ts';
import { createFiles } from './files.ts';
import { createLearner } from './learner.ts';
import { createMoments } from './moments.ts';
import { createNet } from './net.ts';
import { createOutbox } from './outbox.ts';
import { createPacks } from './packs.ts';
import { Place, Sitting, createRecords } from './records.ts';
import { createVoice } from './voice.ts';

/** Where the device stands: the key that signs packs, the addresses of packs and endpoint, and what a test brings instead of the browser's own. */
export type World = {
	packKey: JsonWebKey;
	/** Where packs lie, without a slash at the end. */
	packs?: string;
	/** The endpoint's address; empty is the site of the app. */
	endpoint?: string;
	now?: () => number;
	random?: (length: number) => Uint8Array;
	fetch?: typeof fetch;
	indexedDB?: IDBFactory;
	localStorage?: Storage;
	locks?: LockManager | undefined;
	events?: EventTarget;
	wait?: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
};

/** What the phone can do. Nothing is opened or fetched before it is asked for. */
export type Device = ReturnType<typeof createDevice>;

/** Builds the device: all that the app may ask of a phone. Only this floor touches the browser; what the world refuses comes as `AppError`. */
export function createDevice(world: World, { database, mirror, preferences }: Base = createBase(world)) {
	const { packKey, packs: base = '/packs', endpoint: site = '', now = Date.now } = world;
	const random = world.random ?? ((length: number) => crypto.getRandomValues(new Uint8Array(length)));
	const locks = 'locks' in world ? world.locks : typeof navigator === 'undefined' ? undefined : navigator.locks;

	const net = createNet({ fetching: world.fetch, locks });
	const learner = createLearner({ database, mirror, random });
	const answers = createAnswers({ database, mirror, learner, now, random });
	const places = createRecords({ database, mirror, table: 'places', key: (place: Place) => place.name, schema: Place });
	const sittings = createRecords({ database, mirror, table: 'sittings', key: (sitting: Sitting) => sitting.id, schema: Sitting });
	const voice = createVoice();
	const catalogue = createCatalogue({ database, net, base, packKey });
	const files = createFiles({ database, net, base });
	const packs = createPacks({ database, files, net, base, packKey, sound: voice.sound, now });

	/** Forgets all that is in memory. */
	function forget(): void {
		voice.stop();
		for (const part of [answers, learner, packs, catalogue, preferences]) part.forget();
	}

	return {
		now,
		/** Random bytes. */
		random,
		/** A random number from 0 up to 1. */
		chance: (): number => new DataView(random(4).slice().buffer).getUint32(0) / 2 ** 32,
		database,
		net,
		moments: createMoments(world.events, world.wait),
		preferences,
		learner,
		answers,
		outbox: createOutbox({ database, learner, answers, now }),
		endpoint: createEndpoint({ net, learner, base: site, now }),
		courier: createCourier({ database, base: site }),
		places,
		sittings,
		catalogue,
		files,
		packs,
		voice,
		disk: createDisk({ database }),
		backup: createBackup({ database, mirror, learner, answers, places, sittings, preferences, now, forget })
	};
}
