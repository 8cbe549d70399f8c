import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { seconds } from '#platform/values'

/** Milliseconds in which a stream must be opened with its token. An open stream outlives its token. */
export const lifetime = seconds(60)

/** Tokens that stand for the access token of a user at one path for a minute. */
export type StreamTokens = Readonly<{
  seal: (access_token: string, path: string) => string
  /** The access token in a stream token; undefined when the token is for another path, has expired, or is not ours. */
  open: (stream_token: string, path: string) => string | undefined
}>

const algorithm = 'aes-256-gcm'
const ivLength = 12
const tagLength = 16
const timeLength = 6

/**
 * A stream token is the encrypted access token: a URL with it ends up in logs and histories, where it shows nothing. The
 * path is authenticated with it. Its stream ends with the session and with the access token, as any other stream.
 */
export function openStreamTokens(secret: string, now: () => number = Date.now): StreamTokens {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'posad stream token', 32))
  return {
    seal: (access_token, path) => {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv(algorithm, key, iv, { authTagLength: tagLength }).setAAD(Buffer.from(path))
      const expires = Buffer.alloc(timeLength)
      expires.writeUIntBE(now() + lifetime, 0, timeLength)
      const sealed = Buffer.concat([cipher.update(expires), cipher.update(access_token, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    open: (stream_token, path) => {
      const bytes = Buffer.from(stream_token, 'base64url')
      if (bytes.length <= ivLength + tagLength + timeLength) return undefined
      const iv = bytes.subarray(0, ivLength)
      const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: tagLength })
        .setAAD(Buffer.from(path))
        .setAuthTag(bytes.subarray(ivLength, ivLength + tagLength))
      try {
        const opened = Buffer.concat([decipher.update(bytes.subarray(ivLength + tagLength)), decipher.final()])
        return opened.readUIntBE(0, timeLength) > now() ? opened.toString('utf8', timeLength) : undefined
      } catch {
        // The key, the path or the bytes are wrong.
        return undefined
      }
    },
  }
}
