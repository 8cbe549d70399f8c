export { answerCall } from './answer-call.ts'
export { defineCall, type OutputOf } from './define-call.ts'
export { openRemote, type Remote } from './remote.ts'
export { openServiceSigner, openServiceVerifier } from './service-tokens.ts'
