/** Runs a measurement as a program: its exit code tells whether it came to its end. */
export function runProgram(main: () => Promise<void>): void {
	main().then(
		() => process.exit(0),
		(error: unknown) => {
			console.error(error instanceof Error ? error.message : error);
			process.exit(1);
		},
	);
}
