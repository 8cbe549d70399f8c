/** A metric in the text format of Prometheus: the lines that describe it, and its samples. */
type Family = Readonly<{ head: readonly string[]; samples: string[] }>

const described = /^# (?:HELP|TYPE) (\S+)/

/**
 * One page of the metrics of several processes. The format wants the samples of a metric together; a label names the process of each
 * sample.
 */
export function mergeMetrics(pages: readonly string[]): string {
  const families = new Map<string, Family>()
  for (const page of pages) for (const [name, family] of familiesOf(page)) add(families, name, family)
  return [...families.values()].map(({ head, samples }) => `${[...head, ...samples].join('\n')}\n`).join('\n')
}

function add(families: Map<string, Family>, name: string, { head, samples }: Family): void {
  const known = families.get(name)
  if (known) known.samples.push(...samples)
  else families.set(name, { head, samples: [...samples] })
}

function familiesOf(page: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { head: string[]; samples: string[] }>()
  let family = { head: [] as string[], samples: [] as string[] }
  for (const line of page.split('\n')) {
    const name = described.exec(line)?.[1]
    if (name !== undefined) {
      family = families.get(name) ?? { head: [], samples: [] }
      families.set(name, family)
      family.head.push(line)
    } else if (line !== '') family.samples.push(line)
  }
  return families
}
