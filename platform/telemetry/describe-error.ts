type Described = Readonly<Record<string, unknown>>

/** The properties of an error that are useful and safe in a log. PostgreSQL's `detail` is not: it quotes whole rows. */
const loggedProperties = [
  'code',
  'constraint',
  'schema',
  'table',
  'column',
  'routine',
  'statusCode',
  'errno',
  'syscall',
] as const

/** An error as it is logged: type, message, stack, the names that PostgreSQL or the system gives, and its causes. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const described: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack }
  for (const name of loggedProperties) {
    const value = (error as unknown as Described)[name]
    if (value !== undefined) described[name] = value
  }
  if (error.cause !== undefined && depth < 3) described['cause'] = describeError(error.cause, depth + 1)
  if (error instanceof AggregateError && depth < 3) {
    described['errors'] = error.errors.slice(0, 5).map((inner) => describeError(inner, depth + 1))
  }
  return described
}
