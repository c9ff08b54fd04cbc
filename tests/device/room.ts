import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, hkdfSync, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { createCandidate } from '#device/certification/candidate.ts';
import { createCertificationDevice } from '#device/certification/index.ts';
import { createExams } from '#device/certification/exams.ts';
import { Attempt, sealedData, type Form, type Sealed } from '#core/exam.ts';
import { locales } from '#core/text.ts';
import { PublicKey } from '#core/wire.ts';
import { sealForm } from '#server/certification/envelope.ts';
import { createWorld, site } from './world.ts';

export const code = '7K3M-0QXZ-9ABC';
export type Room = Awaited<ReturnType<typeof createRoom>>;

/** The key of the certification body, and what it does with it: opens what was sealed to it with node:crypto. */
function createBody() {
	const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const { kty, crv, x, y } = pair.publicKey.export({ format: 'jwk' });
	return {
		key: PublicKey.parse({ kty, crv, x, y }),
		opened(sealed: Sealed): { attempt: Attempt; signature: string; payload: string } {
			const secret = diffieHellman({
				privateKey: createPrivateKey({ key: pair.privateKey.export({ format: 'jwk' }), format: 'jwk' }),
				publicKey: createPublicKey({ key: sealed.key, format: 'jwk' })
			});
			const box = Buffer.from(sealed.box, 'base64url');
			const key = Buffer.from(hkdfSync('sha256', secret, '', 'responses', 32));
			const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64url'));
			decipher.setAAD(Buffer.from(sealedData(sealed)));
			decipher.setAuthTag(box.subarray(-16));
			const signed = JSON.parse(gunzipSync(Buffer.concat([decipher.update(box.subarray(0, -16)), decipher.final()])).toString());
			return { ...signed, attempt: Attempt.parse(JSON.parse(signed.payload)) };
		}
	};
}

/** A form with an item of five kinds, in five languages. */
export function form(candidate: string, seal: PublicKey, more: Partial<Form> = {}): Form {
	const items: Form['items'] = [
		{ id: 'one', outcome: 'listen', kind: 'choice', options: ['b', 'a', 'c'] },
		{ id: 'two', outcome: 'listen', kind: 'multiple', options: ['c', 'a', 'b'] },
		{ id: 'three', outcome: 'speak', kind: 'match', options: ['a', 'b'], targets: ['y', 'x'] },
		{ id: 'four', outcome: 'speak', kind: 'number' },
		{
			id: 'five',
			outcome: 'speak',
			kind: 'scenario',
			steps: [
				{ id: 's1', options: ['a', 'b'] },
				{ id: 's2', options: ['b', 'a'] }
			]
		}
	];
	const keys = ['one.question', 'one.a.text', 'one.b.text', 'one.c.text'];
	const words = Object.fromEntries(locales.map((locale) => [locale, keys.map((key) => `${key} in ${locale}`)])) as Form['words'];
	return {
		v: 1,
		id: randomUUID(),
		session: randomUUID(),
		candidate,
		application: randomUUID(),
		course: 'communication',
		scheme: { id: 'passport', version: 1 },
		minutes: 40,
		granted: [],
		items,
		keys,
		words,
		seal,
		...more
	};
}

/** A world with an exam in it: a phone, the certification body behind the line, and a clock that nobody can set. */
export async function createRoom() {
	const world = await createWorld();
	const body = createBody();
	const room = {
		world,
		body,
		/** What `performance.now()` says on the phone. */
		elapsed: 1000,
		/** What the certification body replies to `METHOD /path`; without one it cannot be reached. */
		replies: {} as Record<string, (request: Request) => unknown>,
		asked: [] as string[],
		/** Time goes on, by both clocks. */
		pass(milliseconds: number): void {
			room.elapsed += milliseconds;
			world.pass(milliseconds);
		},
		/** Opens the app in another tab; what ran before is killed. */
		open(tab = world.phone.open()) {
			const more = { packKey: {}, packs: '/packs', site, issuers: [] };
			const parts = { ...tab.device, ...more };
			const candidate = createCandidate(parts);
			const exams = createExams(parts, candidate, { elapsed: () => room.elapsed });
			return { ...tab, house: { ...createCertificationDevice(tab.device, more), candidate, exams } };
		},
		/** A form that is sealed for her. */
		async sealed(candidate: string, more: Partial<Form> = {}) {
			const made = form(candidate, body.key, more);
			return { form: made, envelope: await sealForm(made, code, Date.now()) };
		}
	};
	world.line.always = async (request) => {
		const name = `${request.method} ${new URL(request.url).pathname}`;
		room.asked.push(name);
		const reply = Object.entries(room.replies).find(([key]) => name.startsWith(key))?.[1];
		if (!reply) throw new TypeError('fetch failed');
		const said = await reply(request);
		return said instanceof Response ? said : Response.json(said);
	};
	return room;
}
