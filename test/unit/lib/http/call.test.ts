import { pathOf } from '../../../../lib/http/call';

describe('a path', () => {
	test('has its values escaped, so that none adds a segment', () => {
		expect(pathOf`/cases/${'a/b?c#d'}/events`).toBe('/cases/a%2Fb%3Fc%23d/events');
	});

	test.each(['', '.', '..'])('is not built from "%s"', (id) => {
		expect(() => pathOf`/cases/${id}`).toThrow(`An identifier must not be "${id}"`);
	});

	test.each([undefined, null, {}, 7])('is not built from an id that is %p', (id) => {
		const missing = id as unknown as string;
		expect(() => pathOf`/cases/${'c1'}/events/${missing}`).toThrow(
			expect.objectContaining({
				code: 'failed_here',
				message:
					'The address of a call cannot be built: the identifier that follows "/cases/c1/events/" is missing',
			}),
		);
	});
});
