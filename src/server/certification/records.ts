import { createAppeals } from './appeals.ts';
import { createApplications } from './applications.ts';
import { createAttempts } from './attempts.ts';
import { createCollecting } from './collecting.ts';
import { createCredentials } from './credentials.ts';
import { openDatabase } from './database.ts';
import { createPeople } from './people.ts';
import { createRefusals } from './refused.ts';
import { createRegister } from './register.ts';
import { createRetention } from './retention.ts';
import { createSessions } from './sessions.ts';
import { createStaff } from './staff.ts';

/**
 * The records of the certification body (ISO/IEC 17024, 7.1), in one SQLite file of their own. Whatever changes something writes its line of
 * the register in the same transaction, and is on the disk when it returns. Who may do what is decided here and not in a screen: an action
 * returns why it was not done (`Fault`), and then nothing was changed. Times are milliseconds since 1970.
 */
export type Records = ReturnType<typeof createRecords>;

export function createRecords(path: string) {
	const database = openDatabase(path);
	const register = createRegister(database);
	const staff = createStaff(database, register);
	const applications = createApplications(database, register, staff);
	const credentials = createCredentials(database, register, staff);
	return {
		register,
		staff,
		applications,
		credentials,
		collecting: createCollecting(database, register, staff, credentials),
		sessions: createSessions(database, register, staff),
		attempts: createAttempts(database, register, staff, credentials),
		appeals: createAppeals(database, register, staff),
		refused: createRefusals(database, register, staff),
		people: createPeople(database, register, staff, applications),
		retention: createRetention(database, register, staff),
		/** Does several things in one step, all or nothing. */
		transact: database.transact,
		close: database.close
	};
}
