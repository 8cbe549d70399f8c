import { database } from './topics/database.ts'
import { machinery } from './topics/machinery.ts'
import { program } from './topics/program.ts'
import { limits, shop } from './topics/shop.ts'
import { tokens } from './topics/tokens.ts'
import type { Topic, Variable } from './variable.ts'

const head = `# Every setting of Posad with its default. None is needed to start; copy this file to .env and change what you want.
# The real environment wins over .env. Any variable may be given as <NAME>_FILE: the path of a file that holds its value.
# This file is made by \`node platform/config/env-example.ts > .env.example\`.
`

/** The text of `.env.example`: every variable with its default and meaning. */
export const envExample = (): string => {
  const sections = [program, database, tokens, machinery, shop, limits].map(
    ({ title, variables, families = {} }: Topic) => {
      const entries = [
        ...Object.entries(variables).map(([name, variable]) => entry(name, variable)),
        ...Object.entries(families).map(([prefix, variable]) => entry(`${prefix}<SERVICE>`, variable)),
      ]
      return `\n# --- ${title} ---\n\n${entries.join('\n')}`
    },
  )
  return head + sections.join('')
}

function entry(name: string, { means, aliases, default: fallback }: Variable<unknown>): string {
  const also = aliases.length > 0 ? ` Also read as ${aliases.join(', ')}.` : ''
  return `# ${means}${also}\n#${name}=${fallback === '[]' ? '' : (fallback ?? '')}\n`
}

if (import.meta.main) process.stdout.write(envExample())
