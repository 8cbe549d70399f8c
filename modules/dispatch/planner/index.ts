export { parseInstance, type ParsedInstance } from './parse-pdptw.ts'
export { planPdptw, type PdptwPlan } from './plan-pdptw.ts'
export { verifyPlan } from './verify-pdptw.ts'
