/** The embedded PostgreSQL cannot run here. The message is one line: what is wrong and what to do. */
export class EmbeddedFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedFailed'
  }
}
