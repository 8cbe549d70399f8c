import { Transform } from 'node:stream'

const comma = 0x2c
const quote = 0x22
const newline = 0x0a

/**
 * Passes a CSV file on, and fails with `refusal()` at a line with more than `maxCells` cells. The parser bounds the bytes of
 * a line, and an empty cell has none: a line of commas alone would fill the memory.
 */
export function boundCells(maxCells: number, refusal: () => Error): Transform {
  let cells = 1
  let isQuoted = false
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (const byte of chunk) {
        if (byte === quote) isQuoted = !isQuoted
        else if (isQuoted) continue
        else if (byte === comma) cells++
        else if (byte === newline) cells = 1
        if (cells > maxCells) return done(refusal())
      }
      done(null, chunk)
    },
  })
}
