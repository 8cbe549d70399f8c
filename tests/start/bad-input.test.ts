import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { testDatabase, type TestDatabase } from '#platform/testing'
import { everyCommand } from './every-command.ts'
import { spawnPosad, temporaryDirectory } from './shop-process.ts'

let database: TestDatabase
before(async () => {
  database = await testDatabase()
})
after(() => database.close())

const directory = temporaryDirectory()

/** Each command once, with arguments that fit it. */
const commands = [
  'start',
  'migrate up',
  'migrate down cart --yes',
  'migrate status',
  'seed',
  'check',
  'outbox status',
  'outbox dead',
  'outbox retry ordering',
  'outbox skip ordering 01900000-0000-7000-8000-000000000001 --reason spoilt',
  'outbox remove-group herald --yes',
  'outbox remove-type ordering delivery.parcel-weighed.v1 --yes',
  'outbox remove-type herald ordering.order-created.v1 --yes',
  'outbox replay ordering 01900000-0000-7000-8000-000000000001 --reason again',
  'outbox after-restore',
  'backup copy',
  'users invite admin',
  'users grant olga@example.org admin',
  'db --url',
  'catalog export',
  'export',
]

/** One command for each way to open the database. */
const reachesServer = new Set(['start', 'migrate up', 'check', 'db --url'])

/** Commands that use no database of this machine. */
const others = [
  'migrate new',
  'demo',
  'help',
  'dispatch plan',
  'gateway',
  'catalog import',
  'import',
  'restore',
  'worker',
  'bench',
]

type Expected = Readonly<{ status: number; line: RegExp }>

/** Runs a command that fails, and requires the exit code and one sentence, without a stack. */
async function refuses(command: string, environment: Readonly<Record<string, string>>, expected: Expected) {
  const { output, exited } = spawnPosad(command, { POSAD_DATA: directory, APP_PORT: '0', ...environment })
  assert.equal(await exited, expected.status, output())
  assert.match(output(), expected.line)
  assert.doesNotMatch(output(), /\n {4}at |should not happen|undefined|\[object/)
}

test('the list of commands in this file is complete (F-56, PLT-21)', () => {
  const isTested = (name: string) => [...commands, ...others].some((line) => `${line} `.startsWith(`${name} `))
  assert.deepEqual(
    [...everyCommand.keys()].filter((name) => !isTested(name)),
    [],
  )
})

describe(
  'without its database every command ends with one sentence and exit code 1 (F-56, PLT-21)',
  { concurrency: 3 },
  () => {
    for (const command of commands) {
      const unwritable = { POSAD_DATA: '/proc/posad' }
      test(`posad ${command}, in a directory that cannot be made`, async () =>
        await refuses(command, unwritable, { status: 1, line: /^posad: [^\n]*\/proc\/posad[^\n]*\n$/m }))
      if (!reachesServer.has(command)) continue
      const away = { DATABASE_URL: 'postgresql://posad:hunter2@127.0.0.1:1/posad' }
      test(`posad ${command}, with a server that does not answer`, async () =>
        await refuses(command, away, {
          status: 1,
          line: /^posad: no database listens at 127\.0\.0\.1:1: (?!.*hunter2)[^\n]+\n$/m,
        }))
    }
  },
)

describe('a wrong argument ends with one sentence and exit code 2 (F-14, F-56, PLT-21)', { concurrency: 3 }, () => {
  const lines: Readonly<Record<string, RegExp>> = {
    bogus: /^posad: unknown command 'bogus'/,
    'start now': /^posad: There is no service now: choose among /,
    'check --bogus': /^posad: unknown option '--bogus'/,
    'migrate down': /^posad: missing required argument 'part'/,
    'migrate down nosuch': /^posad: There is no part nosuch: choose one of /m,
    'migrate down cart --steps 0': /^posad: --steps is "0": expected a whole number above 0/m,
    'migrate new nosuch add-moss':
      /^posad: There is no part nosuch with a folder migrations\/: create the folder first$/m,
    'migrate new cart Moss': /^posad: Moss is not a name of a migration: use one like /m,
    'outbox dead --group nosuch': /^posad: There is no group nosuch: choose one of /m,
    'outbox retry nosuch': /^posad: There is no group nosuch: choose one of /m,
    'outbox retry ordering zz': /^posad: zz is not the id of a message: /m,
    'outbox retry ordering --type nosuch':
      /^posad: ordering has no type nosuch: choose one of .*payments\.payment-started\.v1/m,
    'outbox retry ordering 01900000-0000-7000-8000-000000000001 --type nosuch':
      /^posad: --type is for all dead messages/m,
    'outbox remove-group nosuch --yes': /^posad: There is no group nosuch: choose one of /m,
    'outbox remove-type ordering nosuch.v1 --yes':
      /^posad: ordering has no type nosuch\.v1: it has none that this command takes$/m,
    'outbox skip catalog zz --reason spoilt': /^posad: zz is not the id of a message: /m,
    'outbox skip catalog zz': /^posad: required option '--reason <why>' not specified/,
    'users invite king': /^posad: Invitations are for staff: choose one of /m,
    'users grant olga@example.org king': /^posad: There is no role king: choose one of /m,
    'help bogus': /^posad: There is no command bogus: /m,
    'bench nosuch': /^posad: There is no benchmark for NOSUCH: choose from PERF-1, /,
    import: /^posad: missing required argument 'file'/,
  }
  for (const [command, line] of Object.entries(lines))
    test(`posad ${command}`, async () => await refuses(command, { DATABASE_URL: database.url }, { status: 2, line }))
})

describe('a refusal ends with one sentence and exit code 1 (F-56, PLT-21)', { concurrency: 3 }, () => {
  const lines: Readonly<Record<string, RegExp>> = {
    'migrate down cart --steps 99 --yes': /^posad: cart has \d+ applied migrations: --steps 99 is more than that$/m,
    'migrate new cart carts': /^posad: cart\/0001-carts has this name already: choose another one$/m,
    'users grant boris@example.org admin': /^posad: There is no account with the e-mail boris@example.org$/m,
    'demo --url http://127.0.0.1:1': /^posad: No shop answers at http:\/\/127\.0\.0\.1:1\/api\/v1: is it running\?$/m,
    'demo --url tea': /^posad: No shop answers at tea/m,
    'import nosuch.csv': /^posad: There is no file nosuch\.csv$/m,
    'restore nosuch': /^posad: \S+nosuch is no complete backup: it has no manifest\.json$/m,
  }
  for (const [command, line] of Object.entries(lines))
    test(`posad ${command}`, async () => await refuses(command, { DATABASE_URL: database.url }, { status: 1, line }))

  test('posad check, with a database that the server does not have', async () => {
    const url = new URL(database.url)
    url.pathname = '/gone'
    await refuses('check', { DATABASE_URL: url.href }, { status: 1, line: /^posad: there is no such database/m })
  })
})
