/** A change of SQL: `text` at the index `at` is replaced. */
type Change = Readonly<{ at: number; text: string; replacement: string }>

/** Pairs of a token and its replacement. The longer of two that begin alike comes first. */
const tokens: readonly (readonly [RegExp, string])[] = [
  [/\band\b(?! interval)/g, 'or'],
  [/\bor\b(?! replace)/g, 'and'],
  [/\bnot exists\b/g, 'exists'],
  [/(?<!\bnot )\bexists\b(?= *\()/g, 'not exists'],
  [/\bis not null\b/g, 'is null'],
  [/\bis null\b/g, 'is not null'],
  [/\bis not distinct from\b/g, 'is distinct from'],
  [/\bis distinct from\b/g, 'is not distinct from'],
  [/<=/g, '<'],
  [/>=/g, '>'],
  [/<(?![=>])/g, '<='],
  [/(?<![<=-])>(?!=)/g, '>='],
  [/ for update( of \w+)?/g, ''],
  [/ skip locked/g, ''],
  [/ desc\b/g, ''],
  [/\bleast\b/g, 'greatest'],
  [/\bgreatest\b/g, 'least'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
]

/** The changes of a SQL text. */
export function sqlChanges(sql: string): readonly Change[] {
  return tokens.flatMap(([token, replacement]) =>
    [...sql.matchAll(token)].map((match) => ({ at: match.index, text: match[0], replacement })),
  )
}
