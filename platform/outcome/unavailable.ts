/** Thrown when another service or system that is needed does not answer now. HTTP answers 503 with `Retry-After`. */
export class Unavailable extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} does not answer`, options)
    this.name = 'Unavailable'
  }
}
