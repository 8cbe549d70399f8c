import { Unavailable } from '#platform/outcome'

/** Another service gave no answer. Unless the request was never `sent`, the service may have carried it out. */
export class NoAnswer extends Unavailable {
  readonly sent: boolean

  constructor(service: string, { sent, cause }: Readonly<{ sent: boolean; cause: unknown }>) {
    super(service, { cause })
    this.name = 'NoAnswer'
    this.sent = sent
  }

  /** The service took too long; the connection was not lost. */
  get isTimeout(): boolean {
    return (this.cause as NodeJS.ErrnoException | undefined)?.code === 'UND_ERR_HEADERS_TIMEOUT'
  }
}

/** The connection ended while the body of the request was sent: the service did not take it, and has carried out nothing. */
export class BodyCut extends Error {
  constructor(service: string, cause: unknown) {
    super(`${service} did not take the whole body`, { cause })
    this.name = 'BodyCut'
  }
}

/** Errors of an attempt to connect. No byte of the request left this process. */
const connectErrors = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** Errors of this process about the request itself, which say nothing about the service. */
const localErrors = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_CLOSED',
  'UND_ERR_DESTROYED',
])

/** True when this process refused to send the request. */
export const isLocalError = (error: unknown): boolean =>
  localErrors.has((error as NodeJS.ErrnoException | undefined)?.code ?? '')

/** True when the connection was never made. */
export const isConnectError = (error: unknown): boolean =>
  connectErrors.has((error as NodeJS.ErrnoException | undefined)?.code ?? '')
