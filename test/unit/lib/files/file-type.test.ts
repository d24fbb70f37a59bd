import { fileType } from '../../../../lib/files/file-type';

describe('the type of a file', () => {
	it.each([
		['avis.pdf', undefined, 'application/pdf'],
		['AVIS.PDF', 'application/octet-stream', 'application/pdf'],
		['demande.xml', 'Application/Octet-Stream; charset=binary', 'application/xml'],
		['demande.xml', '', 'application/xml'],
	])('is that of its name where the service says nothing: %s, %s', (name, announced, type) => {
		expect(fileType(name, announced)).toBe(type);
	});

	it.each([
		['avis.pdf', 'text/plain', 'text/plain'],
		['sans extension', 'image/png', 'image/png'],
	])('is what the service says: %s, %s', (name, announced, type) => {
		expect(fileType(name, announced)).toBe(type);
	});

	it.each(['document', 'archive.unknown', '.pdf.', 'pdf'])('stays unknown: %s', (name) => {
		expect(fileType(name)).toBe('application/octet-stream');
	});
});
