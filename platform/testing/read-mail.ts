/** A mail as its reader sees it. */
export type ReadMail = Readonly<{ headers: Readonly<Record<string, string>>; text: string; html: string }>

/** Reads a message with a text and an HTML part, such as `platform/mail` makes. Throws when a part is missing. */
export function readMail(raw: string): ReadMail {
  const { headers, body } = splitMessage(raw)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1] ?? ''
  const parts = body.split(`--${boundary}`).map((part) => splitMessage(part.trim()))
  const contentOf = (type: string): string => {
    const part = parts.find((one) => one.headers['content-type']?.startsWith(type))
    if (!part) throw new Error(`The mail has no part of type ${type}`)
    return decoded(part.body, part.headers['content-transfer-encoding'])
  }
  return { headers, text: contentOf('text/plain'), html: contentOf('text/html') }
}

function splitMessage(message: string) {
  const [head = '', ...rest] = message.replaceAll('\r\n', '\n').split('\n\n')
  const lines = head.replaceAll(/\n[ \t]+/g, ' ').split('\n')
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(':')
      return [name.toLowerCase(), decodedWords(value.join(':').trim())]
    }),
  ) as Record<string, string>
  return { headers, body: rest.join('\n\n') }
}

function decoded(body: string, encoding = '7bit'): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  return encoding === 'quoted-printable' ? quotedPrintable(body) : body
}

/** Encoded words of a header (RFC 2047). */
const decodedWords = (value: string): string =>
  value
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_word, kind: string, text: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(text, 'base64').toString('utf8')
        : quotedPrintable(text.replaceAll('_', ' ')),
    )

function quotedPrintable(text: string): string {
  const joined = text.replaceAll(/=\n/g, '')
  const bytes = joined.replaceAll(/=([\dA-F]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
