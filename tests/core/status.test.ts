import fc from 'fast-check';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { StatusList, asOf, bit, bitsOf, emptyBits, listAddress, places, statusId, statusList, statusOf } from '#core/status.ts';

test('the bits that were set are set, and no other', () => {
	fc.assert(
		fc.property(fc.uniqueArray(fc.nat(places - 1), { maxLength: 50 }), fc.nat(places - 1), (indexes, any) => {
			const bits = bitsOf(indexes);
			expect(indexes.every((index) => bit(bits, index))).toBe(true);
			expect(bit(bits, any)).toBe(indexes.includes(any));
		})
	);
});

test.each([
	[0, 0, 128],
	[7, 0, 1],
	[8, 1, 128],
	[places - 1, places / 8 - 1, 1]
])('index %i is in byte %i with the value %i, as the standard counts', (index, byte, value) => {
	const bits = bitsOf([index]);
	expect(bits[byte]).toBe(value);
	expect(bits.reduce((sum, one) => sum + one, 0)).toBe(value);
});

test.each([-1, places, 1.5, NaN])('there is no index %d: it is neither set nor not', (index) => {
	expect(bit(emptyBits(), index)).toBeUndefined();
	expect(() => bitsOf([index])).toThrow(RangeError);
});

test('a list has 131,072 places, and travels in under four kilobytes with a thousand set', () => {
	const bits = bitsOf(Array.from({ length: 1000 }, (_, at) => at * 131));
	expect(bits).toHaveLength(16_384);
	expect(gzipSync(bits).length).toBeLessThan(4096);
	expect(gzipSync(emptyBits()).length).toBeLessThan(100);
});

test('a credential leads to both lists and its place in them', () => {
	const id = statusId('https://endpoint.example', { list: '1', index: 194 });
	expect(id).toBe('https://endpoint.example/v1/status/1-revocation#194');
	expect(statusOf(id)).toEqual({
		lists: {
			revocation: listAddress('https://endpoint.example', '1', 'revocation'),
			suspension: listAddress('https://endpoint.example', '1', 'suspension')
		},
		index: 194
	});
});

test.each([
	'https://endpoint.example/v1/status/1-suspension#194',
	'https://endpoint.example/v1/status/1-revocation',
	'https://endpoint.example/v1/status/1-revocation#131072',
	'https://endpoint.example/v1/status/1-revocation#-1',
	'https://endpoint.example/v1/status/../1-revocation#1',
	'javascript:alert(1)//v1/status/1-revocation#1',
	'urn:uuid:1#1'
])('%s is no place in a list of ours', (id) => expect(statusOf(id)).toBeUndefined());

test('a list says when it was issued, and its bits come back', () => {
	const at = Date.UTC(2026, 5, 2, 12, 30, 15);
	const encoded = gzipSync(bitsOf([5])).toString('base64url');
	const list = statusList('https://e.example/v1/status/1-revocation', 'revocation', { id: 'https://e.example', name: 'Body' }, at, encoded);
	const read = StatusList.parse(JSON.parse(JSON.stringify(list)));
	expect(asOf(read)).toBe(at);
	const { encodedList } = read.credentialSubject;
	expect(encodedList[0]).toBe('u');
	expect(new Uint8Array(gunzipSync(Buffer.from(encodedList.slice(1), 'base64url')))).toEqual(bitsOf([5]));
});

test.each([
	['another type', { type: ['VerifiableCredential'] }],
	['no date', { validFrom: undefined }],
	['a date without a time', { validFrom: '2026-06-02' }],
	['another context', { '@context': ['https://www.w3.org/2018/credentials/v1'] }]
])('a list with %s is none', (_, part) => {
	const list = statusList('https://e.example/v1/status/1-revocation', 'revocation', { id: 'https://e.example', name: 'Body' }, 0, 'AA');
	expect(StatusList.safeParse({ ...list, ...part }).success).toBe(false);
});
