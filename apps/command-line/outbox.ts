import type { Command } from 'commander'
import { jsonOption } from '../terminal/arguments.ts'
import type { Format } from '../terminal/print.ts'

/** Declares `posad outbox`. */
export function declareOutbox(parent: Command): void {
  const outbox = parent.command('outbox').description('pending events and failed messages')
  declareLists(outbox)
  declareDecisions(outbox)
  declareRemovals(outbox)
  outbox
    .command('after-restore')
    .description('run once after a dump was restored into another cluster, before the next start')
    .addOption(jsonOption())
    .action(async (options: Format) => await (await import('../commands/outbox.ts')).afterRestore(options))
}

function declareLists(outbox: Command): void {
  outbox
    .command('status')
    .description('lag, parked and dead messages per consumer group')
    .addOption(jsonOption())
    .action(async (options: Format) => await (await import('../commands/outbox.ts')).status(options))
  outbox
    .command('dead')
    .description('list the messages that wait for an operator')
    .option('--group <group>')
    .addOption(jsonOption())
    .action(async (options: Format & { group?: string }) => await (await import('../commands/outbox.ts')).dead(options))
}

function declareDecisions(outbox: Command): void {
  outbox
    .command('retry')
    .description('retry one dead message of a group, or all of them')
    .argument('<group>')
    .argument('[id]')
    .option('--type <type>', 'only events of this type')
    .addOption(jsonOption())
    .action(
      async (group: string, id: string | undefined, options: Format & { type?: string }) =>
        await (await import('../commands/outbox.ts')).retry(group, id, options),
    )
  outbox
    .command('skip')
    .description('drop a message for good')
    .argument('<group>')
    .argument('<id>')
    .requiredOption('--reason <why>', 'for the record')
    .addOption(jsonOption())
    .action(
      async (group: string, id: string, options: Format & { reason: string }) =>
        await (await import('../commands/outbox.ts')).skip(group, id, options),
    )
  outbox
    .command('replay')
    .description('let a group handle an event once more that it has handled or skipped')
    .argument('<group>')
    .argument('<id>')
    .requiredOption('--reason <why>', 'for the record')
    .addOption(jsonOption())
    .action(
      async (group: string, id: string, options: Format & { reason: string }) =>
        await (await import('../commands/outbox.ts')).replay(group, id, options),
    )
}

function declareRemovals(outbox: Command): void {
  outbox
    .command('remove-group')
    .description('remove the consumer group of a module that no longer exists')
    .argument('<group>')
    .option('--yes', 'remove it even when it has unhandled events; this cannot be undone')
    .addOption(jsonOption())
    .action(
      async (group: string, options: Format & { yes?: boolean }) =>
        await (await import('../commands/outbox.ts')).remove(group, options),
    )
  outbox
    .command('remove-type')
    .description('after a return to an older version: remove an event type that only the newer one handles')
    .argument('<group>')
    .argument('<type>')
    .option('--yes', 'remove it, so that the group never handles its events; this cannot be undone')
    .addOption(jsonOption())
    .action(
      async (group: string, type: string, options: Format & { yes?: boolean }) =>
        await (await import('../commands/outbox.ts')).removeType(group, type, options),
    )
}
