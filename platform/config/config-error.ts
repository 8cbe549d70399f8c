/** A setting is wrong. The message is one line for the person who starts the program, and shows no secret. */
export class ConfigError extends Error {
  constructor(line: string) {
    super(line)
    this.name = 'ConfigError'
  }
}
