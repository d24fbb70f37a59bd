/** Types by the end of a name, for files that a service sends as bytes of no known type. */
const TYPES = new Map([
	['csv', 'text/csv'],
	['doc', 'application/msword'],
	['docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
	['gif', 'image/gif'],
	['htm', 'text/html'],
	['html', 'text/html'],
	['jpeg', 'image/jpeg'],
	['jpg', 'image/jpeg'],
	['json', 'application/json'],
	['odp', 'application/vnd.oasis.opendocument.presentation'],
	['ods', 'application/vnd.oasis.opendocument.spreadsheet'],
	['odt', 'application/vnd.oasis.opendocument.text'],
	['pdf', 'application/pdf'],
	['png', 'image/png'],
	['rtf', 'application/rtf'],
	['tif', 'image/tiff'],
	['tiff', 'image/tiff'],
	['txt', 'text/plain'],
	['xls', 'application/vnd.ms-excel'],
	['xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
	['xml', 'application/xml'],
	['zip', 'application/zip'],
]);

const UNKNOWN = 'application/octet-stream';

/**
 * The type of a file for n8n, so that the editor can show it: what the service says, or what the
 * name says where the service says nothing.
 *
 * @example fileType('avis.PDF', 'application/octet-stream') // 'application/pdf'
 */
export function fileType(fileName: string, announced = UNKNOWN): string {
	const isKnown = announced.split(';')[0]?.trim().toLowerCase() !== UNKNOWN;
	if (isKnown && announced.trim() !== '') return announced;
	const end = /\.([a-z0-9]{1,5})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
	return TYPES.get(end) ?? UNKNOWN;
}
