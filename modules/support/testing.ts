import { openTestApi, testDatabase } from '#platform/testing'
import { systemClock } from '#platform/values'
import { support } from './index.ts'

/** Opens support over a database of its own, with its HTTP API. */
export async function openSupportTest() {
  const database = await testDatabase()
  const module = support({ db: database.db, now: systemClock })
  const api = await openTestApi([module])
  return {
    ...database,
    module,
    send: api.send,
    close: async () => {
      await api.close()
      await database.close()
    },
  }
}

export type SupportTest = Awaited<ReturnType<typeof openSupportTest>>
