#!/usr/bin/env node
import { Command, Option } from 'commander'
import { ConfigError } from '#platform/config'
import { EmbeddedFailed, MigrationFailed } from '#platform/db'
import { Refusal } from './refusal.ts'
import { version } from './version.ts'

const posad = new Command('posad')
  .description('The shop, the couriers and the community of a small merchant')
  .version(version)
  .showHelpAfterError()

posad
  .command('start')
  .description('run the whole house until Ctrl-C')
  .action(async () => {
    const [{ start }, { configHere }] = [await import('./commands/start.ts'), await import('./commands/with-app.ts')]
    await start(configHere())
  })

const migrate = posad.command('migrate').description('the schemas of the database')
migrate
  .command('up')
  .description('apply what is pending')
  .action(async () => await (await import('./commands/migrate.ts')).up())
migrate
  .command('down')
  .description('undo the newest migrations of a part')
  .argument('<part>', 'such as ordering')
  .option('--steps <count>', 'how many', wholeNumber, 1)
  .action(
    async (part: string, options: { steps: number }) =>
      await (await import('./commands/migrate.ts')).down(part, options),
  )
migrate
  .command('status')
  .description('what is applied and what is pending')
  .addOption(jsonOption())
  .action(async (options: { json?: boolean }) => await (await import('./commands/migrate.ts')).status(options))
migrate
  .command('new')
  .description('make a pair of empty migration files')
  .argument('<part>')
  .argument('<name>', 'such as add-brew-profiles')
  .action(async (part: string, name: string) => (await import('./commands/migrate.ts')).create(part, name))

posad
  .command('seed')
  .description('fill an empty shop with the demo goods')
  .action(async () => await (await import('./commands/seed.ts')).seed())

posad
  .command('check')
  .description('run every invariant; exit code 1 when one is broken')
  .addOption(jsonOption())
  .action(async (options: { json?: boolean }) => {
    if (!(await (await import('./commands/check.ts')).check(options))) process.exitCode = 1
  })

const outbox = posad.command('outbox').description('events that wait, and messages that failed')
outbox
  .command('status')
  .description('lag, parked and dead messages per group')
  .addOption(jsonOption())
  .action(async (options: { json?: boolean }) => await (await import('./commands/outbox.ts')).status(options))
outbox
  .command('dead')
  .description('messages that wait for an operator')
  .option('--group <group>')
  .addOption(jsonOption())
  .action(
    async (options: { group?: string; json?: boolean }) => await (await import('./commands/outbox.ts')).dead(options),
  )
outbox
  .command('retry')
  .description('try one dead message of a group again, or all of them')
  .argument('<group>')
  .argument('[id]')
  .option('--type <type>', 'only events of this type')
  .action(
    async (group: string, id: string | undefined, options: { type?: string }) =>
      await (await import('./commands/outbox.ts')).retry(group, id, options),
  )
outbox
  .command('skip')
  .description('give a message up for good')
  .argument('<group>')
  .argument('<id>')
  .requiredOption('--reason <why>', 'for the record')
  .action(
    async (group: string, id: string, options: { reason: string }) =>
      await (await import('./commands/outbox.ts')).skip(group, id, options),
  )

outbox
  .command('forget')
  .description('forget the group of a module that is gone for good')
  .argument('<group>')
  .option('--yes', 'it cannot be undone')
  .action(
    async (group: string, options: { yes?: boolean }) =>
      await (await import('./commands/outbox.ts')).forget(group, options),
  )
outbox
  .command('restored')
  .description('once after a dump was loaded into another cluster, before the house starts')
  .action(async () => await (await import('./commands/outbox.ts')).restored())

const users = posad.command('users').description('accounts of staff')
users
  .command('invite')
  .description('print a link that makes one person staff')
  .argument('<role>')
  .action(async (role: string) => await (await import('./commands/users.ts')).invite(role))
users
  .command('grant')
  .description('give an account a role')
  .argument('<email>')
  .argument('<role>')
  .action(async (email: string, role: string) => await (await import('./commands/users.ts')).grant(email, role))

posad
  .command('demo')
  .description('buy tea and a bouquet, and watch the order walk')
  .option('--url <address>', 'a shop that runs; without it one is started')
  .action(async (options: { url?: string }) => await (await import('./demo/demo.ts')).demo(options))

await posad.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${lineOf(error)}\n`)
  process.exitCode = 1
})

/** One line for what a person can mend; the whole stack for a bug. */
function lineOf(error: unknown): string {
  const isPlain = [ConfigError, EmbeddedFailed, MigrationFailed, Refusal].some((kind) => error instanceof kind)
  if (isPlain) return `posad: ${(error as Error).message}`
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND')
    return 'posad: the database does not answer: is it running, and is DATABASE_URL right?'
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function jsonOption(): Option {
  return new Option('--json', 'for programs')
}

function wholeNumber(text: string): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1) throw new Refusal(`${text} is not a whole number above 0`)
  return count
}
