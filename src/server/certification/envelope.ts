import { createCipheriv, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { envelopeData, rounds, sessionCode, type Envelope, type Form } from '#core/exam.ts';

const derive = promisify(pbkdf2);

/** A new session code, for one envelope alone. */
export const createCode = (): string => sessionCode(randomBytes(12));

/** Seals a form, so that the code alone (as `sessionCode` writes it) opens it. `starts`: when its session begins, in milliseconds. */
export async function sealForm(form: Form, code: string, starts: number): Promise<Envelope> {
	const [salt, iv] = [randomBytes(16), randomBytes(12)];
	const head = { form: form.id, session: form.session, candidate: form.candidate };
	const cipher = createCipheriv('aes-256-gcm', await derive(code, salt, rounds, 32, 'sha256'), iv);
	cipher.setAAD(Buffer.from(envelopeData(head)));
	const box = Buffer.concat([cipher.update(gzipSync(JSON.stringify(form), { level: 9 })), cipher.final(), cipher.getAuthTag()]);
	return {
		v: 1,
		...head,
		course: form.course,
		starts,
		salt: salt.toString('base64url'),
		rounds,
		iv: iv.toString('base64url'),
		box: box.toString('base64url')
	};
}
