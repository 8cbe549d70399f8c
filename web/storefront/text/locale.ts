/** The languages of the shop. */
export type Locale = 'ru' | 'en'
