import { Transform } from 'node:stream'

/** Passes a text file on, and fails with `refusal()` at bytes that are no UTF-8: the parser would replace them with marks. */
export function requireUtf8(refusal: () => Error): Transform {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const check = (chunk?: Buffer): Error | undefined => {
    try {
      decoder.decode(chunk, { stream: chunk !== undefined })
      return undefined
    } catch {
      return refusal()
    }
  }
  return new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      const error = check(chunk)
      if (error) done(error)
      else done(null, chunk)
    },
    flush: (done) => done(check()),
  })
}
