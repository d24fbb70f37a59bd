/** A UUID in its usual notation, in either case (RFC 9562, section 4). */
export const UUID_PATTERN = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
