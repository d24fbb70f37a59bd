import crypto, { X509Certificate } from 'node:crypto';

import { TestAuthority } from '../../../sandbox/mock-server';

it.each([0x00, 0x7f, 0x80, 0xff])(
	'a certificate can be read whatever its serial number begins with (%d)',
	async (first) => {
		const random = jest
			.spyOn(crypto, 'randomBytes')
			.mockImplementation(((size: number) => Buffer.alloc(size, 1).fill(first, 0, 1)) as never);
		const { certificate } = await TestAuthority.create();
		expect(random).toHaveBeenCalled();
		random.mockRestore();
		const read = new X509Certificate(certificate);
		expect(read.publicKey.asymmetricKeyType).toBe('rsa');
		expect(read.serialNumber).toMatch(/^[0-9A-F]{30,}$/);
	},
);

test('an authority has a name of its own, so that one file may hold those of several sandboxes', async () => {
	const authorities = [await TestAuthority.create(), await TestAuthority.create()];
	const subjects = authorities.map(({ certificate }) => new X509Certificate(certificate).subject);
	expect(new Set(subjects).size).toBe(2);
});
