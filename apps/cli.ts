#!/usr/bin/env -S node --max-semi-space-size=8
import { Argument, Command } from 'commander'
import type { DatabaseInUse } from './terminal/database-away.ts'
import { jsonOption, serviceNameOf, wholeNumber } from './terminal/arguments.ts'
import { roles } from '#identity/schema'
import { seconds } from '#platform/values'
import type { PlanOptions } from './commands/dispatch.ts'
import type { CourierDemoOptions } from './demo/couriers/couriers.ts'
import { Misuse, Refusal } from './terminal/refusal.ts'
import { serviceNames } from './services/services.ts'
import { version } from './version.ts'

type DemoOptions = CourierDemoOptions & Readonly<{ url?: string }>

const planHelp = `
The same file, seed and --iterations give the same plan on every machine. --seconds is turned into an amount of work, so that
it gives the same plan as long as the machine finishes that work in four fifths of the time; a slower or busier machine stops
at the time and may give another plan.`

const posad = new Command('posad')
  .description('The shop, the couriers and the community of a small merchant')
  .version(version)
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'posad: ')) })
  .showHelpAfterError()
  .helpCommand(false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

posad
  .command('start')
  .description('run the shop, or some of its services, until Ctrl-C')
  .argument('[services...]', `such as ordering payments; all in one when absent (${serviceNames.join(', ')})`)
  .action(async (names: string[]) => {
    const [{ start }, { readOwnConfig }] = [await import('./commands/start.ts'), await import('./commands/with-app.ts')]
    await start(readOwnConfig(), names.map(serviceNameOf))
  })

posad
  .command('worker')
  .description('handle events and run jobs, and answer no requests, until Ctrl-C')
  .argument('[services...]', `such as ordering payments; all in one when absent`)
  .action(async (names: string[]) => {
    const [{ worker }, { readOwnConfig }] = [
      await import('./commands/worker.ts'),
      await import('./commands/with-app.ts'),
    ]
    await worker(readOwnConfig(), names.map(serviceNameOf))
  })

posad
  .command('gateway')
  .description('run the gateway in front of the services until Ctrl-C')
  .action(async () => {
    const [{ gateway }, { readOwnConfig }] = [
      await import('./commands/gateway.ts'),
      await import('./commands/with-app.ts'),
    ]
    await gateway(readOwnConfig())
  })

const migrate = posad.command('migrate').description('the schemas of the database')
migrate
  .command('up')
  .description('apply pending migrations')
  .action(async () => await (await import('./commands/migrate.ts')).up())
migrate
  .command('down')
  .description('revert the newest migrations of a part; the shop must not run')
  .argument('<part>', 'such as ordering')
  .option('--steps <count>', 'how many', wholeNumber, 1)
  .option('--yes', 'revert them; without it the command only says what would be lost')
  .action(
    async (part: string, options: { steps: number; yes?: boolean }) =>
      await (await import('./commands/migrate.ts')).down(part, options),
  )
migrate
  .command('status')
  .description('list applied and pending migrations')
  .addOption(jsonOption())
  .action(async (options: { json?: boolean }) => await (await import('./commands/migrate.ts')).status(options))
migrate
  .command('new')
  .description('create a pair of empty migration files')
  .argument('<part>')
  .argument('<name>', 'such as add-brew-profiles')
  .action(async (part: string, name: string) => (await import('./commands/migrate.ts')).create(part, name))

posad
  .command('seed')
  .description('add the demo products, or remove them')
  .option('--remove', 'delete the demo products; archive those that were ordered')
  .addOption(jsonOption())
  .action(
    async (options: { remove?: boolean; json?: boolean }) => await (await import('./commands/seed.ts')).seed(options),
  )

const catalog = posad.command('catalog').description('products as CSV files, one line for each variant')
catalog
  .command('import')
  .description('create or change products by SKU; exit code 1 when a line was refused')
  .argument('<file>')
  .option('--dry-run', 'say what is wrong with each line, and change nothing')
  .option('--set-stock', 'set the stock to on_hand, whatever was sold since the file was exported')
  .addOption(jsonOption())
  .action(async (file: string, options: { dryRun?: boolean; setStock?: boolean; json?: boolean }) => {
    if (!(await (await import('./commands/catalog.ts')).importFile(file, options))) process.exitCode = 1
  })
catalog
  .command('export')
  .description('write every product to a file that can be imported again')
  .argument('[file]', 'standard output when absent')
  .action(async (file: string | undefined) => await (await import('./commands/catalog.ts')).exportFile(file))

posad
  .command('check')
  .description('run every invariant; exit code 1 when one is broken')
  .addOption(jsonOption())
  .action(async (options: { json?: boolean }) => {
    if (!(await (await import('./commands/check.ts')).check(options))) process.exitCode = 1
  })

posad
  .command('backup')
  .description('write all data of the shop into a new directory, while it runs')
  .argument('<directory>')
  .addOption(jsonOption())
  .action(
    async (directory: string, options: { json?: boolean }) =>
      await (await import('./commands/backup.ts')).backup(directory, options),
  )

posad
  .command('restore')
  .description('read a backup into empty databases; the shop must not run')
  .argument('<directory>')
  .action(async (directory: string) => await (await import('./commands/restore.ts')).restore(directory))

const outbox = posad.command('outbox').description('pending events and failed messages')
outbox
  .command('status')
  .description('lag, parked and dead messages per consumer group')
  .addOption(jsonOption())
  .action(async (options: { json?: boolean }) => await (await import('./commands/outbox.ts')).status(options))
outbox
  .command('dead')
  .description('list the messages that wait for an operator')
  .option('--group <group>')
  .addOption(jsonOption())
  .action(
    async (options: { group?: string; json?: boolean }) => await (await import('./commands/outbox.ts')).dead(options),
  )
outbox
  .command('retry')
  .description('retry one dead message of a group, or all of them')
  .argument('<group>')
  .argument('[id]')
  .option('--type <type>', 'only events of this type')
  .action(
    async (group: string, id: string | undefined, options: { type?: string }) =>
      await (await import('./commands/outbox.ts')).retry(group, id, options),
  )
outbox
  .command('skip')
  .description('drop a message for good')
  .argument('<group>')
  .argument('<id>')
  .requiredOption('--reason <why>', 'for the record')
  .action(
    async (group: string, id: string, options: { reason: string }) =>
      await (await import('./commands/outbox.ts')).skip(group, id, options),
  )
outbox
  .command('replay')
  .description('let a group handle an event once more that it has handled or skipped')
  .argument('<group>')
  .argument('<id>')
  .requiredOption('--reason <why>', 'for the record')
  .action(
    async (group: string, id: string, options: { reason: string }) =>
      await (await import('./commands/outbox.ts')).replay(group, id, options),
  )
outbox
  .command('remove-group')
  .description('remove the consumer group of a module that no longer exists')
  .argument('<group>')
  .option('--yes', 'remove it even when it has unhandled events; this cannot be undone')
  .action(
    async (group: string, options: { yes?: boolean }) =>
      await (await import('./commands/outbox.ts')).remove(group, options),
  )
outbox
  .command('remove-type')
  .description('after a return to an older version: remove an event type that only the newer one handles')
  .argument('<group>')
  .argument('<type>')
  .option('--yes', 'remove it, so that the group never handles its events; this cannot be undone')
  .action(
    async (group: string, type: string, options: { yes?: boolean }) =>
      await (await import('./commands/outbox.ts')).removeType(group, type, options),
  )
outbox
  .command('after-restore')
  .description('run once after a dump was restored into another cluster, before the next start')
  .action(async () => await (await import('./commands/outbox.ts')).afterRestore())

const users = posad.command('users').description('accounts of staff')
users
  .command('invite')
  .description('print a link that gives one person a role of the staff')
  .argument('<role>', roles.filter((role) => role !== 'customer').join(', '))
  .addOption(jsonOption())
  .action(
    async (role: string, options: { json?: boolean }) =>
      await (await import('./commands/users.ts')).invite(role, options),
  )
users
  .command('grant')
  .description('give an account a role')
  .argument('<email>')
  .argument('<role>', roles.join(', '))
  .action(async (email: string, role: string) => await (await import('./commands/users.ts')).grant(email, role))

posad
  .command('dispatch')
  .description('the planner of the couriers')
  .command('plan')
  .description('plan routes for an instance of Li and Lim: few vehicles first, then a short distance')
  .requiredOption('--pdptw <file>', 'the instance')
  .option('--seconds <seconds>', 'how long to search; 8 without --iterations')
  .option('--iterations <count>', 'search this many steps instead')
  .option('--seed <number>', 'another seed finds another plan', '1')
  .addOption(jsonOption())
  .addHelpText('after', planHelp)
  .action(async (options: PlanOptions) => await (await import('./commands/dispatch.ts')).plan(options))

posad
  .command('db')
  .description('open psql on the database of the shop')
  .option('--url', 'print the address of the database, with its password')
  .action(async (options: { url?: boolean }) => await (await import('./commands/db.ts')).db(options))

posad
  .command('demo')
  .description('buy tea and a bouquet, and show every step of the order; or a day of the couriers')
  .addArgument(new Argument('[scene]', 'couriers: a day of four couriers on a grid of streets').choices(['couriers']))
  .option('--url <address>', 'a running shop; without it the demo starts its own')
  .option('--seed <number>', 'couriers: another seed makes another day', '1')
  .option('--hours <number>', 'couriers: how long the shop is open', '10')
  .option('--pace <minutes>', 'couriers: minutes of the day in a second; 0 takes no pause', '10')
  .action(async (scene: 'couriers' | undefined, options: DemoOptions) => {
    if (scene === 'couriers') await (await import('./demo/couriers/couriers.ts')).couriers(options)
    else await (await import('./demo/demo.ts')).demo(options)
  })

posad
  .command('help')
  .description('show the help of a command')
  .argument('[command...]')
  .action((names: string[]) => commandOf(names).help())

await posad.parseAsync().catch(async (error: unknown) => {
  process.stderr.write(`posad: ${await lineOf(error)}\n`)
  process.exitCode = error instanceof Misuse ? 2 : 1
  // A part that was not closed keeps a failed command alive no longer than this.
  setTimeout(() => process.exit(), seconds(5)).unref()
})

/** Loads the drivers whose errors it knows only for an error: commands without a database start without them. */
async function lineOf(error: unknown): Promise<string> {
  if (error instanceof Refusal) return error.message
  const { messageOf } = await import('./terminal/message-of.ts')
  return messageOf(error, await databaseInUse())
}

/** Wrong settings name themselves in their error, whichever database they choose. */
async function databaseInUse(): Promise<DatabaseInUse> {
  const { readOwnConfig } = await import('./commands/with-app.ts')
  try {
    return readOwnConfig().database
  } catch {
    return { kind: 'external' }
  }
}

function commandOf(names: readonly string[]): Command {
  let found = posad
  for (const name of names) {
    const next = found.commands.find((command) => command.name() === name)
    if (!next) throw new Misuse(`There is no command ${names.join(' ')}: ${nameOf(found)} --help lists the commands`)
    found = next
  }
  return found
}

/** `posad outbox`. */
function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name()
}
