/** Nine digits with their check number, of somebody born in a year. */
export function withCheckNumber(nine: string, year: number): string {
	const number = year < 2000 ? Number(nine) : Number(`2${nine}`);
	return `${nine}${String(97 - (number % 97)).padStart(2, '0')}`;
}
