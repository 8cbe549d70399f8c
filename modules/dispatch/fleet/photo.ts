/** Bytes of the largest photograph. */
export const maxPhotoBytes = 10 * 1024 * 1024
/** Photographs of one parcel. */
export const maxPhotos = 10

const formats = [
  { extension: 'jpg', begins: (bytes: Buffer) => bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff])) },
  {
    extension: 'png',
    begins: (bytes: Buffer) => bytes.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')),
  },
  {
    extension: 'webp',
    begins: (bytes: Buffer) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
  },
] as const

/** The extension of a photograph by its first bytes, whatever its name says; undefined for any other file. */
export const extensionOf = (head: Buffer): (typeof formats)[number]['extension'] | undefined =>
  formats.find(({ begins }) => begins(head))?.extension

/** The same bytes of the same parcel have the same key: a repeated upload replaces its own file. */
export const photoKey = (parcel_id: string, sha256: Buffer, extension: string): string =>
  `private/proofs/${parcel_id}/${sha256.toString('hex')}.${extension}`
