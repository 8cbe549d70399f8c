import { sql, type RawBuilder } from 'kysely'
import { eventually, testDatabase, testServer } from '#platform/testing'
import { systemClock } from '#platform/values'
import { identity, type IdentityNeeds } from './index.ts'
import { foldEmail } from './user.ts'

/** Cheap hashes: what a test is not about must not cost it 30 ms. */
const cheap = { cost: { memory: 64, passes: 1, parallelism: 1 } }
const secret = 'a secret of a test, of forty characters at least'

type Input = Partial<Omit<IdentityNeeds, 'db'>>
export type SignedUp = Readonly<{
  user: Readonly<{ id: string; email: string; name: string; role: string }>
  access_token: string
  refresh_token: string
  expires_in: number
}>

export const goodPassword = 'tea with jam on Sundays'

/** The module over a database of its own and the real HTTP server, its own `authenticate` at the door. */
export async function openIdentity(input: Input = {}) {
  const { db, close } = await testDatabase({ size: 8 })
  const needs = {
    now: systemClock,
    tokens: { keys: { secret } },
    passwords: cheap,
    limits: { kind: 'off' } as const,
    ...input,
  }
  const module = identity({ db, ...needs })
  const http = await testServer([module], { authenticate: module.api.authenticate, db })

  const post = (path: string, payload?: object, token?: string) =>
    http.inject({
      method: 'POST',
      url: `/api/v1/auth/${path}`,
      ...(payload && { payload }),
      headers: { 'accept-language': 'en', ...(token && { authorization: `Bearer ${token}` }) },
    })
  const get = (path: string, token?: string) =>
    http.inject({ url: `/api/v1/auth/${path}`, headers: token ? { authorization: `Bearer ${token}` } : {} })
  const signUp = async (email: string): Promise<SignedUp> => {
    const answer = await post('register', { email, password: goodPassword, name: email.split('@', 1)[0] })
    if (answer.statusCode !== 201) throw new Error(answer.body)
    return answer.json<SignedUp>()
  }
  const logIn = (email: string, password = goodPassword) => post('login', { email: foldEmail(email), password })
  const told = async (type: string): Promise<Record<string, unknown>[]> => {
    const rows = await db.selectFrom('platform.event').select('data').where('type', '=', type).orderBy('id').execute()
    return rows.map(({ data }) => data)
  }
  const closeAll = async () => {
    await http.close()
    await close()
  }
  return { db, module, http, post, get, signUp, logIn, told, close: closeAll }
}

/**
 * Holds a lock while `start` begins, until `waiting` connections queue for it, then lets them all go. So a race is a race
 * on any machine. The pool has eight connections, one of which holds.
 */
export async function racing<Result>(
  { db }: Pick<Opened, 'db'>,
  { lock, waiting }: { lock: RawBuilder<unknown>; waiting: number },
  start: () => Promise<Result>,
): Promise<Result> {
  const started = await db.transaction().execute(async (tx) => {
    await lock.execute(tx)
    const running = start()
    await eventually(async () => {
      await sql`select pg_stat_clear_snapshot()`.execute(tx)
      const { rows } = await queue.execute(tx)
      if ((rows[0]?.length ?? 0) < waiting) throw new Error(`${rows[0]?.length} of ${waiting} are waiting`)
    })
    return { running }
  })
  return await started.running
}

const queue = sql<{ length: number }>`
  select count(*) as length from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`

/** The statuses of a crowd's answers, sorted. */
export const statusesOf = (ends: readonly PromiseSettledResult<{ statusCode: number }>[]): number[] =>
  ends.map((end) => (end.status === 'fulfilled' ? end.value.statusCode : 0)).toSorted((one, other) => one - other)

export type Opened = Awaited<ReturnType<typeof openIdentity>>
