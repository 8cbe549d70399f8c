import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a directory and those above it. `mkdirSync` with `recursive` never returns for a place such as /proc, where a
 * directory exists and none can be made in it.
 */
export function makeDirectories(directory: string, options: Readonly<{ mode?: number }> = {}): void {
  if (existsSync(directory)) return
  makeDirectories(dirname(directory), options)
  try {
    mkdirSync(directory, options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
