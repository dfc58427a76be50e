/** What JSON lacks is an object with one of these keys, which no script's text becomes by accident. */
export const NUMBER_KEY = '\u0001n';
export const REF_KEY = '\u0001r';
