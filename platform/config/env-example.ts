import type { Topic } from './settings.ts'
import type { Variable } from './variable.ts'

const head = `# Every setting of Posad with its default. None is needed to start; copy this file to .env and change what you want.
# The real environment wins over .env. Any variable may be given as <NAME>_FILE: the path of a file that holds its value.
# \`npm run docs\` writes this file.
`

/** The text of `.env.example`: every variable of the topics with its default and its description. */
export function envExample(topics: readonly Topic[]): string {
  const sections = topics.map(({ title, variables, families }) => {
    const entries = [
      ...Object.entries(variables).map(([name, variable]) => entry(name, variable)),
      ...Object.entries(families).map(([prefix, variable]) => entry(`${prefix}<SERVICE>`, variable)),
    ]
    return `\n# --- ${title} ---\n\n${entries.join('\n')}`
  })
  return head + sections.join('')
}

function entry(name: string, { description, aliases, default: fallback }: Variable<unknown>): string {
  const otherNames = aliases.length > 0 ? ` Also read as ${aliases.join(', ')}.` : ''
  return `# ${description}${otherNames}\n#${name}=${fallback === '[]' ? '' : (fallback ?? '')}\n`
}
