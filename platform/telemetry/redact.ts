/** What stands in the place of a secret or of personal data. */
const hidden = '[hidden]'

/** Ends of names that mean a secret or a person; compared without case, `_` and `-`. */
const telling = new RegExp(
  '(authorization|cookie|password|passphrase|passwordhash|secret|token|apikey|privatekey|signature|initdata|otp' +
    '|email|mail|phone|phonenumber|(first|last|middle|full|recipient|customer|courier|user)name|recipient' +
    '|street|passport|birthday|birthdate|cardnumber|cvv|pan|iban|latitude|longitude|coordinates' +
    '|(?<!remote|local|listen|ip)address|databaseurl|connectionstring)$',
)
const verdicts = new Map<string, boolean>()

function isTelling(name: string): boolean {
  const known = verdicts.get(name)
  if (known !== undefined) return known
  const verdict = telling.test(name.toLowerCase().replaceAll(/[_-]/g, ''))
  // Names come from our own code; the bound is against a payload with names made up by a caller.
  if (verdicts.size < 5000) verdicts.set(name, verdict)
  return verdict
}

const deepest = 6

/** A copy of `fields` with every value under a telling name hidden; class instances are left to their serializers. */
export const redactFields = (fields: Record<string, unknown>): Record<string, unknown> => redacted(fields, 0)

function redacted(fields: Record<string, unknown>, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {}
  for (const name in fields) {
    const value = fields[name]
    copy[name] = isTelling(name) && value !== undefined && value !== null ? hidden : inside(value, depth)
  }
  return copy
}

function inside(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return hidden
  if (Array.isArray(value)) return value.map((item) => inside(item, depth + 1))
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
    ? redacted(value as Record<string, unknown>, depth + 1)
    : value
}

/** Shapes of secrets and persons in free text: messages, stacks, addresses. Bounded, so that no line is slow to scan. */
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?/g, hidden],
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

/** `line` with everything hidden that looks like a token, a password in an address, an e-mail address or a telephone number. */
export const redactLine = (line: string): string =>
  shapes.reduce((text, [shape, stand]) => text.replaceAll(shape, stand), line)
