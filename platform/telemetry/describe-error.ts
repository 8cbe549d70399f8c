type Described = Readonly<Record<string, unknown>>

/** What of an error is worth a log line and safe in it: PostgreSQL's `detail`, for one, quotes whole rows. */
const kept = ['code', 'constraint', 'schema', 'table', 'column', 'routine', 'statusCode', 'errno', 'syscall'] as const

/** An error as logged: type, message, stack, what PostgreSQL or the system named, and its causes. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error
  const described: Record<string, unknown> = { type: error.name, message: error.message, stack: error.stack }
  for (const name of kept) {
    const value = (error as unknown as Described)[name]
    if (value !== undefined) described[name] = value
  }
  if (error.cause !== undefined && depth < 3) described['cause'] = describeError(error.cause, depth + 1)
  if (error instanceof AggregateError && depth < 3) {
    described['errors'] = error.errors.slice(0, 5).map((one) => describeError(one, depth + 1))
  }
  return described
}
