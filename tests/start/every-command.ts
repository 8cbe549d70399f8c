import type { Command } from 'commander'
import { posad } from '../../apps/command-line/posad.ts'

/** Every command that does something, by its name on the command line, such as `outbox retry`. */
export const everyCommand: ReadonlyMap<string, Command> = new Map(commandsUnder(posad, []))

function commandsUnder(parent: Command, names: readonly string[]): (readonly [string, Command])[] {
  return parent.commands.flatMap((command) => {
    const path = [...names, command.name()]
    return command.commands.length > 0 ? commandsUnder(command, path) : [[path.join(' '), command] as const]
  })
}
