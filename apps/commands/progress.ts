import type { Progress } from '#platform/backup'

const width = 24

/** Shows on standard error how far a copy of the databases is: a bar on a terminal, elsewhere a line for each database. */
export function showProgress(to: NodeJS.WriteStream = process.stderr) {
  const done = new Map<string, number>()
  return {
    report: ({ database, table, rows, share }: Progress): void => {
      done.set(database, (done.get(database) ?? 0) + rows)
      if (to.isTTY) to.write(`\r\u001B[K${barOf(share)} ${database}: ${table}`)
      else if (share === 1) to.write(`${database}: ${done.get(database)} rows\n`)
    },
    /** Removes the bar. */
    end: (): void => void (to.isTTY && to.write('\r\u001B[K')),
  }
}

const barOf = (share: number): string => {
  const filled = Math.round(share * width)
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.round(share * 100)).padStart(3)} %`
}
