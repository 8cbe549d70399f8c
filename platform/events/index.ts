export { defineEvent, type EventDefinition, type NewEvent, type PayloadOf } from './define-event.ts'
export { hear, type Hear, type Heard } from './hear.ts'
export { tell } from './tell.ts'
