import { describeRun, replaceSection } from '../../measured-section.ts'
import type { Measured, Phase } from './measure.ts'

/** Replaces the table of attacks in the document at `path`. */
export const writeTable = (path: string, rows: readonly Measured[]): void =>
  replaceSection(path, 'attacks', [
    ...describeRun(),
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
  ])
