/** The embedded PostgreSQL cannot run here. The message is one line: the cause and the remedy. */
export class EmbeddedFailed extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'EmbeddedFailed'
  }
}
