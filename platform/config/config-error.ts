/** The environment is wrong; the message is one line for the person who starts the program, without any secret. */
export class ConfigError extends Error {
  constructor(line: string) {
    super(line)
    this.name = 'ConfigError'
  }
}
