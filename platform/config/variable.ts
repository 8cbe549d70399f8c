import type { Kind } from './kinds.ts'

/** One environment variable: its kind, its default, its description and its other names. */
export type Variable<Value, Default extends string | undefined = string | undefined> = Readonly<{
  kind: Kind<Value>
  /** The default as the environment would write it. */
  default: Default
  /** One or two sentences for `.env.example`. */
  description: string
  /** Other names of the same variable. */
  aliases: readonly string[]
  /** A secret value appears in no error and in no log. */
  isSecret: boolean
}>

export type Variables = Readonly<Record<string, Variable<unknown>>>

/** The values of a table of variables by name; a variable without a default may have none. */
export type ValuesOf<Table extends Variables> = {
  readonly [Name in keyof Table]: Table[Name] extends Variable<infer Value, infer Default>
    ? Default extends string
      ? Value
      : Value | undefined
    : never
}

/** A variable that always has a value. */
export const withDefault = <Value>(
  kind: Kind<Value>,
  fallback: string,
  description: string,
): Variable<Value, string> => ({ kind, default: fallback, description, aliases: [], isSecret: false })

/** A variable that may be left out. */
export const optional = <Value>(kind: Kind<Value>, description: string): Variable<Value, undefined> => ({
  kind,
  default: undefined,
  description,
  aliases: [],
  isSecret: false,
})

/** A variable that may be left out, and whose value is never shown. */
export const secret = <Value>(
  kind: Kind<Value>,
  description: string,
  aliases: readonly string[] = [],
): Variable<Value, undefined> => ({ kind, default: undefined, description, aliases, isSecret: true })
