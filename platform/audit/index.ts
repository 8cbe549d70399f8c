export { auditedValue } from './audited-value.ts'
export { createActStep, recordAct, withAct, type Act, type ActStep, type Actor } from './record-act.ts'
export { actorKinds, listActs, listActsOn } from './list-acts.ts'
