import { parser } from '@prometheus-io/lezer-promql'

/** The metrics and the label names that an expression of PromQL reads. Throws when it is no expression. */
export function readPromql(expression: string): Readonly<{ metrics: readonly string[]; labels: readonly string[] }> {
  const metrics: string[] = []
  const labels: string[] = []
  parser.parse(expression).iterate({
    enter: ({ name, from, to, type }) => {
      if (type.isError) throw new Error(`${expression} has a mistake at character ${from}`)
      const text = expression.slice(from, to)
      if (name === 'Identifier') metrics.push(text)
      if (name === 'LabelName') labels.push(text)
    },
  })
  return { metrics, labels }
}
