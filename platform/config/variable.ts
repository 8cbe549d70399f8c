import type { Kind } from './kinds.ts'

/** One environment variable: its kind, default, meaning and other names. */
export type Variable<Value, Default extends string | undefined = string | undefined> = Readonly<{
  kind: Kind<Value>
  /** As it would be written in the environment. */
  default: Default
  /** One sentence for `.env.example`. */
  means: string
  /** Other names under which the same variable may be given. */
  aliases: readonly string[]
  /** Never shown: not in an error, not in a log. */
  secret: boolean
}>

export type Variables = Readonly<Record<string, Variable<unknown>>>

/** The variables of one topic, under a heading of `.env.example`. */
export type Topic<Table extends Variables = Variables> = Readonly<{
  title: string
  variables: Table
  /** Variables whose names begin alike and end with the name of what they are for, by their prefix. */
  families?: Variables
}>

/** What a table of variables is read into: without a default a value may be missing. */
export type ValuesOf<Table extends Variables> = {
  readonly [Name in keyof Table]: Table[Name] extends Variable<infer Value, infer Default>
    ? Default extends string
      ? Value
      : Value | undefined
    : never
}

type More = Readonly<{ aliases?: readonly string[]; secret?: boolean }>

/** A variable that always has a value. */
export const withDefault = <Value>(kind: Kind<Value>, fallback: string, means: string): Variable<Value, string> => ({
  kind,
  default: fallback,
  means,
  aliases: [],
  secret: false,
})

/** A variable that may be left out. */
export const optional = <Value>(kind: Kind<Value>, means: string, more: More = {}): Variable<Value, undefined> => ({
  kind,
  default: undefined,
  means,
  aliases: more.aliases ?? [],
  secret: more.secret ?? false,
})

/** A variable that may be left out and is never shown. */
export const secret = <Value>(kind: Kind<Value>, means: string, aliases: readonly string[] = []) =>
  optional(kind, means, { aliases, secret: true })
