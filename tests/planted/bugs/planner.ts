import type { Bug } from '../bug.ts'

const planner = (file: string) => `modules/dispatch/planner/${file}`

export const plannerBugs: readonly Bug[] = [
  {
    description: 'the planner inserts a delivery without looking at the slack of the stops behind it',
    requirement: 'DSP-11',
    file: planner('insertion.ts'),
    text: 'if (departD + travel[rowD + after]! <= late[j + 1]! && !(finder.blink',
    replacement: 'if (departD + travel[rowD + after]! <= Infinity && !(finder.blink',
    caughtBy: planner('solve.test.ts'),
  },
  {
    description:
      'the planner loads a courier with more than the bag holds, because goods on board count from their delivery only',
    requirement: 'DSP-11',
    file: planner('insertion.ts'),
    text: 'if (volume[i]! > problem.maxVolume[vehicle]! || weight[i]! > problem.maxWeight[vehicle]!) break',
    replacement: 'if (volume[i]! > Infinity) break',
    caughtBy: planner('plan-fleet.test.ts'),
  },
  {
    description: 'the search for fewer vehicles ends one vehicle too early',
    requirement: 'DSP-11',
    file: planner('fewest-vehicles.ts'),
    text: 'Math.ceil(busy / time)) : 1',
    replacement: 'Math.ceil(busy / time) + 1) : 1',
    caughtBy: planner('fewest-vehicles.test.ts'),
  },
  {
    description: 'the planner gives the pinned order of a dispatcher to another courier',
    requirement: 'DSP-11',
    file: planner('fleet-problem.ts'),
    text: '(order.picked_up_by ?? order.pinned_to ?? courier_id) === courier_id',
    replacement: '(order.picked_up_by ?? courier_id) === courier_id',
    caughtBy: planner('plan-fleet.test.ts'),
  },
]
