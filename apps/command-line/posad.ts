import { Argument, Command } from 'commander'
import { jsonOption, serviceNameOf, wholeNumber } from '../terminal/arguments.ts'
import { roles } from '#identity/schema'
import type { PlanOptions } from '../commands/dispatch.ts'
import type { CourierDemoOptions } from '../demo/couriers/couriers.ts'
import type { Format } from '../terminal/print.ts'
import { Misuse } from '../terminal/refusal.ts'
import { serviceNames } from '../services/services.ts'
import { version } from '../version.ts'
import { declareOutbox } from './outbox.ts'
import { declareProducts } from './products.ts'

type DemoOptions = CourierDemoOptions & Readonly<{ url?: string }>

const planHelp = `
The same file, seed and --iterations give the same plan on every machine. --seconds is turned into an amount of work, so that
it gives the same plan as long as the machine finishes that work in four fifths of the time; a slower or busier machine stops
at the time and may give another plan.`

/** The command `posad` with all its commands. */
export const posad = new Command('posad')
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
    const [{ start }, { readOwnConfig }] = [
      await import('../commands/start.ts'),
      await import('../commands/with-app.ts'),
    ]
    await start(readOwnConfig(), names.map(serviceNameOf))
  })

posad
  .command('worker')
  .description('handle events and run jobs, and answer no requests, until Ctrl-C')
  .argument('[services...]', `such as ordering payments; all in one when absent`)
  .action(async (names: string[]) => {
    const [{ worker }, { readOwnConfig }] = [
      await import('../commands/worker.ts'),
      await import('../commands/with-app.ts'),
    ]
    await worker(readOwnConfig(), names.map(serviceNameOf))
  })

posad
  .command('gateway')
  .description('run the gateway in front of the services until Ctrl-C')
  .action(async () => {
    const [{ gateway }, { readOwnConfig }] = [
      await import('../commands/gateway.ts'),
      await import('../commands/with-app.ts'),
    ]
    await gateway(readOwnConfig())
  })

const migrate = posad.command('migrate').description('the schemas of the database')
migrate
  .command('up')
  .description('apply pending migrations')
  .addOption(jsonOption())
  .action(async (options: Format) => await (await import('../commands/migrate.ts')).up(options))
migrate
  .command('down')
  .description('revert the newest migrations of a part; the shop must not run')
  .argument('<part>', 'such as ordering')
  .option('--steps <count>', 'how many', wholeNumber, 1)
  .option('--yes', 'revert them; without it the command only says what would be lost')
  .addOption(jsonOption())
  .action(
    async (part: string, options: Format & { steps: number; yes?: boolean }) =>
      await (await import('../commands/migrate.ts')).down(part, options),
  )
migrate
  .command('status')
  .description('list applied and pending migrations')
  .addOption(jsonOption())
  .action(async (options: Format) => await (await import('../commands/migrate.ts')).status(options))
migrate
  .command('new')
  .description('create a pair of empty migration files')
  .argument('<part>')
  .argument('<name>', 'such as add-brew-profiles')
  .addOption(jsonOption())
  .action(async (part: string, name: string, options: Format) =>
    (await import('../commands/migrate.ts')).create(part, name, options),
  )

posad
  .command('seed')
  .description('add the demo products, or remove them')
  .option('--remove', 'delete the demo products; archive those that were ordered')
  .addOption(jsonOption())
  .action(async (options: Format & { remove?: boolean }) => await (await import('../commands/seed.ts')).seed(options))

declareProducts(posad)

posad
  .command('check')
  .description('run every invariant; exit code 1 when one is broken')
  .addOption(jsonOption())
  .action(async (options: Format) => {
    if (!(await (await import('../commands/check.ts')).check(options))) process.exitCode = 1
  })

posad
  .command('backup')
  .description('write all data of the shop into a new directory, while it runs')
  .argument('<directory>')
  .addOption(jsonOption())
  .action(
    async (directory: string, options: Format) =>
      await (await import('../commands/backup.ts')).backup(directory, options),
  )

posad
  .command('restore')
  .description('read a backup into empty databases; the shop must not run')
  .argument('<directory>')
  .addOption(jsonOption())
  .action(
    async (directory: string, options: Format) =>
      await (await import('../commands/restore.ts')).restore(directory, options),
  )

declareOutbox(posad)

const users = posad.command('users').description('accounts of staff')
users
  .command('invite')
  .description('print a link that gives one person a role of the staff')
  .argument('<role>', roles.filter((role) => role !== 'customer').join(', '))
  .addOption(jsonOption())
  .action(async (role: string, options: Format) => await (await import('../commands/users.ts')).invite(role, options))
users
  .command('grant')
  .description('give an account a role')
  .argument('<email>')
  .argument('<role>', roles.join(', '))
  .addOption(jsonOption())
  .action(
    async (email: string, role: string, options: Format) =>
      await (await import('../commands/users.ts')).grant(email, role, options),
  )

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
  .action(async (options: PlanOptions) => await (await import('../commands/dispatch.ts')).plan(options))

posad
  .command('db')
  .description('open psql on the database of the shop')
  .option('--url', 'print the address of the database, with its password')
  .addOption(jsonOption().implies({ url: true }))
  .action(async (options: Format & { url?: boolean }) => await (await import('../commands/db.ts')).db(options))

posad
  .command('demo')
  .description('buy tea and a bouquet, and show every step of the order; or a day of the couriers')
  .addArgument(new Argument('[scene]', 'couriers: a day of four couriers on a grid of streets').choices(['couriers']))
  .option('--url <address>', 'a running shop; without it the demo starts its own')
  .option('--seed <number>', 'couriers: another seed makes another day', '1')
  .option('--hours <number>', 'couriers: how long the shop is open', '10')
  .option('--pace <minutes>', 'couriers: minutes of the day in a second; 0 takes no pause', '10')
  .action(async (scene: 'couriers' | undefined, options: DemoOptions) => {
    if (scene === 'couriers') await (await import('../demo/couriers/couriers.ts')).couriers(options)
    else await (await import('../demo/demo.ts')).demo(options)
  })

posad
  .command('bench')
  .description('measure the speed of this version on this machine, with databases of its own; takes long without a bar')
  .argument('[bars...]', 'such as PERF-1; all of them when absent')
  .option('--write', 'save the tables in docs/benchmarks.md')
  .addOption(jsonOption())
  .action(async (bars: string[], options: Format & { write?: boolean }) =>
    (await import('../commands/bench.ts')).bench(bars, options),
  )

posad
  .command('help')
  .description('show the help of a command')
  .argument('[command...]')
  .action((names: string[]) => commandOf(names).help())

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
