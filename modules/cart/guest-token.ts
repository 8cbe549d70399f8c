import { createHash, randomBytes } from 'node:crypto'

/** 256 unpredictable bits, as a guest's client keeps them. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token: whoever reads the table cannot open anybody's cart. */
export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest()
