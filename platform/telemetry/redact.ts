/** Replaces a secret or personal data. */
const hidden = '[hidden]'

/** Endings of the names of secrets and personal data, compared without case, `_` and `-`. */
const sensitive = new RegExp(
  '(authorization|cookie|password|passphrase|passwordhash|secret|token|apikey|privatekey|signature|initdata|otp' +
    '|email|mail|phone|phonenumber|(first|last|middle|full|recipient|customer|courier|user)name|recipient' +
    '|street|passport|birthday|birthdate|cardnumber|cvv|pan|iban|latitude|longitude|coordinates' +
    '|(?<!remote|local|listen|ip)address|databaseurl|connectionstring)$',
)
const verdicts = new Map<string, boolean>()

function isSensitive(name: string): boolean {
  const known = verdicts.get(name)
  if (known !== undefined) return known
  const verdict = sensitive.test(name.toLowerCase().replaceAll(/[_-]/g, ''))
  // Most names come from the source code. The bound protects against payloads with invented names.
  if (verdicts.size < 5000) verdicts.set(name, verdict)
  return verdict
}

/** Hides everything that is nested deeper. */
const maxDepth = 6

/** Copies `fields` and hides every value under a sensitive name. Serializers handle class instances. */
export const redactFields = (fields: Record<string, unknown>): Record<string, unknown> => redacted(fields, 0)

function redacted(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const name in fields) {
    const value = fields[name]
    copy[name] = isSensitive(name) && value !== undefined && value !== null ? hidden : inside(value, depth)
  }
  return copy
}

function inside(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= maxDepth) return hidden
  if (Array.isArray(value)) return value.map((item) => inside(item, depth + 1))
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
    ? redacted(value as Record<string, unknown>, depth + 1)
    : value
}

/** Patterns of secrets and personal data in free text. Their repetitions are bounded, so that no line is slow to scan. */
const patterns: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w-])eyJ[\w-]{5,4096}\.[\w-]{5,4096}(?:\.[\w-]{0,4096})?/g, hidden],
  [/\b(Bearer|Basic) {1,3}[\w.~+/=-]{6,}/gi, `$1 ${hidden}`],
  [/:\/\/[^\s:@/"\\]{0,128}:[^\s@/"\\]{1,256}@/g, `://${hidden}@`],
  [
    /([?&](?:\w{0,32}token|code|secret|signature|hash|api_?key|password|email|phone)=)[^&\s"\\]{1,2048}/gi,
    `$1${hidden}`,
  ],
  [/[\p{L}\d._%+-]{1,64}@(?:[\p{L}\d-]{1,63}\.){1,8}\p{L}{2,24}/gu, hidden],
  [/\+\d[\d ()-]{8,18}\d/g, hidden],
  [/\b8[ (-]{1,2}\d{3}[ )-]{1,2}\d{3}[ -]?\d{2}[ -]?\d{2}\b/g, hidden],
]

/** An escape sequence of JSON. */
const escapeSequence = /(\\(?:u[\da-f]{4}|.))/i

/**
 * Hides everything in `line` that looks like a token, a password in a URL, an e-mail address or a telephone number. A line of
 * JSON stays JSON: in `\nanna@example.org` the n is not the beginning of the address.
 */
export const redactLine = (line: string): string =>
  line.includes('\\')
    ? line
        .split(escapeSequence)
        .map((part, i) => (i % 2 === 0 ? redactText(part) : part))
        .join('')
    : redactText(line)

const redactText = (given: string): string =>
  patterns.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), given)
