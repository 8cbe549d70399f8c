import { BackupRefused } from '#platform/backup'
import { Refusal } from './refusal.ts'

/** Runs a command about backups. Its refusals are lines for the person at the terminal. */
export async function orRefusal<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw error instanceof BackupRefused ? new Refusal(error.message) : error
  }
}
