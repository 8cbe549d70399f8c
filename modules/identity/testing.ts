import { sign } from '@tma.js/init-data-node'
import { sql, type RawBuilder } from 'kysely'
import { memoryCache, watchInvalidations } from '#platform/cache'
import { afterCommit } from '#platform/db'
import type { Rates } from '#platform/limits'
import {
  assertNoViolations,
  eventually,
  expectResponse,
  guest,
  openTestApi,
  testDatabase,
  type TestResponse,
} from '#platform/testing'
import { after, days, minutes, systemClock } from '#platform/values'
import { installJobs, runJobs } from '#platform/jobs'
import type { Mail, MailQueue } from '#platform/mail'
import { quietLog } from '#platform/telemetry'
import { identity, type IdentityNeeds } from './index.ts'
import { LinkView } from './linking/schema.ts'
import type { Role } from './permissions.ts'
import { SignedInView } from './schema.ts'

/** 30 ms per hash would slow down every test that signs a user in. */
const cheapHashes = { cost: { memory: 64, passes: 1, parallelism: 1 } }
const secret = 'the secret of a test, which has at least forty characters'

/** The machine tokens of a test. */
export const adminToken = 'the-token-of-the-host-of-the-shop'
export const internalToken = 'the-token-of-an-outside-program'

export const goodPassword = 'tea with jam on Sundays'

type Options = Readonly<{ token?: string; body?: object; headers?: Readonly<Record<string, string>> }>

/** Opens the module on its own database, behind the real HTTP server, which authenticates callers with the module. */
export async function openIdentityTest(needs: Partial<Omit<IdentityNeeds, 'db'>> = {}) {
  const { db, pool, close } = await testDatabase({ size: 8 })
  const { mail, mails } = recordedMail()
  const usual = {
    db,
    now: systemClock,
    tokens: { keys: { secret } },
    passwords: cheapHashes,
    limits: { kind: 'off' },
    machineTokens: { admin: adminToken, internal: internalToken },
    mail,
    shop: { name: 'Tea and flowers', origin: () => 'https://shop.example' },
    ...needs,
  } satisfies IdentityNeeds
  const module = identity(usual)
  const { http, ...api } = await openTestApi([module], { authenticate: module.api.authenticate, db })

  const send = (request: `${string} /${string}`, { token, body, headers }: Options = {}): Promise<TestResponse> =>
    api.send(guest, request, {
      ...(body && { body }),
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
    })
  const logIn = (email: string, password = goodPassword) => send('POST /auth/login', { body: { email, password } })
  const signUp = async (email: string) => {
    const body = { email, password: goodPassword, name: email.split('@', 1)[0] }
    const signedIn = expectResponse(await send('POST /auth/register', { body }), 201, SignedInView)
    registered.set(email, signedIn.access_token)
    return signedIn
  }
  const registered = new Map<string, string>()
  const codeTo = async (email: string) => await eventually(() => codeIn(mails.findLast(({ to }) => to === email)))
  const verify = async (email: string, token = registered.get(email)) => {
    const body = { code: await codeTo(email) }
    expectResponse(await send('POST /auth/email/verify', { body, ...(token !== undefined && { token }) }), 200)
  }
  const eventsOf = async (type: string): Promise<Record<string, unknown>[]> => {
    const rows = await db.selectFrom('platform.event').select('data').where('type', '=', type).orderBy('id').execute()
    return rows.map(({ data }) => data)
  }
  /** Runs the jobs of the module until `close`, so that requests for a code are carried out. */
  const startJobs = async () => {
    await installJobs(pool)
    const runner = await runJobs({ pool, jobs: module.jobs ?? [], concurrency: 2, log: quietLog })
    stops.push(() => runner.stop())
  }
  /** Opens the module once more over the same database, as another process does. `watches`: the database notifies it. */
  const openAnother = ({ watches }: Readonly<{ watches: boolean }>) => {
    const another = identity({ ...usual, statusTtl: minutes(10) })
    if (watches) {
      const { ownCaches = [] } = another
      const cache = memoryCache({ maxBytes: 1000 })
      stops.push(watchInvalidations({ pool, cache, tags: [], ownCaches, log: quietLog }).stop)
    }
    return another.api
  }
  const stops: (() => Promise<void>)[] = []
  return {
    db,
    module,
    http,
    send,
    /** `GET /auth/me`. */
    me: (token?: string) => send('GET /auth/me', token === undefined ? {} : { token }),
    refresh: (refresh_token: string) => send('POST /auth/refresh', { body: { refresh_token } }),
    logIn,
    /** Logs in and returns the tokens. */
    enter: async (email: string, password?: string) => expectResponse(await logIn(email, password), 200, SignedInView),
    signUp,
    eventsOf,
    assertNoViolations: () => assertNoViolations(module),
    /** Signs up a member of staff and returns the session. */
    signUpStaff: async (email: string, role: Role) => {
      const signedIn = await signUp(email)
      await verify(email)
      await module.users.grantRole(email, role)
      return signedIn
    },
    startJobs,
    openAnother,
    mails,
    /** The code in the latest mail to an address. */
    codeTo,
    /** Proves a mailbox with the code of the latest mail to it, in `token` or in the session that registered it. */
    verify,
    close: async () => {
      await Promise.all(stops.map((stop) => stop()))
      await api.close()
      await close()
    },
  }
}

/** A queue that records each mail after the commit of its transaction. */
function recordedMail() {
  const mails: Mail[] = []
  const mail: Pick<MailQueue, 'send'> = {
    send: async (tx, one) => afterCommit(tx, () => void mails.push(one)),
  }
  return { mail, mails }
}

/** The code in the link of a mail, or the digits to type in. Throws when there is none. */
function codeIn(mail: Mail | undefined): string {
  const code = /#([\w-]{43})$|^(\d{4}(?: \d{4}){3})$/m.exec(mail?.text ?? '')
  if (!code) throw new Error('No mail with a code has been sent')
  return code[1] ?? code[2] ?? ''
}

export type IdentityTest = Awaited<ReturnType<typeof openIdentityTest>>

/** The limits that the settings have by default, with other rates for a test. */
export function ratesWith(rates: Record<string, { count: number; seconds: number; burst: number }> = {}): Rates {
  return {
    kind: 'on',
    rates: {
      login: { count: 5, seconds: 900, burst: 5 },
      login_account: { count: 20, seconds: 3600, burst: 20 },
      login_address: { count: 100, seconds: 900, burst: 100 },
      mail: { count: 3, seconds: 3600, burst: 3 },
      mail_account: { count: 10, seconds: 3600, burst: 10 },
      mail_address: { count: 30, seconds: 3600, burst: 30 },
      refresh: { count: 30, seconds: 60, burst: 30 },
      invalid_token: { count: 300, seconds: 60, burst: 300 },
      ...rates,
    },
  }
}

/**
 * Takes a lock, begins `start`, and releases the lock once `waiting` connections wait for it, so that the race happens on
 * any machine. The pool has eight connections, and one of them holds the lock.
 */
export async function raceForLock<Result>(
  { db }: Pick<IdentityTest, 'db'>,
  { lock, waiting }: { lock: RawBuilder<unknown>; waiting: number },
  start: () => Promise<Result>,
): Promise<Result> {
  const started = await db.transaction().execute(async (tx) => {
    await lock.execute(tx)
    const running = start()
    await eventually(async () => {
      await sql`select pg_stat_clear_snapshot()`.execute(tx)
      const { rows } = await lockWaits.execute(tx)
      if ((rows[0]?.count ?? 0) < waiting) throw new Error(`${rows[0]?.count} of ${waiting} connections wait`)
    })
    return { running }
  })
  return await started.running
}

const lockWaits = sql<{ count: number }>`
  select count(*) as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

const bot_token = '7342037359:AAHI25ES9xCOMPokpYoz-p8XVrZUdygo2J4'

/** Opens the module with a Telegram bot and a clock that the test advances, to link and merge accounts. */
export async function openMergeTest() {
  let time = new Date('2026-11-21T09:00:00Z')
  const telegram = { bot_token, public_key: '0'.repeat(64), maxAge: days(1) }
  const app = await openIdentityTest({ now: () => time, telegram })
  const initDataOf = (id: number, at = time) => sign({ user: { id, first_name: 'Анна' } }, bot_token, at)
  const requestCode = (token: string, email: string, password?: string) =>
    app.send('POST /auth/link/email', { token, body: { email, ...(password !== undefined && { password }) } })
  const confirm = (token: string, code: string) => app.send('POST /auth/link/email/confirm', { token, body: { code } })
  const linkEmail = async (token: string, email: string, password?: string) => {
    expectResponse(await requestCode(token, email, password), 204)
    return await confirm(token, await app.codeTo(email.toLowerCase()))
  }
  const linkTelegram = (token: string, id: number, { password = goodPassword, at = time } = {}) =>
    app.send('POST /auth/link/telegram', { token, body: { init_data: initDataOf(id, at), password } })
  return {
    ...app,
    initDataOf,
    now: () => time,
    advance: (milliseconds: number) => {
      time = after(time, milliseconds)
    },
    /** Signs up and proves the mailbox. */
    signUpVerified: async (email: string) => {
      const signedIn = await app.signUp(email)
      await app.verify(email)
      return signedIn
    },
    signInWithTelegram: async (id: number) => {
      const body = { init_data: initDataOf(id) }
      return expectResponse(await app.send('POST /auth/telegram/mini-app', { body }), 200, SignedInView)
    },
    requestCode,
    confirm,
    linkEmail,
    linkTelegram,
    /** The token of a response that offers to merge. */
    tokenIn: (response: TestResponse): string => {
      const { merge } = expectResponse(response, 200, LinkView)
      if (!merge) throw new Error('The response offers no merge')
      return merge.merge_token
    },
    merge: (token: string, merge_token: string) => app.send('POST /auth/merge', { token, body: { merge_token } }),
    statusOf: async (id: string) => {
      const columns = ['status', 'merged_into'] as const
      return await app.db.selectFrom('identity.users').select(columns).where('id', '=', id).executeTakeFirstOrThrow()
    },
  }
}

export type MergeTest = Awaited<ReturnType<typeof openMergeTest>>
