import type { Environment } from './environment.ts'
import type { Topic } from './settings.ts'

type Sources = Readonly<{
  environment: Environment
  /** The variables of the `.env` file. */
  file: Environment
  topics: readonly Topic[]
  /** Parts that come in later versions, by the beginning of their variables: `S3_` stands for `S3_ENDPOINT` and others. */
  later: Readonly<Record<string, string>>
}>

/**
 * One line for each given variable that no topic reads although it was meant for Posad: a known name with a wrong letter, or
 * a setting of a later version. Other unknown names of the environment belong to other programs.
 */
export function ineffectiveVariables({ environment, file, topics, later }: Sources): readonly string[] {
  const known = new Set(topics.flatMap(({ variables }) => Object.entries(variables)).flatMap(namesOf))
  const prefixes = topics.flatMap(({ families }) => Object.keys(families))
  const isKnown = (name: string) => known.has(name) || prefixes.some((prefix) => name.startsWith(prefix))
  const given = Object.entries({ ...file, ...environment }).filter(([name, text]) => text && !isKnown(name))
  return given.flatMap(([name]) => {
    const part = Object.entries(later).find(([prefix]) => name.startsWith(prefix))?.[1]
    if (part) return [`${name} is set and changes nothing: ${part} comes in a later version`]
    const meant = nearest(name, known)
    return meant ? [`${name} is set and changes nothing: there is no such variable; did you mean ${meant}?`] : []
  })
}

const namesOf = ([name, { aliases }]: [string, { aliases: readonly string[] }]) =>
  [name, ...aliases].flatMap((one) => [one, `${one}_FILE`])

/** The known name with the fewest mistakes: one in names of up to ten letters, two in longer ones. */
function nearest(name: string, known: Iterable<string>): string | undefined {
  const most = name.length > 10 ? 2 : 1
  const near = [...known]
    .filter((one) => one.length > 4 && Math.abs(one.length - name.length) <= most)
    .map((one) => ({ one, mistakes: mistakesIn(name.toUpperCase(), one) }))
    .filter(({ mistakes }) => mistakes <= most)
  return near.toSorted((a, b) => a.mistakes - b.mistakes)[0]?.one
}

/** The letters to insert, delete, replace or swap with their neighbour to get `meant` (optimal string alignment). */
function mistakesIn(given: string, meant: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: meant.length + 1 }, (_, i) => i)
  for (let i = 1; i <= given.length; i++) {
    const row = [i]
    for (let j = 1; j <= meant.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (given[i - 1] === meant[j - 1] ? 0 : 1)
      const isSwap = i > 1 && j > 1 && given[i - 1] === meant[j - 2] && given[i - 2] === meant[j - 1]
      const swapped = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : Infinity
      row.push(Math.min(replaced, swapped, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    beforeLast = last
    last = row
  }
  return last.at(-1) ?? 0
}
