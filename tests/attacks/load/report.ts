import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'
import type { Measured, Phase } from './measure.ts'

const [start, end] = ['<!-- attacks: start -->', '<!-- attacks: end -->']

/** Replaces the table of attacks in the document at `path`. */
export function writeTable(path: string, rows: readonly Measured[]): void {
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table: add ${start} and ${end}`)
  writeFileSync(path, `${text.slice(0, from)}${start}\n\n${tableOf(rows)}\n${text.slice(to)}`)
}

function tableOf(rows: readonly Measured[]): string {
  const [cpu] = cpus()
  const [minute = 0, , quarter = 0] = loadavg()
  return [
    `- date: ${new Date().toISOString().slice(0, 10)}`,
    `- machine: ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${release()}`,
    `- load average at the end: ${minute.toFixed(1)} over one minute, ${quarter.toFixed(1)} over fifteen`,
    `- node: ${process.version}`,
    `- command: \`npm run attacks\`; each attack lasts ${rows[0]?.seconds ?? 0} s`,
    '',
    '| id | attack | p50 of others, ms | p99 of others, ms | memory, MB |',
    '|---|---|---|---|---|',
    ...rows.map(({ attack, result, ...phases }) => {
      const cell = (of: (phase: Phase) => string) =>
        [phases.before, phases.during, phases.after].map((phase) => of(phase)).join(' → ')
      const [p50, p99] = [cell((one) => one.p50.toFixed(1)), cell((one) => one.p99.toFixed(0))]
      return `| ${attack.id} | ${result} | ${p50} | ${p99} | ${cell((one) => one.megabytes.toFixed(0))} |`
    }),
    '',
  ].join('\n')
}
