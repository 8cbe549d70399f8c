#!/usr/bin/env -S node --max-semi-space-size=8
import { seconds } from '#platform/values'
import { posad } from './command-line/posad.ts'
import type { DatabaseInUse } from './terminal/database-away.ts'
import { Misuse, Refusal } from './terminal/refusal.ts'

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
