import type protobuf from 'protobufjs'

/** The fields of a message under their names in snake case, whatever the generation calls them. */
export type Fields = Readonly<Record<string, unknown>>

/** `deliveryPeriod` and `DeliveryPeriod` are `delivery_period`. */
const inSnakeCase = (name: string): string =>
  name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase()

/** JSON begins with a brace; no protobuf message of the contracts does. */
const isJson = (bytes: Uint8Array): boolean => bytes[0] === 0x7b

/** Reads the fields of a message in either form. Throws when the bytes are no message of the type. */
export const decode = (type: protobuf.Type, bytes: Uint8Array): Fields =>
  isJson(bytes)
    ? fieldsOf(type, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
    : fieldsOf(type, type.toObject(type.decode(bytes), { defaults: true, longs: Number }))

/**
 * The fields of a type in a parsed object. Libraries write the names of fields in different cases, and leave out fields with
 * their default, so names are compared without case and underscores.
 */
function fieldsOf(type: protobuf.Type, given: unknown): Fields {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw new Error(`${type.name} is no object`)
  const byName = new Map(Object.entries(given).map(([name, value]) => [plain(name), value as unknown]))
  return Object.fromEntries(
    type.fieldsArray.map((field) => [inSnakeCase(field.name), valueOf(field, byName.get(plain(field.name)))]),
  )
}

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase()

function valueOf(field: protobuf.Field, given: unknown): unknown {
  if (field.repeated) return Array.isArray(given) ? given.map((each) => singleOf(field, each)) : []
  return singleOf(field, given)
}

function singleOf({ resolvedType, type, name }: protobuf.Field, given: unknown): unknown {
  if (isMessage(resolvedType)) {
    if (resolvedType.name === 'Timestamp') return given ?? null
    return given === undefined || given === null ? null : fieldsOf(resolvedType, given)
  }
  if (type === 'string') {
    if (given === undefined || given === null) return ''
    // PostgreSQL stores no half of a surrogate pair.
    if (typeof given === 'string' && given.isWellFormed()) return given
  } else {
    const number = typeof given === 'string' && given !== '' ? Number(given) : (given ?? 0)
    if (typeof number === 'number' && Number.isFinite(number)) return number
  }
  throw new Error(`${name} is no ${type}`)
}

const isMessage = (type: protobuf.Type | protobuf.Enum | null): type is protobuf.Type =>
  type !== null && 'fieldsArray' in type
