export { openSeal, WrongSeal, type Seal } from './seal.ts'
