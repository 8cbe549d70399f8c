import type { ErrorObject } from 'ajv'

/**
 * Ajv reports the errors of every branch of a union that no branch accepts. Keeps those of the branch that the value fits
 * best, so that `{ variant_id, quantity: 0 }` reports its quantity and not a field of another branch.
 */
export function bestFitOfUnions(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  // Innermost first: the branches of an outer union are compared by what is left of the inner ones.
  const unions = errors.filter(isUnion).toSorted((one, other) => other.schemaPath.length - one.schemaPath.length)
  return unions.reduce(withBestBranch, errors)
}

const isUnion = ({ keyword }: ErrorObject): boolean => keyword === 'anyOf' || keyword === 'oneOf'

function withBestBranch(errors: readonly ErrorObject[], union: ErrorObject): readonly ErrorObject[] {
  const inUnion = new Set(errors.filter((error) => branchOf(error, union) !== undefined))
  // A value that fits several branches of a oneOf has no errors in them: the union's own error says so.
  if (inUnion.size === 0) return errors
  const branches = [...Map.groupBy(inUnion, (error) => branchOf(error, union)).values()]
  const chosen = folded(branches, union) ?? bestOf(branches, union)
  return errors.flatMap((error) => (error === union ? chosen : inUnion.has(error) ? [] : [error]))
}

/** The number of the branch of `union` in which `error` is; undefined outside the union. */
function branchOf(error: ErrorObject, { schemaPath, instancePath }: ErrorObject): string | undefined {
  const isInside = error.instancePath === instancePath || error.instancePath.startsWith(`${instancePath}/`)
  if (!isInside || !error.schemaPath.startsWith(`${schemaPath}/`)) return undefined
  return error.schemaPath.slice(schemaPath.length + 1).split('/', 1)[0]
}

/**
 * One error for branches that refuse the value for one cause: a value of a wrong type, a value that is none of the
 * literals, or a discriminator (`method: 'courier'` or `'pickup'`) that no branch has.
 */
function folded(branches: readonly (readonly ErrorObject[])[], union: ErrorObject): readonly ErrorObject[] | undefined {
  const [first = [], ...rest] = branches
  if (rest.length === 0) return undefined
  for (const error of first) {
    const alike = rest.map((branch) => branch.find((other) => isSameCause(error, other)))
    if (!alike.every((other) => other !== undefined)) continue
    const fold = merged([error, ...alike])
    if (error.instancePath === union.instancePath || isDiscriminator(error, fold)) return [fold]
  }
  return undefined
}

const isSameCause = (one: ErrorObject, other: ErrorObject): boolean =>
  one.instancePath === other.instancePath &&
  ((one.keyword === 'type' && other.keyword === 'type') || (isLiteral(one) && isLiteral(other)))

const isLiteral = ({ keyword }: ErrorObject): boolean => keyword === 'const' || keyword === 'enum'

/** True when the branches allow different literals. */
const isDiscriminator = (error: ErrorObject, fold: ErrorObject): boolean =>
  isLiteral(error) && literalsOf(fold).length > literalsOf(error).length

const literalsOf = ({ params }: ErrorObject): readonly unknown[] => params['allowedValues'] ?? [params['allowedValue']]

function merged(errors: readonly [ErrorObject, ...ErrorObject[]]): ErrorObject {
  const [first] = errors
  if (first.keyword === 'type') {
    return { ...first, params: { type: [...new Set(errors.flatMap(({ params }) => params['type']))] } }
  }
  return { ...first, keyword: 'enum', params: { allowedValues: [...new Set(errors.flatMap(literalsOf))] } }
}

/** The branch with the fewest misfits, then with the deepest errors, then with the fewest errors. */
function bestOf(branches: readonly (readonly ErrorObject[])[], union: ErrorObject): readonly ErrorObject[] {
  const ranked = branches.map((errors) => ({ errors, rank: rankOf(errors, union) }))
  const [best] = ranked.toSorted(({ rank: one }, { rank: other }) => {
    const differs = one.findIndex((number, index) => number !== other[index])
    return differs < 0 ? 0 : (one[differs] ?? 0) - (other[differs] ?? 0)
  })
  return best?.errors ?? []
}

/** A field that the branch needs, or one that it does not know. */
const misfits = new Set(['required', 'additionalProperties', 'unevaluatedProperties'])

/** Lower is better. */
function rankOf(errors: readonly ErrorObject[], { instancePath }: ErrorObject): readonly number[] {
  const count = (isCounted: (error: ErrorObject) => boolean) => errors.filter(isCounted).length
  const depth = Math.max(...errors.map(({ instancePath: path }) => path.split('/').length))
  return [
    count(({ keyword, instancePath: path }) => keyword === 'type' && path === instancePath),
    count(isLiteral),
    count(({ keyword }) => misfits.has(keyword)),
    -depth,
    errors.length,
  ]
}
