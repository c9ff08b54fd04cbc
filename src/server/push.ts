import type { Handler } from 'hono';
import { Statement, answered, limits, type Pushed, type Verdict } from '#core/wire.ts';
import { opened } from './body.ts';
import type { Inside, Parts } from './door.ts';
import { refuse } from './refusal.ts';
import { row, type Row, type Sender } from './store.ts';

/** `POST /v1/push`: each statement is taken or refused by itself; the reply comes when what is taken is on the disk. */
export function push({ store, receipts }: Pick<Parts, 'store' | 'receipts'>): Handler<Inside> {
	return async (c) => {
		const sender = c.get('sender');
		const body = opened(c.get('bytes'), c.req.header('content-encoding'));
		if (typeof body === 'string') return refuse(c, body);
		if (!Array.isArray(body.json)) return refuse(c, 'body');
		if (body.json.length > limits.batch) return refuse(c, 'large');
		const judged = body.json.map((each) => judge(each, sender));
		const rows = judged.filter((each) => 'answer' in each);
		const now = Date.now();
		const { verdicts, stored, highest } = await store.push(sender, rows, now);
		const ids = rows.filter((_, index) => typeof verdicts[index] === 'number').map(({ answer }) => answer.id);
		const receipt = receipts.sign({ v: 1, device: sender.device, ids, stored, highest, at: now });
		const each = verdicts.values();
		return c.json({ v: 1, now, r: judged.map((one) => ('answer' in one ? each.next().value! : one)), receipt } satisfies Pushed);
	};
}

/** A statement as a row, or where it is none or not of this sender. */
function judge(each: unknown, { learner, device }: Sender): Row | Extract<Verdict, object> {
	const { data: statement, error } = Statement.safeParse(each);
	if (!statement) return invalid(error!.issues[0]!.path);
	const answer = answered(statement);
	if (!answer) return invalid([]);
	if (answer.learner !== learner) return invalid(['actor', 'account', 'name']);
	if (answer.device !== device) return invalid(['context', 'extensions', 'device']);
	return row(statement, answer);
}

const invalid = (path: PropertyKey[]) => ({
	s: 'invalid' as const,
	e: path.map((step) => String(step).split('/').at(-1)).join('.') || 'statement'
});
