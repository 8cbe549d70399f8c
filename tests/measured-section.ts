import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, platform, release, totalmem } from 'node:os'

/** Replaces the section of a document between `<!-- name: start -->` and `<!-- name: end -->`. */
export function replaceSection(path: string, name: string, lines: readonly string[]): void {
  const [start, end] = [`<!-- ${name}: start -->`, `<!-- ${name}: end -->`]
  const text = readFileSync(path, 'utf8')
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table: add ${start} and ${end}`)
  writeFileSync(path, `${text.slice(0, from)}${start}\n\n${lines.join('\n')}\n${text.slice(to)}`)
}

/** The date, the machine and its load, as a list: numbers mean nothing without them. */
export function describeRun(): readonly string[] {
  const [cpu] = cpus()
  const [minute = 0, , quarter = 0] = loadavg()
  return [
    `- date: ${new Date().toISOString().slice(0, 10)}`,
    `- machine: ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, ${platform()} ${release()}`,
    `- load average at the end: ${minute.toFixed(1)} over one minute, ${quarter.toFixed(1)} over fifteen`,
    `- node: ${process.version}`,
  ]
}
