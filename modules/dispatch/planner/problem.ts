/**
 * A routing problem in flat arrays, so that the search allocates nothing. Nodes are places with a time window: the start and the
 * end of each vehicle, and the pickup and the delivery of each request. Times, costs and loads are plain numbers whose
 * units the caller chooses; the planner only adds and compares them.
 */
export type Problem = Readonly<{
  nodes: number
  requests: number
  vehicles: number
  /** The legs of each vehicle; vehicles of one speed share them. */
  legs: readonly Legs[]
  /** A service starts between `earliest` and `latest`, and takes `service`. */
  earliest: Float64Array
  latest: Float64Array
  service: Float64Array
  /** The change of the load at a node: above 0 at a pickup, below 0 at a delivery. */
  volume: Float64Array
  weight: Float64Array
  /** The node of the pickup of each request; -1 when its vehicle has already picked it up. */
  pickup: Int32Array
  delivery: Int32Array
  /** The request of a node; -1 for the start and the end of a vehicle. */
  requestOf: Int32Array
  start: Int32Array
  end: Int32Array
  maxVolume: Float64Array
  maxWeight: Float64Array
  /** The load with which each vehicle starts. */
  startVolume: Float64Array
  startWeight: Float64Array
  /** `allowed[request * vehicles + vehicle]` is 1 when the vehicle may serve the request. */
  allowed: Uint8Array
  /** The cost of a request that stays unserved. It must be higher than the cost of any route. */
  penalty: Float64Array
  /** All vehicles are the same, so that an empty one stands for all empty ones. */
  identical: boolean
}>

/** Cost and travel time between all nodes. */
export type Legs = Readonly<{
  /** `cost[from * nodes + to]`. */
  cost: Float64Array
  /** The same, by target: `costInto[to * nodes + from]`. The same array when the costs are symmetric. */
  costInto: Float64Array
  travel: Float64Array
  travelInto: Float64Array
}>

export const legsOf = (cost: Float64Array, travel: Float64Array, nodes: number): Legs => {
  const costInto = transposed(cost, nodes)
  return { cost, costInto, travel, travelInto: travel === cost ? costInto : transposed(travel, nodes) }
}

/** The transpose of a square matrix; the matrix itself when it is symmetric. */
function transposed(matrix: Float64Array, size: number): Float64Array {
  const turned = new Float64Array(matrix.length)
  let symmetric = true
  for (let from = 0; from < size; from++)
    for (let to = 0; to < size; to++) {
      turned[to * size + from] = matrix[from * size + to]!
      symmetric &&= matrix[from * size + to] === matrix[to * size + from]
    }
  return symmetric ? matrix : turned
}
