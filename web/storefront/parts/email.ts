/**
 * Whether a text may be an e-mail address. It refuses nothing that the API takes, so that a mistake is marked together with the
 * other fields of the form; the API checks the rest.
 */
export const isEmail = (text: string): boolean => /^[^@]{1,64}@[^\s@]+$/.test(text)
