/** The cost of a pair that must not be chosen. */
export const forbidden = Number.POSITIVE_INFINITY

/** Larger than the difference of any two sums of finite costs: one more allowed pair always pays. */
function penaltyOf(costs: readonly (readonly number[])[]): number {
  let most = 1
  for (const row of costs)
    for (const cost of row) {
      if (Number.isNaN(cost)) throw new RangeError('A cost of the assignment is not a number')
      if (cost !== forbidden) most = Math.max(most, Math.abs(cost))
    }
  return (2 * most + 1) * (costs.length + 1)
}

/**
 * Chooses at most one column per row and one row per column: first as many pairs as the costs allow, then the least sum of
 * costs. Returns the column of each row, or undefined. Shortest augmenting paths (Jonker and Volgenant), O(rows² · columns).
 * The same costs give the same pairs; of equal ones the first columns win.
 */
export function minimumAssignment(costs: readonly (readonly number[])[]): readonly (number | undefined)[] {
  const columns = costs[0]?.length ?? 0
  if (columns === 0) return costs.map(() => undefined)
  if (costs.length > columns) return transposed(minimumAssignment(transpose(costs)), costs.length)
  const penalty = penaltyOf(costs)
  const finite = costs.map((row) => row.map((cost) => (cost === forbidden ? penalty : cost)))
  const rowOf = matchRows(finite, columns)
  const columnOf: (number | undefined)[] = costs.map(() => undefined)
  for (let column = 1; column <= columns; column++) {
    const row = rowOf[column]! - 1
    if (row >= 0 && costs[row]![column - 1] !== forbidden) columnOf[row] = column - 1
  }
  return columnOf
}

/** Rows and columns count from 1, because 0 is the virtual column at which every path begins. Returns the row of each column. */
function matchRows(costs: readonly (readonly number[])[], columns: number): Int32Array {
  const rowPotential = new Float64Array(costs.length + 1)
  const columnPotential = new Float64Array(columns + 1)
  const rowOf = new Int32Array(columns + 1)
  const previous = new Int32Array(columns + 1)
  for (let row = 1; row <= costs.length; row++) {
    rowOf[0] = row
    const least = new Float64Array(columns + 1).fill(Number.POSITIVE_INFINITY)
    const visited = new Uint8Array(columns + 1)
    let column = 0
    do {
      visited[column] = 1
      const from = rowOf[column]!
      const line = costs[from - 1]!
      let delta = Number.POSITIVE_INFINITY
      let next = 0
      for (let to = 1; to <= columns; to++) {
        if (visited[to]) continue
        const reduced = line[to - 1]! - rowPotential[from]! - columnPotential[to]!
        if (reduced < least[to]!) {
          least[to] = reduced
          previous[to] = column
        }
        if (least[to]! < delta) {
          delta = least[to]!
          next = to
        }
      }
      for (let to = 0; to <= columns; to++) {
        if (visited[to]) {
          rowPotential[rowOf[to]!]! += delta
          columnPotential[to]! -= delta
        } else least[to]! -= delta
      }
      column = next
    } while (rowOf[column] !== 0)
    for (; column !== 0; column = previous[column]!) rowOf[column] = rowOf[previous[column]!]!
  }
  return rowOf
}

const transpose = (costs: readonly (readonly number[])[]): number[][] =>
  costs[0]!.map((_, column) => costs.map((row) => row[column]!))

function transposed(rowOfColumn: readonly (number | undefined)[], rows: number): readonly (number | undefined)[] {
  const columnOf: (number | undefined)[] = Array.from({ length: rows })
  for (const [column, row] of rowOfColumn.entries()) if (row !== undefined) columnOf[row] = column
  return columnOf
}
