/** Why a command cannot be carried out: one line for the person at the terminal, no stack. */
export class Refusal extends Error {
  constructor(line: string) {
    super(line)
    this.name = 'Refusal'
  }
}
