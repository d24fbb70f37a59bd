import type { NewDeposit, DepositedFile } from './administration/types';
import { SI_ORGANIZATIONS } from './seed';

const { paris, nice } = SI_ORGANIZATIONS;

const bytes = (
	fileName: string,
	type: string,
	mimeType: string,
	content: Buffer,
): DepositedFile => ({
	fileName,
	type,
	mimeType,
	content: { base64: content.toString('base64') },
});

/** An XML as such files really are: declared and encoded in ISO-8859-1, with Windows line ends. */
function certificate(): Buffer {
	const lines = [
		'<?xml version="1.0" encoding="ISO-8859-1"?>',
		'<Certificat>',
		'  <Prénom>Éléonore</Prénom>',
		'  <Commune>Hérouville-Saint-Clair</Commune>',
		'</Certificat>',
		'',
	];
	return Buffer.from(lines.join('\r\n'), 'latin1');
}

/** The smallest document that PDF readers open. */
function page(text: string): Buffer {
	const stream = `BT /F1 18 Tf 72 720 Td (${text}) Tj ET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	let pdf = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n';
	const offsets = objects.map((object, index) => {
		const offset = pdf.length;
		pdf += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return offset;
	});
	const start = pdf.length;
	const entries = offsets
		.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`)
		.join('');
	pdf += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`;
	pdf += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
	return Buffer.from(pdf, 'latin1');
}

const xml = () => bytes('certificat.xml', 'DD_Certificatdedeces', 'application/xml', certificate());
const pdf = (fileName: string, text: string) =>
	bytes(fileName, 'documents', 'application/pdf', page(text));
const json = () =>
	bytes(
		'demande.json',
		'OTV',
		'application/json',
		Buffer.from(
			`${JSON.stringify({ prénom: 'Zoé', ville: 'Besançon', durée: 'été 2026', coût: '12 €' }, null, 2)}\n`,
		),
	);
const random = (fileName: string, size: number, seed: number): DepositedFile => ({
	fileName,
	type: 'documents',
	mimeType: 'application/octet-stream',
	content: { size, seed },
});

/** Télédossiers of several kinds, by what a person calls them. */
export const SAMPLES = {
	'one XML': { processCode: 'CERTDC', recipients: [paris], files: [xml()] },
	'XML and PDF': {
		processCode: 'CERTDC',
		recipients: [paris],
		files: [xml(), pdf('certificat.pdf', 'Certificat')],
	},
	'three files': {
		processCode: 'CERTDC',
		recipients: [paris],
		files: [json(), pdf('Pièce d’identité.pdf', 'Identite'), random('photo été.jpg', 300_000, 3)],
	},
	'names alike': {
		processCode: 'CERTDC',
		recipients: [paris],
		files: [
			pdf('document.pdf', 'Premier'),
			pdf('document.pdf', 'Second'),
			pdf('DOCUMENT.PDF', 'Troisieme'),
			json(),
			xml(),
			random('plan.dwg', 2_000_000, 4),
		],
	},
	'two recipients': {
		processCode: 'CERTDC',
		recipients: [paris, nice],
		files: [
			{ ...pdf('commun.pdf', 'Pour les deux'), cases: [0, 1] },
			{ ...pdf('paris.pdf', 'Pour Paris'), cases: [0] },
			{ ...xml(), cases: [1] },
		],
	},
} satisfies Record<string, NewDeposit>;

export type SampleName = keyof typeof SAMPLES;

export const SAMPLE_NAMES = Object.keys(SAMPLES) as SampleName[];

/** What waits for a person after the start: several processes, and one for another authority. */
export const WAITING: NewDeposit[] = [
	SAMPLES['XML and PDF'],
	{
		processCode: 'EtatCivil',
		files: [pdf('demande-acte.pdf', "Demande d'acte de naissance")],
		applicant: { firstName: 'Inès', lastName: 'Martin', email: 'ines@sandbox.example.fr' },
	},
	{ processCode: 'OTV', files: [json()], applicant: { firstName: 'Zoé', lastName: 'Petit' } },
	{
		processCode: 'JeChangeDeCoordonnees',
		files: [
			bytes('flux.xml', 'flux-siv', 'application/xml', certificate()),
			pdf('recapitulatif.pdf', 'Recapitulatif'),
		],
		applicant: { firstName: 'Élise', lastName: "D'Arc" },
	},
	SAMPLES['two recipients'],
];
