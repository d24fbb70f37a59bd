/**
 * The time a mock server lives in: the real time plus an offset that a test can move. Expiry of
 * tokens, the antivirus and every date a mock server writes follow it, so no test has to wait.
 */
export class MockClock {
	private offsetMs = 0;

	/** Milliseconds since the epoch, as the mock server sees it. */
	milliseconds(): number {
		return Date.now() + this.offsetMs;
	}

	now(): Date {
		return new Date(this.milliseconds());
	}

	/** Moves the clock forward (or back, with a negative number). */
	advance(milliseconds: number): void {
		this.offsetMs += milliseconds;
	}

	/** Sets the clock to an instant; it keeps running from there. */
	set(instant: Date): void {
		this.offsetMs = instant.getTime() - Date.now();
	}

	/** Back to the real time. */
	reset(): void {
		this.offsetMs = 0;
	}
}
