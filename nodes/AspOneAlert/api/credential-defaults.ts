/**
 * What ASPOne does not publish, as this package takes it; the credential can replace it. Without
 * imports: n8n makes every credential class when it starts.
 */

/**
 * The specification does not name the zone of date and time; ASPOne's REST interface uses this one.
 */
export const DEFAULT_TIME_ZONE = 'Europe/Paris';
