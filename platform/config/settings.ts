import type { Reader } from './environment.ts'
import type { ValuesOf, Variable, Variables } from './variable.ts'

/** The settings of one module, platform part or app, under one heading of `.env.example`. */
export type Topic<Value = unknown> = Readonly<{
  title: string
  variables: Variables
  /** Variables that share a prefix, by this prefix: `DATABASE_URL_` stands for `DATABASE_URL_CATALOG` and others. */
  families: Variables
  /** Reads the variables and makes one value of them. Throws a ConfigError. */
  read: (reader: Reader) => Value
  /** Lines that the start prints about settings without an effect. */
  notices: (reader: Reader) => readonly string[]
}>

/** The values of each family: name of the variable → value. */
type FamiliesOf<Families extends Variables> = {
  readonly [Prefix in keyof Families]: ReadonlyMap<
    string,
    Families[Prefix] extends Variable<infer Value> ? Value : never
  >
}

type Declaration<Table extends Variables, Families extends Variables, Value> = Readonly<{
  title: string
  variables: Table
  families?: Families
  /** Makes the setting's value; throws a ConfigError when variables contradict each other. */
  read: (values: ValuesOf<Table>, families: FamiliesOf<Families>) => Value
  notices?: (values: ValuesOf<Table>) => readonly string[]
}>

/** Declares the settings of a module, a platform part or an app. The app gathers all topics for `readConfig`. */
export function settings<Table extends Variables, Value, Families extends Variables = {}>({
  title,
  variables,
  families = {} as Families,
  read,
  notices = () => [],
}: Declaration<Table, Families, Value>): Topic<Value> {
  return {
    title,
    variables,
    families,
    read: (reader) => read(valuesOf(reader, variables), familiesOf(reader, families)),
    notices: (reader) => notices(valuesOf(reader, variables)),
  }
}

const valuesOf = <Table extends Variables>(reader: Reader, variables: Table) =>
  Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, reader.variable(name, variable)]),
  ) as ValuesOf<Table>

const familiesOf = <Families extends Variables>(reader: Reader, families: Families) =>
  Object.fromEntries(
    Object.entries(families).map(([prefix, variable]) => [prefix, reader.family(prefix, variable)]),
  ) as FamiliesOf<Families>
