/**
 * The broadcast procedure has no API: nothing is connected, files are prepared for a person to hand
 * over.
 */
export type NoService = undefined;

/** What the operation table calls once per execution; there is nothing to open. */
export const connectNothing = (): Promise<NoService> => Promise.resolve(undefined);
