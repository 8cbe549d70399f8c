/** A command cannot be carried out. The message is one line for the person at the terminal; no stack is printed. */
export class Refusal extends Error {
  constructor(line: string) {
    super(line)
    this.name = 'Refusal'
  }
}

/** A command was called with an argument that it does not have: exit code 2. */
export class Misuse extends Refusal {}
