/** The database of the program; an external one with its address, when the settings could be read. */
export type DatabaseInUse = Readonly<{ kind: 'embedded' }> | Readonly<{ kind: 'external'; url?: string }>

type ConnectError = NodeJS.ErrnoException & Readonly<{ hostname?: string; address?: string; port?: number }>

const lookupCodes = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA'])
const silentCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EPIPE'])

/** The errors of `pg` about a server that does not answer. They have no code. */
const unanswered =
  /^(timeout exceeded when trying to connect|timeout expired|Query read timeout|(Connection terminated|Client has encountered|Client was closed).*)$/

/** Says how to reach a database that does not answer; undefined for every other error. The password is in no message. */
export function databaseAway(error: ConnectError, database: DatabaseInUse): string | undefined {
  const { code = '', syscall, hostname } = error
  const isLookup = lookupCodes.has(code)
  if (!isLookup && !silentCodes.has(code) && syscall !== 'connect' && !unanswered.test(error.message)) return undefined
  if (database.kind === 'embedded')
    return 'the embedded database does not answer: its log is postgres.log in the data directory'
  if (isLookup) return `there is no host ${hostname ?? 'of this name'}: is its name right in DATABASE_URL or DB_HOST?`
  const place = placeOf(error) ?? configuredPlaceOf(database)
  const at = place === undefined ? '' : ` at ${place}`
  if (code === 'ECONNREFUSED')
    return `no database listens${at}: is it running, and are host and port right in DATABASE_URL or DB_HOST?`
  return `the database${at} does not answer: is it running, and are host and port right in DATABASE_URL or DB_HOST?`
}

/** The address at which the connection failed. A name with several addresses fails at each of them. */
function placeOf(error: ConnectError): string | undefined {
  const { address, port } = error instanceof AggregateError ? (error.errors[0] as ConnectError) : error
  if (address === undefined) return undefined
  return port === undefined ? address : `${address.includes(':') ? `[${address}]` : address}:${port}`
}

function configuredPlaceOf({ url }: Extract<DatabaseInUse, { kind: 'external' }>): string | undefined {
  if (url === undefined) return undefined
  const { hostname, port } = new URL(url)
  return `${decodeURIComponent(hostname)}:${port || 5432}`
}
