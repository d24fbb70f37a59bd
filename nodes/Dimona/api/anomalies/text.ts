/** One sentence in the three languages of the people who read it. */
export interface Text {
	en: string;
	fr: string;
	nl: string;
}

export const text = (en: string, fr: string, nl: string): Text => ({ en, fr, nl });
