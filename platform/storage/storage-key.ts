const part = '[a-z0-9][a-z0-9._-]{0,99}'
const pattern = new RegExp(`^(?:public|private)(?:/${part}){1,6}$`)

/**
 * True for `public/images/0192….webp`. Lower case only, because some file systems do not distinguish cases. No part begins
 * with a dot, so that no key leaves its folder.
 */
export const isStorageKey = (key: string): boolean => key.length <= 300 && pattern.test(key)

/** Throws `TypeError` on a key that no storage takes. */
export function assertKey(key: string): void {
  if (!isStorageKey(key)) throw new TypeError(`${JSON.stringify(key.slice(0, 300))} is not a key of the storage`)
}

/** True when everybody may read the file of this key. */
export const isPublic = (key: string): boolean => key.startsWith('public/')

/** Throws `TypeError` on the key of a private file. */
export function assertPublic(key: string): void {
  assertKey(key)
  if (!isPublic(key)) throw new TypeError(`${key} is private: use presignGet`)
}

const types: Readonly<Record<string, string>> = {
  avif: 'image/avif',
  gif: 'image/gif',
  jpg: 'image/jpeg',
  mp4: 'video/mp4',
  pdf: 'application/pdf',
  png: 'image/png',
  webp: 'image/webp',
}

/** The media type of a file by the extension of its key. Types that a browser executes, such as SVG, are not among them. */
export const typeOfKey = (key: string): string =>
  types[key.slice(key.lastIndexOf('.') + 1)] ?? 'application/octet-stream'
