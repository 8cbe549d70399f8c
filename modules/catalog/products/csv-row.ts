import { Type, type Static, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { Id, KnownCurrency, MultilineText, Nullable, OneOf, Text } from '#platform/schema'
import { Code, Position, Price, Slug, Weight } from '../schema.ts'
import { Pieces, StockPolicy } from '../stock/schema.ts'
import { AttributeValues } from '../taxonomy/schema.ts'
import { plainColumns } from './schema.ts'

const Sku = Text(60, { minLength: 1 })

/** How a cell is written. An empty cell of `nullable` and `amount` clears the value; of `given` and `integer` it
 * leaves the value as it is. */
type CellKind =
  | 'given'
  | 'nullable'
  | 'text'
  | 'integer'
  | 'amount'
  | 'computed'
  | 'boolean'
  | 'list'
  | 'json'
  | 'components'

const column = <Schema>(kind: CellKind, schema: Schema) => ({ kind, schema })

/** How the cells of a plain column are written: as its schema says. */
function kindOf(schema: TSchema): CellKind {
  const schemas = 'anyOf' in schema ? (schema.anyOf as TSchema[]) : [schema]
  const types = new Set(schemas.map((each) => ('type' in each ? each.type : '')))
  if (types.has('boolean')) return 'boolean'
  if (types.has('integer')) return types.has('null') ? 'amount' : 'integer'
  return types.has('null') ? 'nullable' : 'given'
}

type PlainColumns = typeof plainColumns
const plainNames = Object.keys(plainColumns) as readonly (keyof PlainColumns)[]
type Plain = { readonly [Name in keyof PlainColumns]?: Static<PlainColumns[Name]> }

/** The plain columns that a product or a line gives. */
export const plainOf = (given: Plain): Plain =>
  Object.fromEntries(plainNames.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]))

const plain = Object.fromEntries(
  plainNames.map((name) => [name, column(kindOf(plainColumns[name]), plainColumns[name])]),
) as {
  readonly [Name in keyof PlainColumns]: Readonly<{ kind: CellKind; schema: PlainColumns[Name] }>
}

/** The columns of a product file. Each line is a variant; its product is repeated in the line of each variant. */
const columns = {
  sku: column('given', Sku),
  product: column('given', Slug),
  product_state: column('given', OneOf(['active', 'hidden', 'archived'])),
  type: column('given', Code),
  category: column('nullable', Nullable(Slug)),
  tags: column('list', Type.Array(Slug, { maxItems: 50 })),
  name_ru: column('text', Text(200)),
  name_en: column('text', Text(200)),
  description_ru: column('text', MultilineText(10_000)),
  description_en: column('text', MultilineText(10_000)),
  ...plain,
  attributes: column('json', AttributeValues),
  title_ru: column('text', Text(200)),
  title_en: column('text', Text(200)),
  price: column('computed', Nullable(Price)),
  compare_at_price: column('amount', Nullable(Price)),
  currency: column('given', KnownCurrency),
  weight_grams: column('computed', Nullable(Weight)),
  components: column(
    'components',
    Type.Array(
      Type.Object({
        sku: Sku,
        quantity: Type.Integer({ minimum: 1, maximum: 999 }),
        substitutes: Type.Optional(Type.Array(Sku, { maxItems: 20 })),
      }),
      { maxItems: 50 },
    ),
  ),
  stock_policy: column('given', StockPolicy),
  on_hand: column('integer', Pieces),
  /** The stock at the export: the difference of `on_hand` to it is the change that the file asks for. */
  expected_on_hand: column('integer', Pieces),
  /** Names the stock at the export. The number alone may be the same again after a sale. */
  stock_version: column('given', Id),
  is_active: column('boolean', Type.Boolean()),
  position: column('integer', Position),
}

type Columns = typeof columns
export type ColumnName = keyof Columns

/** The columns in the order of an export. */
export const columnNames = Object.keys(columns) as readonly ColumnName[]

/** The values of a line; a value that the file does not give is undefined. */
export type ProductRow = Readonly<{ sku: string } & { [Name in ColumnName]?: Static<Columns[Name]['schema']> }>

/** The reason why a line changes nothing, for people and programs. */
export type RowError = Readonly<{ column: ColumnName | null; reason: string; detail?: string }>

type Validator = Readonly<{ Errors: (value: unknown) => readonly Issue[] }>
type Issue = Readonly<{ message: string; params: object }>

const validators = Object.fromEntries(columnNames.map((name) => [name, Compile(columns[name].schema)]))

/** Reads the cells of a line, or says what is wrong with each of them. */
export function readRow(
  cells: Readonly<Record<string, string>>,
): Readonly<{ kind: 'row'; row: ProductRow }> | Readonly<{ kind: 'wrong'; errors: readonly RowError[] }> {
  const row: Record<string, unknown> = {}
  const errors: RowError[] = []
  for (const name of columnNames) {
    const value = valueOf(columns[name].kind, cells[name])
    if (value === undefined) continue
    const validator = validators[name]
    if (validator?.Check(value)) row[name] = value
    else errors.push({ column: name, reason: 'invalid-value', detail: validator ? issueOf(validator, value) : '' })
  }
  if (cells['sku'] === undefined || cells['sku'] === '') errors.push({ column: 'sku', reason: 'missing' })
  return errors.length > 0 ? { kind: 'wrong', errors } : { kind: 'row', row: row as ProductRow }
}

/** Choices that an error lists; an error about a country would otherwise have 249. */
const maxChoices = 12

/** Describes why a value is wrong, with the value itself and the choices: `must be one of active, hidden; given "activ"`. */
function issueOf(validator: Validator, value: unknown): string {
  const [issue] = validator.Errors(value)
  const choices = issue && 'allowedValues' in issue.params ? (issue.params.allowedValues as readonly unknown[]) : []
  const listed = `${choices.slice(0, maxChoices).join(', ')}${choices.length > maxChoices ? ' …' : ''}`
  const expected = choices.length > 0 ? `must be one of ${listed}` : (issue?.message ?? '')
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `${expected}; given ${JSON.stringify(text.length > maxShown ? `${text.slice(0, maxShown)}…` : text)}`
}

/** Characters of a wrong value that its error shows. */
const maxShown = 60

/** A spreadsheet computes a cell that begins with one of these characters. An apostrophe before it makes it a text. */
const formula = /^'*[=+\-@\t\r＝＋－＠]/

const escaped = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)
const unescaped = (cell: string): string => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell)

/** The value that a cell means; a text that means none stays a text, which the schema of its column refuses. */
function valueOf(kind: CellKind, given: string | undefined): unknown {
  if (given === undefined) return undefined
  const cell = unescaped(given)
  if (kind === 'text') return cell
  if (kind === 'list') return cell === '' ? [] : cell.split('|')
  if (kind === 'components') return cell === '' ? [] : cell.split('|').map(componentOf)
  if (kind === 'json') return cell === '' ? {} : jsonOf(cell)
  if (cell === '') return kind === 'nullable' || kind === 'amount' ? null : undefined
  if (kind === 'computed' && cell === 'computed') return null
  if (kind === 'boolean') return cell === 'true' ? true : cell === 'false' ? false : cell
  if (kind === 'given' || kind === 'nullable') return cell
  return /^-?\d{1,15}$/.test(cell) ? Number(cell) : cell
}

function jsonOf(cell: string): unknown {
  try {
    return JSON.parse(cell)
  } catch {
    return cell
  }
}

/** `ROSE-RED*5` is five pieces of a variant, `ROSE-RED*5~ROSE-PINK~TULIP` names the substitutes for it. */
function componentOf(text: string): unknown {
  const [, sku, quantity, substitutes] = /^(.+?)\*(\d{1,3})(?:~(.+))?$/.exec(text) ?? []
  if (sku === undefined) return text
  return { sku, quantity: Number(quantity), ...(substitutes !== undefined && { substitutes: substitutes.split('~') }) }
}

/** The text of a cell that `readRow` reads back. */
export function cellOf(name: ColumnName, value: ProductRow[ColumnName]): string {
  const { kind } = columns[name]
  if (value === undefined) return ''
  if (value === null) return kind === 'computed' ? 'computed' : ''
  if (kind === 'json') return Object.keys(value as object).length === 0 ? '' : JSON.stringify(value)
  if (kind === 'list') return escaped((value as readonly string[]).join('|'))
  if (kind === 'components')
    return escaped(
      (value as NonNullable<ProductRow['components']>)
        .map(({ sku, quantity, substitutes = [] }) => [`${sku}*${quantity}`, ...substitutes].join('~'))
        .join('|'),
    )
  if (typeof value === 'string') return escaped(value)
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
