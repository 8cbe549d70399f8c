import type { Static, TSchema } from 'typebox'

/** A function of a module's `api` as other processes call it: `POST /api/v1/internal/<path>`. */
export type Call<Input extends TSchema = TSchema, Output extends TSchema = TSchema> = Readonly<{
  /** `catalog/hold`. */
  path: string
  input: Input
  output: Output
  /**
   * One sentence about the effect of a second call with the same input. Absent: it would do something else, so a call without
   * an answer is not repeated.
   */
  repeat?: string
  /** Milliseconds that one attempt may take; 5 s when absent. */
  timeLimit?: number
}>

/** The value of a schema; no process changes what it sends or receives. */
type Frozen<Value> = Value extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value

export type InputOf<One extends Call> = Frozen<Static<One['input']>>
export type OutputOf<One extends Call> = Frozen<Static<One['output']>>

/** Declares a call. The module that answers owns the declaration. */
export const defineCall = <Input extends TSchema, Output extends TSchema>(
  call: Call<Input, Output>,
): Call<Input, Output> => call
