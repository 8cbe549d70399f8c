import type { Bug } from '../bug.ts'

const dispatch = (file: string) => `modules/dispatch/${file}`

export const dutyBugs: readonly Bug[] = [
  {
    description: 'a parcel is offered to a courier who went off duty while the plan was made',
    requirement: 'DSP-11',
    file: dispatch('fleet/plan-routes/store.ts'),
    text: "::uuid[]) and duty = 'on' order by id for share",
    replacement: '::uuid[]) order by id for share',
    caughtBy: dispatch('fleet/plan-routes/plan-routes.test.ts'),
  },
  {
    description: 'positions from before the duty are stored',
    requirement: 'DSP-10',
    file: dispatch('fleet/report-positions/report-positions.ts'),
    text: "courier.duty <> 'off' and at >= courier.duty_since",
    replacement: "courier.duty <> 'off'",
    caughtBy: dispatch('fleet/report-positions/report-positions.test.ts'),
  },
  {
    description: 'late positions move a courier back',
    requirement: 'DSP-12',
    file: dispatch('fleet/report-positions/report-positions.ts'),
    text: "greatest(courier.duty_since, coalesce(courier.position_at, '-infinity'))",
    replacement: 'courier.duty_since',
    caughtBy: dispatch('fleet/report-positions/report-positions.test.ts'),
  },
  {
    description: 'a courier whose role lost the permission stays on duty',
    requirement: 'DSP-10',
    file: dispatch('fleet/follow-account/subscriber.ts'),
    text: "has_permission: permissions.includes('delivery.deliver')",
    replacement: 'has_permission: permissions.length >= 0',
    caughtBy: dispatch('fleet/show-board/attention.test.ts'),
  },
  {
    description: 'a request whose permission is older than the loss of the role puts a courier on duty',
    requirement: 'DSP-10',
    file: dispatch('fleet/change-duty/change-duty.ts'),
    text: "      if (!may_deliver && body.duty !== 'off') return { kind: 'refused', reason: 'may-not-deliver' }\n",
    replacement: '',
    caughtBy: dispatch('fleet/follow-account/follow-account.test.ts'),
  },
  {
    description: 'the next change of an account unblocks it',
    requirement: 'DSP-10',
    file: dispatch('fleet/store.ts'),
    text: 'set is_blocked = coalesce(${is_blocked}::boolean, account.is_blocked),',
    replacement: 'set is_blocked = false,',
    caughtBy: dispatch('fleet/follow-account/follow-account.test.ts'),
  },
  {
    description: 'staff give a parcel to a courier while he loses the role',
    requirement: 'DSP-10',
    file: dispatch('fleet/assign-parcel/assign-parcel.ts'),
    text: ' where id = ${id} for share`',
    replacement: ' where id = ${id}`',
    caughtBy: dispatch('fleet/assign-parcel/assign-parcel.test.ts'),
  },
  {
    description: 'staff give a parcel to a courier whose account is blocked',
    requirement: 'DSP-10',
    file: dispatch('fleet/parcel.ts'),
    text: "  if (!courier.may_deliver) return refused('may-not-deliver')\n",
    replacement: '',
    caughtBy: dispatch('fleet/assign-parcel/assign-parcel.test.ts'),
  },
  {
    description: 'the couriers of a role that lost a permission stay on duty',
    requirement: 'DSP-10',
    file: 'modules/identity/staff/change-role-permissions/change-role-permissions.ts',
    text: 'if (permissions.join() !== from.join())',
    replacement: 'if (permissions.length > 1000)',
    caughtBy: 'modules/identity/staff/change-role-permissions/change-role-permissions.test.ts',
  },
]
