import type { Address } from './shipment.ts'

/** Words in small letters, each between single spaces: `г. Коломна` becomes `г коломна`. */
const normalized = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()

const wordsOf = (list: string): ReadonlySet<string> => new Set(list.split(' '))

/** Words that say what kind of place a name is: `город Коломна` and `Коломна` are one place. */
const kinds = wordsOf(
  'г гор город с село д дер деревня п пос поселок пгт рп ст станица х хутор city town village settlement',
)
const regions = wordsOf(
  'обл область край респ республика район рн округ го region oblast krai republic district county state province',
)
const streets = wordsOf(
  'ул улица пр кт просп проспект пер переулок ш шоссе бул бульвар наб набережная пл площадь проезд тупик аллея ' +
    'street st avenue ave road rd lane ln boulevard blvd highway square embankment',
)

/** Names of countries in both languages: the first part of many addresses. */
const countries: ReadonlySet<string> = new Set([
  ...countryNames('ru'),
  ...countryNames('en'),
  'рф',
  'российская федерация',
  'russian federation',
])

function* countryNames(language: string): Iterable<string> {
  const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
  const letters = Array.from({ length: 26 }, (_, i) => String.fromCodePoint(65 + i))
  for (const one of letters) {
    for (const other of letters) {
      const name = names.of(one + other)
      if (name !== undefined) yield normalized(name)
    }
  }
}

/** The name of a place as a merchant or a buyer types it, in one form: without its kind, empty when nothing is left. */
export function placeNameOf(text: string): string {
  const words = normalized(text).split(' ')
  const first = words.length > 1 && kinds.has(words[0]!) ? 1 : 0
  const last = words.length > first + 1 && kinds.has(words.at(-1)!) ? -1 : words.length
  return words.slice(first, last).join(' ')
}

const postcode = /^\d{5,}$/

/** True for the name of a place that is a postcode. */
export const isPostcode = (name: string): boolean => postcode.test(name)

/** The words of a part of an address, apart from the postcodes around them. */
function splitPostcodes(part: string): Readonly<{ rest: string; postcodes: readonly string[] }> {
  const words = part.trim().split(/\s+/)
  const isCode = (word: string | undefined) => word !== undefined && postcode.test(normalized(word))
  const postcodes = [words[0], words.length > 1 ? words.at(-1) : undefined].filter(isCode)
  const rest = words.slice(isCode(words[0]) ? 1 : 0, words.length > 1 && isCode(words.at(-1)) ? -1 : words.length)
  return { rest: rest.join(' '), postcodes: postcodes.map((code) => normalized(code ?? '')) }
}

const hasWordOf = (list: ReadonlySet<string>, part: string): boolean =>
  normalized(part)
    .split(' ')
    .some((word) => list.has(word))
const isRegion = (part: string): boolean => hasWordOf(regions, part) || /^(р н|г о) | (р н|г о)$/.test(normalized(part))
const isStreet = (part: string): boolean => /\d/.test(part) || hasWordOf(streets, part)

/**
 * The names by which an address may be in a place: its town as a whole, and the regions, the country and the postcodes
 * around it. The name of a street or a note for the courier is none of them: `Москва, улица Коломна, 1` lies in Moscow.
 */
export function placeNamesOf(address: Address): ReadonlySet<string> {
  const isLine = typeof address === 'string'
  const parts = (isLine ? address : address.city).split(/[,;\n]/).map(splitPostcodes)
  const names = parts.flatMap(({ postcodes }) => postcodes)
  if (!isLine && address.postcode !== undefined) names.push(placeNameOf(address.postcode))
  const rest = parts.map((part) => part.rest).filter((text) => normalized(text) !== '')
  if (isLine && rest.length === 1) return new Set([...names, ...beginningsOf(rest[0]!)])
  for (const part of rest) {
    const isAround = isRegion(part) || countries.has(normalized(part))
    if (isLine && !isAround && isStreet(part)) continue
    names.push(placeNameOf(part))
    if (!isAround) break
  }
  return new Set(names)
}

/** In a line without commas the town comes first. Its last word is not known, so each beginning may be its name. */
function beginningsOf(line: string): string[] {
  const words = line.split(/\s+/)
  return words.map((_, i) => placeNameOf(words.slice(0, i + 1).join(' ')))
}
