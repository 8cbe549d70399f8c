export { currentTrail, onTrail, type Trail } from './trail.ts'
