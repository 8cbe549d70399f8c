const source = Symbol('the source of HTML')

/** HTML in which every text is escaped. Only `html` and `trusted` make it. */
export type Html = Readonly<{ [source]: string }>
type Part = Html | string | number | undefined | readonly Part[]

/**
 * Writes HTML. It escapes every part that is not HTML itself, and writes nothing for an absent one. A text stands between tags
 * or in a quoted attribute, because elsewhere no escaping is enough: in the template of a script the tag throws.
 */
export function html(template: TemplateStringsArray, ...parts: readonly Part[]): Html {
  assertPlaces(template)
  return trusted(template.map((text, index) => text + escaped(parts[index])).join(''))
}

/** Takes a text for HTML as it is. It must come from the program, never from people. */
export const trusted = (text: string): Html => ({ [source]: text })

/** The text of the HTML, ready to be sent. */
export const sourceOf = (written: Html): string => written[source]

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string') return part.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign)
  if (typeof part === 'number') return String(part)
  return source in part ? part[source] : part.map(escaped).join('')
}

/** Places where a text cannot be escaped, by what stands before them. */
const unquoted = /<\w+(?:[^<>"']|"[^"]*"|'[^']*')*=\s*$/
const inScript = /<(script|style)\b[^>]*>(?![^]*<\/\1>)/i
const tagName = /<\/?$/

const asserted = new WeakSet<TemplateStringsArray>()

/** Reads each template once. Its last text has no part behind it. */
function assertPlaces(template: TemplateStringsArray): void {
  if (asserted.has(template)) return
  for (const index of template.slice(0, -1).keys()) {
    const before = template.slice(0, index + 1).join('{}')
    const wrong = [unquoted, inScript, tagName].find((place) => place.test(before))
    if (wrong) throw new Error(`A text cannot be escaped here: ${before.slice(-60)}`)
  }
  asserted.add(template)
}
